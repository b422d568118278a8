"""Slots for administrators."""
