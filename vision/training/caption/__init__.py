"""How the captioner learns."""
