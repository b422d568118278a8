"""Answers with what it was asked, and runs small errands for tests that look at the world from inside a node."""

import http.server
import json
import os
import pathlib
import socket
import sys
import threading
import urllib.parse

# How it is to fail, if at all.
BROKEN = os.environ.get("BROKEN", "")


def reach(host: str, port: str) -> str:
    """Whether a TCP connection can be made."""
    try:
        with socket.create_connection((host, int(port)), timeout=2):
            return "reached"
    except OSError as error:
        return f"not reached: {error}"


def resolve(host: str) -> str:
    """The address of a name."""
    try:
        return socket.gethostbyname(host)
    except OSError as error:
        return f"unknown: {error}"


class Echo(http.server.BaseHTTPRequestHandler):
    """GET only."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer in JSON."""
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        told = {name: value for name, value in os.environ.items() if name.startswith(("SIMCORE_", "LAB_", "TEXT"))}
        body: dict[str, object] = {"path": url.path, "headers": dict(self.headers), "environment": told}
        if "reach" in query:
            body["reach"] = reach(*query["reach"].rsplit(":", 1))
        if "resolve" in query:
            body["resolve"] = resolve(query["resolve"])
        if "write" in query:
            pathlib.Path("/state/note").write_text(query["write"])
        note = pathlib.Path("/state/note")
        body["note"] = note.read_text() if note.exists() else None
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        if BROKEN == "loop":
            threading.Timer(1, os._exit, [4]).start()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def eat() -> None:
    """Take memory until the host ends it."""
    eaten = []
    while True:
        eaten.append(b"x" * 10_000_000)


if __name__ == "__main__":
    if BROKEN == "crash":
        print("a message that explains it", flush=True)
        sys.exit(3)
    print("echo starts", flush=True)
    if BROKEN == "memory":
        eat()
    if BROKEN == "end":
        sys.exit()
    # With "silent" on a port that its labels do not name.
    http.server.ThreadingHTTPServer(("", 8889 if BROKEN == "silent" else 8888), Echo).serve_forever()
