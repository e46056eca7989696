"""Understanding: Rasa components for two languages, entities from the catalogue, evaluation."""
