"""Boxes on a canvas."""
