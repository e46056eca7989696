"""What the assistant does: one module a topic, for Rasa's action server; `shop` knows the shop."""

import os

# rasa_sdk listens on every interface unless told otherwise, and believes whoever calls it. It reads this
# after it has imported our actions, so a bare `rasa run actions` stays on this machine, too.
os.environ.setdefault("SANIC_HOST", "127.0.0.1")
