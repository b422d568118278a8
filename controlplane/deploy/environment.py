"""Makes .env from .env-devel: fills in fresh secrets, adds keys that are new, overwrites nothing, refuses bad values."""

import os
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

_LINE = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
_SECRETS = {"WERKBANK_ADMIN_PASSWORD", "WERKBANK_REGISTRY_PASSWORD", "WERKBANK_DATABASE_PASSWORD"}


def read(path: Path) -> dict[str, str]:
    """The settings in a file of NAME=value lines. Raises ``ValueError`` naming a line that is none."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"{path.name}, line {number}: {line!r} is not NAME=value. Mend the line; nothing was changed.")
        found[match[1]] = match[2]
    return found


def _port(value: str) -> bool:
    return value.isdigit() and 0 < int(value) < 65536


def _seconds(value: str) -> bool:
    return value.isdigit() and 10 <= int(value) <= 86_400


def _positive(value: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", value) is not None and float(value) > 0


def _mebibytes(value: str) -> bool:
    return value.isdigit() and 64 <= int(value) < 2**30


def _mebibytes_or_none(value: str) -> bool:
    return value.isdigit() and int(value) < 2**30


def _count(value: str) -> bool:
    return value.isdigit() and 1 <= int(value) <= 100_000


def _file(value: str) -> bool:
    return Path(value).is_file()


_RULES: dict[str, tuple[Callable[[str], object], str]] = {
    "WERKBANK_STACK": (re.compile(r"[a-z][a-z0-9-]{0,20}").fullmatch, "a name of up to 21 small letters, digits and dashes"),
    "WERKBANK_PORT": (_port, "a port from 1 to 65535"),
    "WERKBANK_REGISTRY_PORT": (_port, "a port from 1 to 65535"),
    "WERKBANK_ADMIN_EMAIL": (re.compile(r"[^@\s]+@[^@\s]+").fullmatch, "an e-mail address"),
    "WERKBANK_ADMIN_PASSWORD": (re.compile(r".{8,}").fullmatch, "a password of at least 8 characters"),
    "WERKBANK_REGISTRY_USER": (re.compile(r"[A-Za-z0-9_.-]+").fullmatch, "a name of letters, digits, dots and dashes"),
    "WERKBANK_REGISTRY_PASSWORD": (re.compile(r"\S{8,72}").fullmatch, "a password of 8 to 72 characters without spaces"),
    "WERKBANK_DATABASE_PASSWORD": (re.compile(r"\S{8,}").fullmatch, "a password of at least 8 characters without spaces"),
    "WERKBANK_LEASE_GRACE": (_seconds, "10 to 86400 seconds"),
    "WERKBANK_SECURE_COOKIES": (re.compile(r"true|false").fullmatch, "true or false"),
    "WERKBANK_NODE_INTERNET": (re.compile(r"true|false").fullmatch, "true or false"),
    "WERKBANK_NODE_CPUS": (_positive, "a number of CPUs above 0"),
    "WERKBANK_NODE_MEMORY_MIB": (_mebibytes, "a whole number of MiB, at least 64"),
    "WERKBANK_NODE_CPUS_MAX": (_positive, "a number of CPUs above 0"),
    "WERKBANK_NODE_MEMORY_MAX_MIB": (_mebibytes, "a whole number of MiB, at least 64"),
    "WERKBANK_USER_NODES": (_count, "a number of nodes from 1 to 100000"),
    "WERKBANK_PROJECT_NODES": (_count, "a number of nodes from 1 to 100000"),
    "WERKBANK_SLOTS_MEMORY_MIB": (_mebibytes_or_none, "a whole number of MiB, or 0 for no slots"),
    "WERKBANK_IMAGES_AHEAD": (re.compile(r"0|[1-9]\d{0,2}").fullmatch, "a number of images from 0 to 999"),
    "WERKBANK_TRASH_DAYS": (re.compile(r"[1-9]\d{0,3}").fullmatch, "a number of days from 1 to 9999"),
    "WERKBANK_GIT_PROTOCOLS": (re.compile(r"(https|http|git)(,(https|http|git))*").fullmatch, "https, http or git, with commas"),
    "WERKBANK_CA_FILE": (_file, "a file with certificate authorities (on Debian: apt-get install ca-certificates)"),
}


def check(values: dict[str, str]) -> list[str]:
    """What is wrong with the values, a sentence each."""
    wrong = [
        f"{name} must be {wanted}, not {'what it is' if name in _SECRETS else repr(values.get(name, ''))}."
        for name, (is_good, wanted) in _RULES.items()
        if not is_good(values.get(name, ""))
    ]
    if bool(values.get("WERKBANK_TLS_CERTIFICATE")) != bool(values.get("WERKBANK_TLS_KEY")):
        wrong.append("WERKBANK_TLS_CERTIFICATE and WERKBANK_TLS_KEY belong together: set both, or none.")
    if values.get("WERKBANK_PORT") == values.get("WERKBANK_REGISTRY_PORT"):
        wrong.append("WERKBANK_PORT and WERKBANK_REGISTRY_PORT must differ.")
    return wrong


def ensure(template: Path, target: Path) -> list[str]:
    """Make or complete the file; what was done, a sentence each.

    Raises ``ValueError`` for values that cannot work; an existing file is then as it was.
    """
    wanted = template.read_text()
    if not target.exists():
        text = re.sub(r"(?m)^([A-Z0-9_]+)=$", lambda line: _filled(line[1]), wanted)
        _refuse_bad(_parsed(text), target)
        _write(target, text)
        return [f"{target.name} was made from {template.name}; its secrets are fresh and only there."]
    values = read(target)
    missing = [name for name in read(template) if name not in values]
    added = "".join(f"{name}={read(template)[name]}" + "\n" for name in missing)
    added = re.sub(r"(?m)^([A-Z0-9_]+)=$", lambda line: _filled(line[1]), added)
    text = target.read_text()
    _refuse_bad(values | _parsed(added), target)
    if missing:
        _write(target, text + ("" if text.endswith("\n") else "\n") + added)
    elif target.stat().st_mode & 0o077:
        target.chmod(0o600)
    return [f"{target.name} has no {name} yet: added." for name in missing]


def _filled(name: str) -> str:
    return f"{name}={secrets.token_urlsafe(24) if name in _SECRETS else ''}"


def _parsed(text: str) -> dict[str, str]:
    return {match[1]: match[2] for line in text.splitlines() if (match := _LINE.match(line))}


def _refuse_bad(values: dict[str, str], target: Path) -> None:
    if wrong := check(values):
        raise ValueError(f"{target.name}: {' '.join(wrong)} Mend it and run the same again; nothing was changed.")


def _write(target: Path, text: str) -> None:
    """Write beside and rename: an interruption leaves the old file, or none."""
    beside = target.with_name(target.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    beside.replace(target)


def main() -> None:
    """`python -m controlplane.deploy.environment [FILE]`."""
    root = Path(__file__).resolve().parents[2]
    target = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WERKBANK_ENV_FILE") or root / ".env")
    try:
        for sentence in ensure(root / ".env-devel", target):
            print(sentence)
    except ValueError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{target} cannot be written: {error.strerror}. Nothing was changed; make room or mend its rights.")


if __name__ == "__main__":
    main()
