"""Hosts of the swarm, and deployments of the platform."""
