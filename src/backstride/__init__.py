"""Backstride: the training system for running backward."""
