"""What runs the messengers, the same for each: what they keep is in the database, so that a killed process
loses nothing and doubles nothing.

messengers ── all of them in one process     runner ── one: channel, boxes, connection; its `Assistant`
webhooks ── the platform's calls ──► inbox ──► arrivals (reception, choices, delivery_reports) ──► channel
messenger_channel, messages ──► outbox ──► delivery ──► the platform
contacts ── who is who there     configured ── which `credentials.yml` turns on
"""
