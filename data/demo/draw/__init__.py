"""Draws the demo catalogue: records and pictures, from the plan files, by seed."""
