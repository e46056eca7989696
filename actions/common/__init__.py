"""What the topics share: the turn, the open question, references, cards, wording."""
