"""Everything that imports Rasa, but the understanding (`bot.nlu`)."""
