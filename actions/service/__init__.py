"""Service questions, small talk, privacy, preferences, a person."""
