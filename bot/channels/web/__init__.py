"""The website's chat: session, sockets, live events."""
