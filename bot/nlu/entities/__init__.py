"""What a message names: catalogue words, numbers with their meaning, and what the customer does not want."""

from .reader import Reader, shared
from .spans import Span

__all__ = ["Reader", "Span", "shared"]
