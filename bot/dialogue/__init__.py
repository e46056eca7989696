"""Everything that imports Rasa, but the understanding (`bot.nlu`)."""

RASA_VERSION = "3.6.21"  # that `patches` and `without_tensorflow` were written for
