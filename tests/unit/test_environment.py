"""How .env comes to be."""

from pathlib import Path

import pytest

from controlplane.deploy.environment import ensure, read

TEMPLATE = Path(__file__).resolve().parents[2] / ".env-devel"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """Where the file will be."""
    return tmp_path / ".env"


def test_every_secret_is_fresh_and_the_file_is_its_owners_alone(env: Path, tmp_path: Path) -> None:
    ensure(TEMPLATE, env)
    ensure(TEMPLATE, tmp_path / "other")
    mine, others = read(env), read(tmp_path / "other")
    for name in ("ADMIN_PASSWORD", "REGISTRY_PASSWORD", "DATABASE_PASSWORD"):
        assert len(mine[f"WERKBANK_{name}"]) >= 32
        assert mine[f"WERKBANK_{name}"] != others[f"WERKBANK_{name}"]
    assert env.stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_left_as_it_is(env: Path) -> None:
    ensure(TEMPLATE, env)
    before = env.read_text()
    assert ensure(TEMPLATE, env) == []
    assert env.read_text() == before


def test_a_new_key_is_added_and_said(env: Path) -> None:
    ensure(TEMPLATE, env)
    text = env.read_text().replace("WERKBANK_LEASE_GRACE=120\n", "")
    env.write_text(text.replace("WERKBANK_DATABASE_PASSWORD=", "WERKBANK_OLD="))
    said = ensure(TEMPLATE, env)
    assert [name in sentence for name, sentence in zip(["LEASE_GRACE", "DATABASE_PASSWORD"], said, strict=True)] == [True, True]
    assert read(env)["WERKBANK_LEASE_GRACE"] == "120"
    assert len(read(env)["WERKBANK_DATABASE_PASSWORD"]) >= 32


def test_a_key_that_nothing_reads_any_more_is_left_alone(env: Path) -> None:
    ensure(TEMPLATE, env)
    env.write_text(env.read_text() + "WERKBANK_SECRET_KEY=of an earlier version\n")
    before = env.read_text()
    assert ensure(TEMPLATE, env) == []
    assert env.read_text() == before


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("WERKBANK_PORT", "http", "a port from 1 to 65535"),
        ("WERKBANK_PORT", "9082", "must differ"),
        ("WERKBANK_STACK", "My Lab", "small letters"),
        ("WERKBANK_LEASE_GRACE", "5", "10 to 86400 seconds"),
        ("WERKBANK_NODE_INTERNET", "maybe", "true or false"),
        ("WERKBANK_SECURE_COOKIES", "yes", "true or false"),
        ("WERKBANK_TLS_KEY", "/etc/key.pem", "WERKBANK_TLS_CERTIFICATE and WERKBANK_TLS_KEY belong together"),
        ("WERKBANK_CA_FILE", "/no/such/file", "certificate authorities"),
        ("WERKBANK_ADMIN_EMAIL", "me", "an e-mail address"),
    ],
)
def test_a_bad_value_is_refused_with_what_it_should_be(env: Path, name: str, value: str, complaint: str) -> None:
    ensure(TEMPLATE, env)
    text = "".join(f"{name}={value}\n" if line.startswith(f"{name}=") else line for line in env.read_text().splitlines(True))
    env.write_text(text)
    with pytest.raises(ValueError, match=complaint):
        ensure(TEMPLATE, env)
    assert env.read_text() == text


def test_a_bad_secret_is_not_shown(env: Path) -> None:
    ensure(TEMPLATE, env)
    text = "".join("WERKBANK_ADMIN_PASSWORD=short\n" if "ADMIN_PASSWORD" in li else li for li in env.read_text().splitlines(True))
    env.write_text(text)
    with pytest.raises(ValueError, match="ADMIN_PASSWORD") as error:
        ensure(TEMPLATE, env)
    assert "short" not in str(error.value)


def test_a_line_that_is_none_is_named(env: Path) -> None:
    ensure(TEMPLATE, env)
    env.write_text(env.read_text() + "export X\n")
    with pytest.raises(ValueError, match="'export X' is not NAME=value"):
        ensure(TEMPLATE, env)
