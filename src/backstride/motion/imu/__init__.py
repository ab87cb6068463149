"""Inertial sensors on foot, trunk or in a pocket: contacts, strides, direction."""
