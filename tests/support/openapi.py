"""Writes the documents of both APIs, from which the front end's types are made: `python -m tests.support.openapi`."""

import json
from pathlib import Path

from webapp import app, director

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "openapi"
DOCUMENTS = {FOLDER / "workbench.json": app.openapi, FOLDER / "director.json": director.openapi}

if __name__ == "__main__":
    for target, document in DOCUMENTS.items():
        target.write_text(json.dumps(document(), indent=2, sort_keys=True) + "\n")
