"""Decisions of the reaper."""
