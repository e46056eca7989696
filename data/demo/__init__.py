"""The demo shop: its plan, its records and its pictures."""
