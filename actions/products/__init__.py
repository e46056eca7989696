"""One product: its record, its size."""
