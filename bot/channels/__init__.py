"""Custom Rasa channels over one base. Importing this package tunes Rasa (see `bot.dialogue.patches`)."""

from bot.dialogue import patches

patches.apply()
