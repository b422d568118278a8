"""Keeps secrets out of what is stored of a run, and says what a person must supply to repeat it.

A value is a secret when its key looks like one (`API_TOKEN`, `db-password`), or when it is marked: the deployment's own
secrets are. It is replaced by a placeholder `<secret 1>`; the same value has the same placeholder wherever it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Masking too much costs a line typed by hand, masking too little costs a secret; but not every `monkey` holds one.
_SECRET_KEY = re.compile(
    r"passw|passphrase|secret|token|credential|authorization|cookie|apikey"
    r"|(?<![a-z])(pass|pwd|keys?)(?![a-z])|(?<![a-z])(api|access|private|encryption|signing)keys?(?![a-z])"
)
_NO_SECRET = re.compile(r"(?<![a-z])(public|service)[_-]?key(?![a-z])")
_PLACEHOLDER = re.compile(r"<secret (\d+)>")
# Shorter values are words of everyday life: hiding each `true` in a message would hide the message.
_SHORTEST = 4


def is_secret(key: str) -> bool:
    """Whether a value under this key looks like a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
    return bool(_SECRET_KEY.search(words)) and not _NO_SECRET.search(words)


@dataclass
class Mask:
    """Replaces the secrets of one run."""

    marked: Iterable[str] = ()
    # Each secret, in the order of its number.
    _known: list[str] = field(default_factory=list)

    def inputs(self, value: Any) -> Any:
        """The value with placeholders in place of secrets; remembers them for `text`."""
        # Twice: a secret may also be part of a text that stands before it.
        self._masked(value, "")
        return self._masked(value, "")

    def _masked(self, value: Any, key: str) -> Any:
        match value:
            case dict():
                return {name: self._masked(inner, str(name)) for name, inner in value.items()}
            case list() | tuple():
                return [self._masked(inner, key) for inner in value]
            case str() if value and is_secret(key):
                return self._placeholder(value)
            case str():
                return self.text(value)
        return value

    def text(self, text: str) -> str:
        """A text without the secrets that are known by now, the longest first: one may contain another."""
        for secret in sorted({*self._known, *self.marked}, key=len, reverse=True):
            if len(secret) >= _SHORTEST and secret in text:
                text = text.replace(secret, self._placeholder(secret))
        return text

    def _placeholder(self, secret: str) -> str:
        if secret not in self._known:
            self._known.append(secret)
        return f"<secret {self._known.index(secret) + 1}>"


def variable(number: int | str) -> str:
    """The environment variable from which a repeated run takes a secret."""
    return f"WERKBANK_SECRET_{number}"


def secrets_in(inputs: Any, path: str = "") -> dict[str, list[str]]:
    """Of masked inputs: each variable that a person must set, with the places where its value belongs."""
    found: dict[str, list[str]] = {}
    match inputs:
        case dict() | list():
            pairs = inputs.items() if isinstance(inputs, dict) else enumerate(inputs)
            for name, inner in pairs:
                for key, places in secrets_in(inner, f"{path}.{name}".lstrip(".")).items():
                    found.setdefault(key, []).extend(places)
        case str():
            found = {variable(number): [path] for number in _PLACEHOLDER.findall(inputs)}
    return found


def repeatable(inputs: Any) -> Any:
    """Masked inputs as variables for Ansible that take each secret from the environment, and refuse to do without it."""
    match inputs:
        case dict():
            return {name: repeatable(inner) for name, inner in inputs.items()}
        case list() | tuple():
            return [repeatable(inner) for inner in inputs]
        case str() if _PLACEHOLDER.search(inputs):
            return _PLACEHOLDER.sub(lambda found: _looked_up(found[1]), _harmless(inputs))
    return literal(inputs)


def literal(value: Any) -> Any:
    """A value as Ansible must take it: text that looks like a template is data of somebody's image, and never evaluated."""
    match value:
        case dict():
            return {name: literal(inner) for name, inner in value.items()}
        case list() | tuple():
            return [literal(inner) for inner in value]
        case str() if "{{" in value or "{%" in value or "{#" in value:
            return {"__ansible_unsafe": value}
    return value


def _looked_up(number: str) -> str:
    name = variable(number)
    return f"{{{{ lookup('ansible.builtin.env', '{name}', default=undef(hint='Set {name}; nothing was changed.')) }}}}"


def _harmless(text: str) -> str:
    """Braces within a text that becomes a template, said so that they come out as themselves."""
    return text.replace("{", "{{ '{' }}")
