"""Custom Rasa channels over one base. Importing this package tunes Rasa (see `bot.tuning`)."""

from bot import tuning

tuning.apply()
