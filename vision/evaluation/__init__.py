"""Measures the shipped weights on any folder of the data sets' form, and writes the model card.

`python -m vision evaluate products | customer-photos | captions | search | robustness | all`; `… card`.
"""

from vision.evaluation.commands import add_commands

__all__ = ["add_commands"]
