"""The cart and what was saved for later."""
