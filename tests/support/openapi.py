"""Writes the API's document, from which the front end's types are made: `python -m tests.support.openapi`."""

import json
from pathlib import Path

from webapp.app import openapi

TARGET = Path(__file__).resolve().parents[2] / "docs" / "openapi" / "workbench.json"

if __name__ == "__main__":
    TARGET.write_text(json.dumps(openapi(), indent=2, sort_keys=True) + "\n")
