"""What the documentation names is there, and what people can run is documented."""

import json
import os
import re
import shlex
import subprocess
import sys
from itertools import chain, pairwise
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from controlplane.database import newest_schema
from controlplane.deploy.environment import read
from controlplane.deployments import SCHEMA_LABEL

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {"node_modules", "dist", "bench", "test-results"}
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part in _NOT_OURS or part.startswith(".") for part in path.relative_to(ROOT).parts)
)
README, MAP = ROOT / "README.md", ROOT / "services" / "README.md"
# Screenshots that the browser tests make; they may be missing where those have not run yet.
MADE_BY_BROWSER_TESTS = {"docs/img/canvas-light-1440.png"}
PLAYBOOKS = {path.name for path in (ROOT / "playbooks").glob("*.yml")}


def name_of(path: Path) -> str:
    """A page as a test's id."""
    return str(path.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def fenced(page: Path) -> list[str]:
    """The blocks of a page that people copy into a shell."""
    return re.findall(r"(?ms)^```sh\n(.*?)^```", page.read_text())


def code(page: Path) -> str:
    """All that a page sets as code, one piece a line."""
    text = page.read_text()
    blocks = re.findall(r"(?ms)^```\w*\n(.*?)^```", text) + re.findall(r"(?m)^ {4}(\S.*)$", text)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    return "\n".join(blocks + spans)


def targets_named(page: Path) -> set[str]:
    """What a page tells people to make."""
    return set(re.findall(r"(?m)(?:^|\s)make ([a-z][a-z-]*)", code(page)))


def makefile() -> str:
    """The Makefile with its continued lines joined."""
    return (ROOT / "Makefile").read_text().replace("\\\n", " ")


def targets(described: bool = False) -> set[str]:
    """The targets that people may make: all, or those that `make help` describes."""
    if described:
        return set(re.findall(r"(?m)^([a-z][a-z-]*):.*## \S", makefile()))
    return set(re.findall(r"(?m)^\.PHONY: (.*)$", makefile())[0].split())


def anchors(page: Path) -> set[str]:
    """What a link can point at within a page."""
    heads = re.findall(r"(?m)^#+ (.*)$", page.read_text())
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@every_page
def test_a_make_target_that_is_named_exists(page: Path) -> None:
    assert targets_named(page) <= targets(), "the Makefile has no such target"


def test_every_public_target_is_described_where_people_look() -> None:
    assert targets() == targets(described=True), "`make help` does not show these"
    daily = {"up", "down", "status", "logs", "test", "clean-data"}
    mapped = {"build", "build-devel", "up-devel", "push", "up-swarm", "down-swarm"}
    assert daily <= targets_named(README)
    assert mapped <= targets_named(MAP)


def test_the_readme_names_one_command_for_all_tests() -> None:
    section = README.read_text().partition("\n## Tests\n")[2].partition("\n## ")[0]
    assert re.findall(r"(?ms)^```sh\n(.*?)^```", section) == ["make test\n"]


@every_page
def test_what_a_page_links_to_exists(page: Path) -> None:
    prose = re.sub(r"(?ms)^```.*?^```|`[^`\n]*`", "", page.read_text())
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        if name_of(there) in MADE_BY_BROWSER_TESTS and not there.exists():
            continue
        assert there.exists(), f"{link} is not there"
        assert not anchor or anchor in anchors(there), f"{link}: no such heading"


@every_page
def test_a_shell_block_can_be_read_by_the_shell(page: Path) -> None:
    for block in fenced(page):
        done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


@every_page
def test_a_playbook_that_is_named_exists(page: Path) -> None:
    assert set(re.findall(r"\bplaybooks/([\w-]+\.yml)", page.read_text())) <= PLAYBOOKS


def test_every_playbook_is_in_the_readme() -> None:
    assert set(re.findall(r"(?m)^\| `playbooks/([\w-]+\.yml)` \|", README.read_text())) == PLAYBOOKS


def test_every_playbook_command_in_the_readme_parses() -> None:
    commands = [shlex.split(line) for line in "\n".join(fenced(README)).splitlines() if line.startswith("ansible-playbook ")]
    assert commands
    books = sorted({word for word in chain(*commands) if word.startswith("playbooks/")})
    for command in commands:
        book = (ROOT / command[1]).read_text()
        for setting in [after for word, after in pairwise(command) if word == "-e"]:
            assert setting.partition("=")[0] in book, f"{command[1]} does not read {setting}"
    asked = [str(Path(sys.executable).parent / "ansible-playbook"), "--syntax-check", "-i", "inventory/local", *books]
    told = os.environ | {"WERKBANK_ENV_FILE": str(ROOT / ".env-devel"), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(asked, cwd=ROOT, env=told, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_map_names_every_service_and_each_has_a_page() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/Dockerfile")}
    assert folders == set(re.findall(r"(?m)^### ([a-z-]+)$", MAP.read_text()))
    assert folders == {path.parent.name for path in (ROOT / "services").glob("*/README.md")}


def test_the_schematic_is_made_of_its_text_and_shows_every_service_that_runs() -> None:
    text, drawn = ((ROOT / "docs" / "img" / f"services.{kind}").read_text() for kind in ("dot", "svg"))
    arrow = re.compile(r"(?m)^ +(\w+)[:\w]* +-> (\w+)")
    assert sorted(arrow.findall(text)) == sorted(re.findall(r"<title>(\w+)[:\w]*&#45;&gt;(\w+)", drawn)), "draw it anew"
    folders = {path.parent.name for path in (ROOT / "services").glob("*/Dockerfile")}
    words = {word.replace("&#45;", "-") for word in re.findall(r">([^<>]+)</text>", drawn)}
    # Python is a parent image, and no service.
    assert folders - {"python"} <= words


def test_every_setting_is_explained_and_every_explained_setting_is_one() -> None:
    explained = [line for line in README.read_text().splitlines() if line.startswith("| `WERKBANK_")]
    assert {name for line in explained for name in re.findall(r"`(WERKBANK_\w+)`", line.split(" | ")[0])} == set(
        read(ROOT / ".env-devel")
    )


def test_every_label_of_ours_is_explained() -> None:
    tasks = "".join(path.read_text() for path in (ROOT / "roles").glob("*/tasks/*.yml"))
    labels = {f"werkbank.{name}" for name in re.findall(r"\bwerkbank\.([a-z]+)['\"]?:", tasks)}
    assert labels
    assert labels <= set(re.findall(r"`(werkbank\.[a-z]+)`", (ROOT / "docs" / "labels.md").read_text()))


def test_a_decision_says_what_was_refused_and_its_price() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {page.name[:4]}: ")
        assert all(word in text for word in ("**Decision.**", "**Refused", "**Price.**")), page.name


@pytest.mark.parametrize("part", ["authentication", "director", "web"])
def test_an_image_says_which_database_it_knows(part: str) -> None:
    dockerfile = (ROOT / "services" / part / "Dockerfile").read_text()
    assert re.findall(rf"{SCHEMA_LABEL}=(\w+)", dockerfile) == [newest_schema()]


ANSWERS = json.loads((ROOT / "tests/browser/snapshots/answers.json").read_text())


@pytest.mark.parametrize("path", ANSWERS)
def test_what_the_pictures_of_pages_show_is_what_the_api_answers(path: str) -> None:
    document = json.loads((ROOT / "docs/openapi/workbench.json").read_text())
    calls = {each.removeprefix("/api/v0"): verbs.get("get") or verbs.get("post") for each, verbs in document["paths"].items()}
    fits = [each for each in calls if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), path)]
    answer = calls[path if path in calls else fits[0]]["responses"]["200"]["content"]["application/json"]
    schema = answer["schema"]["properties"]["data"] | {"components": document["components"]}
    wrong = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(ANSWERS[path])]
    assert not wrong
