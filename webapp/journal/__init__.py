"""The event log: who did what."""
