"""What happens in a project, as it happens."""
