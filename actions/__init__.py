"""What the assistant does: one module a topic, for Rasa's action server; `actions.shop` knows the shop."""
