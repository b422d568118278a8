"""Every command that README.md and services/README.md give is run as it stands there, in a fresh clone, in their order."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.support.deployment import ROOT, Deployment, until

PAGES = ("README.md", "services/README.md")
# Run elsewhere, or not to be run by a test.
ELSEWHERE = {
    "make test": "this is a part of it",
    "make lint": "the checks of style are no matter of a deployment",
    "make bench": "measures for minutes",
    "make clean-data": "ends the tests, see the fixture `deployment`",
    "make up ENV_FILE=.env.second": "would deploy under the names and ports of the first",
}


def blocks(page: str) -> list[str]:
    """What a page gives to be copied into a shell."""
    return re.findall(r"(?ms)^```sh\n(.*?)^```", (ROOT / page).read_text())


def inline() -> list[str]:
    """The make commands within the text that no block has, complete ones only."""
    text = "\n".join(re.sub(r"(?ms)^```.*?^```", "", (ROOT / page).read_text()) for page in PAGES)
    named = {found for found in re.findall(r"`(make [a-z-][^`\n]*)`", text) if "..." not in found}
    in_blocks = {line for page in PAGES for block in blocks(page) for line in block.splitlines()}
    return sorted(named - in_blocks - set(ELSEWHERE))


@pytest.fixture(scope="module")
def home(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody works who has nothing yet."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module", autouse=True)
def production(deployment: Deployment) -> Iterator[None]:
    """Whatever happened here, what follows finds the platform as it was."""
    yield
    if is_in_development(deployment) or deployment.make("status").returncode:
        done = deployment.make("up")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def is_in_development(deployment: Deployment) -> bool:
    """Whether a checkout is mounted into the parts."""
    services = deployment.engine.services(filters={"name": f"{deployment.stack}_web"})
    return "bind" in str([service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Mounts") for service in services])


def run(script: str, folder: Path, deployment: Deployment) -> str:
    """Run it in a shell of its own, on the tests' deployment; what it said. Raises ``AssertionError`` where it fails."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "VIRTUAL_ENV"))}
    told |= {"ENV_FILE": str(deployment.env_file), "WERKBANK_ENV_FILE": str(deployment.env_file)}
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script], cwd=folder, env=told, text=True, capture_output=True, check=False
    )
    print(f"{time.monotonic() - began:5.0f} s  {script.strip()!r}")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_quick_start_works_in_a_fresh_clone_and_changes_nothing_of_what_runs(deployment: Deployment, home: Path) -> None:
    first = blocks("README.md")[0].replace("<address of this repository>", str(ROOT))
    assert first.startswith("git clone ")
    said = run(first, home, deployment)
    assert f"http://localhost:{deployment.values['WERKBANK_PORT']}" in said


@pytest.mark.parametrize("number", range(1, len(blocks("README.md"))))
def test_a_block_of_the_readme_can_be_run(deployment: Deployment, home: Path, number: int) -> None:
    script = blocks("README.md")[number]
    if script.strip() not in ELSEWHERE:
        run(script, home / "werkbank", deployment)


@pytest.mark.parametrize("number", range(len(blocks("services/README.md"))))
def test_a_block_of_the_map_can_be_run(deployment: Deployment, home: Path, number: int) -> None:
    script = blocks("services/README.md")[number]
    if script.startswith("dot ") and which("dot") is None:
        pytest.skip("Debian's package graphviz is not here")
    said = run(script, home / "werkbank", deployment)
    if "make up-devel" in script:
        assert_reloads(deployment, home / "werkbank")
        run("git checkout --quiet .", home / "werkbank", deployment)
    if "make up" in script:
        assert f"http://localhost:{deployment.values['WERKBANK_PORT']}" in said


def assert_reloads(deployment: Deployment, checkout: Path) -> None:
    """A changed line of the API, of the director and of the page is live by itself."""
    person = deployment.admin()
    change(checkout / "webapp" / "client.py", "There is no /", "Never was there a /")
    change(checkout / "controlplane" / "__main__.py", "The director is ready", "The director is quite ready")
    change(checkout / "services/web/client/src/texts.ts", "The server did not answer", "The server was quite silent")
    until(lambda: "Never was there a /" in person.page("/api/v0/nowhere").text, 60, 0.5)
    until(lambda: "quite ready" in last_lines(deployment, "director"), 60, 0.5)
    until(lambda: "quite silent" in scripts(deployment), 60, 0.5)


def change(file: Path, old: str, new: str) -> None:
    """Edit a line, as somebody would."""
    text = file.read_text()
    assert old in text, f"{file.name} reads otherwise by now: name another line here"
    file.write_text(text.replace(old, new))


def last_lines(deployment: Deployment, part: str) -> str:
    """The end of a part's log."""
    lines = deployment.engine.service_logs(f"{deployment.stack}_{part}", stdout=True, stderr=True, tail=20)
    return b"".join(lines).decode(errors="replace")


def scripts(deployment: Deployment) -> str:
    """All that the page loads at first."""
    person = deployment.admin()
    names = re.findall(r'(?:src|href)="(/assets/[^"]+\.js)"', person.page("/").text)
    return "".join(person.page(name).text for name in names)


@pytest.mark.parametrize("command", inline())
def test_a_command_within_the_text_can_be_run(deployment: Deployment, home: Path, command: str) -> None:
    run(command, home / "werkbank", deployment)
