"""Inertial sensors on foot, shank, trunk or in a pocket: contacts, strides, direction."""
