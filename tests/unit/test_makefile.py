"""What make says before it could change anything."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def checkout() -> Iterator[Path]:
    """As much of a fresh clone as make reads, where everybody may read it."""
    folder = Path(tempfile.mkdtemp(prefix="werkbank-make-"))
    folder.chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    yield folder
    shutil.rmtree(folder)


def make(folder: Path, *arguments: str, told: dict[str, str] | None = None, **options: object) -> tuple[int, str]:
    """Exit code, and all that was said."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "WERKBANK_", "ENV_FILE"))
    }
    done = subprocess.run(  # type: ignore[call-overload]
        ["make", *arguments], cwd=folder, env=clean | (told or {}), text=True, capture_output=True, check=False, **options
    )
    return done.returncode, done.stdout + done.stderr


def test_bare_make_lists_what_there_is(checkout: Path) -> None:
    code, said = make(checkout)
    assert code == 0
    assert "Start with: make up" in said


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("target", ["up", "up-swarm", "down", "clean-data", "test"])
def test_without_root_or_sudo_it_ends_with_a_sentence(checkout: Path, target: str) -> None:
    code, said = make(checkout, target, user=NOBODY, group=NOBODY, extra_groups=[])
    assert code != 0
    assert said.startswith("This needs root, for the engine and its certificates; nothing was changed.")
    assert not (checkout / ".venv").exists()


def test_without_a_python_that_is_new_enough_it_says_which_one_to_install(checkout: Path) -> None:
    code, said = make(checkout, "venv", "PYTHON=")
    assert code != 0
    assert "Python 3.11 or newer is needed and not there; nothing was changed." in said


def test_without_a_package_index_it_says_what_to_mend_and_goes_on_the_next_time(checkout: Path) -> None:
    code, said = make(checkout, "venv", told={"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull})
    assert code != 0
    assert "Packages could not be fetched; nothing was changed. Mend the way to the package index" in said
    assert not (checkout / ".venv" / ".deploy").exists()


@pytest.mark.parametrize("target", ["status", "logs"])
def test_where_nothing_was_set_up_it_says_where_to_start(checkout: Path, target: str) -> None:
    code, said = make(checkout, target)
    assert code != 0
    assert "There is no .env, so nothing was set up from this checkout yet. Start with: make up" in said
    assert not (checkout / ".env").exists()
