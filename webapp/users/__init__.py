"""Other people's accounts, for administrators."""
