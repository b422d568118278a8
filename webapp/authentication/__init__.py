"""Login, sessions, tokens, and the question the gateway asks of every request to a node."""
