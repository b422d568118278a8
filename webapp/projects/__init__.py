"""Canvases."""
