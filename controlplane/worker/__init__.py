"""A warm Ansible: a process that has imported it already and forks once for each run (docs/decisions/0010)."""

# Told by the adapter to the client: where the worker listens, and the program to become when it does not.
SOCKET = "WERKBANK_WORKER_SOCKET"
COLD = "WERKBANK_WORKER_COLD"
# Told to the worker: folder and arguments of the runs that somebody waits for, as JSON {folder, argv}.
AWAITED = "WERKBANK_WORKER_AWAITED"
# Bytes that say how long a call is, in front of it.
LENGTH = 8
# Variables that are a run's own. Everything else of Ansible's that a run is told must be what the worker was told.
OWN = frozenset({"ANSIBLE_CACHE_PLUGIN_CONNECTION"})


def settings_of(environment: dict[str, str]) -> dict[str, str]:
    """What of an environment decides how Ansible is set up when it is imported."""
    names = ("ANSIBLE_", "LC_", "LANG", "HOME", "PYTHONPATH", "PATH", "TERM", "NO_COLOR", "ORIGINAL_STDOUT_CALLBACK")
    return {name: value for name, value in sorted(environment.items()) if name.startswith(names) and name not in OWN}
