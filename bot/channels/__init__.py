"""Custom Rasa channels over one base."""
