"""A registry that knows one thing: which manifests it has, as files of a folder; it deletes those whose login is right."""

import base64
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

FOLDER, PORT, LOGIN = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


class Shelf(BaseHTTPRequestHandler):
    """One request."""

    def do_DELETE(self) -> None:
        """202 for a manifest that is gone now, 404 for one that is not there."""
        name, _, digest = self.path.removeprefix("/v2/").partition("/manifests/")
        manifest = FOLDER / f"{name.replace('/', '_')}@{digest.removeprefix('sha256:')}"
        if self.headers.get("Authorization") != f"Basic {base64.b64encode(LOGIN.encode()).decode()}":
            self._answer(401)
        elif manifest.is_file():
            manifest.unlink()
            self._answer(202)
        else:
            self._answer(404)

    def _answer(self, code: int) -> None:
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()


(FOLDER / "pid").write_text(str(os.getpid()))
HTTPServer(("127.0.0.1", PORT), Shelf).serve_forever()
