"""People who answer: accounts, hand-over, the desk, desks and tickets outside."""
