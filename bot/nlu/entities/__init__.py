"""What a message names: catalogue words, numbers with their meaning, and what the customer does not want."""

from bot.nlu.entities.reader import Reader, shared
from bot.nlu.entities.spans import Span

__all__ = ["Reader", "Span", "shared"]
