"""JupyterLab behind the workbench's gateway, which has checked who asks before a request comes here."""

import os

c = get_config()  # noqa: F821  Jupyter defines it

c.ServerApp.ip = ""
c.ServerApp.port = 8888
c.ServerApp.open_browser = False
c.ServerApp.root_dir = os.environ["HOME"]
# Where the gateway serves this node; a bare container answers at the root.
c.ServerApp.base_url = os.environ.get("SIMCORE_NODE_BASEPATH", "") or "/"
# No second login: nobody but the gateway reaches this port. The check of `_xsrf` stays on.
c.IdentityProvider.token = ""
c.PasswordIdentityProvider.hashed_password = ""
# The Host header is the workbench's, which this image cannot know.
c.ServerApp.allow_remote_access = True
# The node is closed by the workbench, not from inside.
c.ServerApp.quit_button = False
# No call to the world outside at start.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
# Kernels are spoken to through files of this container, not through ports.
c.KernelManager.transport = "ipc"
c.ServerApp.log_level = "WARN"
