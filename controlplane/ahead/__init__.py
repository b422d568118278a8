"""Images that come to hosts before a node needs them there (docs/decisions/0018)."""
