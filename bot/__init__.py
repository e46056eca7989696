"""Channels, people and the processes around Rasa. It reaches the shop only through its public functions."""
