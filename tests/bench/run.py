"""Runs the topics of this folder, all or some; the figures go to bench/<version>.json and, as a table, to the screen."""

import argparse
import importlib
import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import tests.bench
from controlplane import __version__, garbage
from controlplane.deploy.environment import read
from tests.bench.figures import Row, table
from tests.support.deployment import ROOT, Deployment, Person, until

Topic = Callable[[Deployment], dict[str, Row]]


def topics() -> dict[str, ModuleType]:
    """The modules of this folder that measure something."""
    names = [each.name for each in pkgutil.iter_modules(tests.bench.__path__) if each.name != "run"]
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "measure")}


def keep(results: dict[str, Row]) -> Path:
    """Add to the file of this version; what was measured before and is not anew stays."""
    target = ROOT / "bench" / f"{__version__}.json"
    target.parent.mkdir(exist_ok=True)
    before: dict[str, Any] = json.loads(target.read_text()) if target.exists() else {}
    whole = {"version": __version__, "results": before.get("results", {}) | results}
    target.write_text(json.dumps(whole, indent=2) + "\n")
    return target


def main() -> None:
    """Measure, write, print."""
    every = topics()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("env_file", type=Path)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"of: {', '.join(every)}; none means all")
    asked = parser.parse_args()
    if unknown := set(asked.topics) - set(every):
        parser.error(f"there is nothing to measure named {', '.join(sorted(unknown))}; there is: {', '.join(every)}")
    deployment = Deployment(asked.env_file, read(asked.env_file))
    until(lambda: Person(deployment.url).page("/healthz").ok, 5)
    garbage.relax()  # as the parts of the platform do
    results: dict[str, Row] = {}
    for name in asked.topics or every:
        print(f"measuring: {name}", flush=True)
        results |= every[name].measure(deployment)
    target = keep(results)
    print(f"\n{table(results)}\n\nWritten to {target.relative_to(ROOT)}. Quote the ratios: both figures come from the same run.")


if __name__ == "__main__":
    main()
