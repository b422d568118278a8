"""Jobs: playbooks that administrators ask for."""
