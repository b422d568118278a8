"""What the machine that deploys runs before the first playbook; nothing here needs more than Python itself."""
