"""The ways to the world: each module is the only one that imports its library."""
