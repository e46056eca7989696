"""How the eyes learn."""
