"""The control plane: people state what they desire, one loop makes it so."""

__version__ = "0.1.0"
