"""A conversation: what was said, whose turn it is, what is answered. Neither HTTP nor Rasa nor a platform."""
