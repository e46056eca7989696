"""What every messenger shares at run time: inbox, outbox, contacts, delivery."""
