"""The registry: what is in it, and what can go."""
