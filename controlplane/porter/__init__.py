"""Carries files in and out of nodes' volumes (docs/files.md)."""
