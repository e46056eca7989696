"""Suggestions without a named product, and what goes with one."""
