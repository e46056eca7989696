"""The customer's photo: what it shows, and what the shop has like it."""
