"""What the public meets: limits, headers, uploads, pages, health. Neither Rasa nor TensorFlow."""

from bot.door.app import make_app, serve

__all__ = ["make_app", "serve"]
