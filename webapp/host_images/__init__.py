"""Images on hosts, for administrators."""
