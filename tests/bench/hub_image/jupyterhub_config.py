"""JupyterHub as its documentation has it for a swarm; the servers are the workbench's own image with its own command."""

import os

c = get_config()  # noqa: F821  JupyterHub defines it

c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.hub_ip = "0.0.0.0"
c.JupyterHub.hub_connect_ip = os.environ["HUB_NAME"]
c.JupyterHub.db_url = "sqlite:////tmp/hub.sqlite"
c.JupyterHub.cookie_secret_file = "/tmp/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.services = [{"name": "bench", "api_token": os.environ["HUB_TOKEN"]}]
c.JupyterHub.load_roles = [{"name": "bench", "scopes": ["admin:users", "admin:servers", "access:servers"], "services": ["bench"]}]

c.JupyterHub.spawner_class = "dockerspawner.SwarmSpawner"
c.SwarmSpawner.image = os.environ["HUB_IMAGE"]
c.SwarmSpawner.network_name = os.environ["HUB_NETWORK"]
c.SwarmSpawner.prefix = os.environ["HUB_NAME"]
c.SwarmSpawner.cmd = ["jupyter-lab"]
c.SwarmSpawner.port = 8888
# As the workbench's nodes have it: no virtual address, an init, no check of the image's own.
c.SwarmSpawner.extra_endpoint_spec = {"mode": "dnsrr"}
c.SwarmSpawner.extra_container_spec = {"init": True, "healthcheck": {"Test": ["NONE"]}}
c.SwarmSpawner.extra_task_spec = {"restart_policy": {"Condition": "none"}}
c.SwarmSpawner.extra_create_kwargs = {"labels": {"werkbank.stack": os.environ["HUB_STACK"]}}
c.SwarmSpawner.environment = {"SIMCORE_NODE_BASEPATH": lambda spawner: spawner.server.base_url.rstrip("/")}
