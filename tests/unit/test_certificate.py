"""What a certificate and its key must be before a gateway is given them."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes as Key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption

from controlplane.deploy.address import address, here
from tests.support.certificates import authority, issue, pem_of, written

ROOT = Path(__file__).resolve().parents[2]


def loaded() -> ModuleType:
    """The role's filters, as Ansible loads them: by their path."""
    path = ROOT / "roles/stack/filter_plugins/stack_certificate.py"
    specification = importlib.util.spec_from_file_location("stack_certificate", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


filters = loaded()


def wrong(certificate: Path | str, key: Path | str) -> str:
    """What the check says."""
    return " ".join(filters.stack_certificate_wrong(str(certificate), str(key)))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A good certificate with its chain, and its key."""
    return written(tmp_path, issue(authority()))


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_a_good_pair_passes(tmp_path: Path, key: Key) -> None:
    assert wrong(*written(tmp_path, issue(authority(), key=key))) == ""


def test_no_pair_is_no_tls() -> None:
    assert wrong("", "") == ""


def test_half_a_pair_is_refused(pair: tuple[Path, Path]) -> None:
    assert "belong together" in wrong(pair[0], "")
    assert "belong together" in wrong("", pair[1])


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_is_not_there_is_named(pair: tuple[Path, Path], which: int) -> None:
    pair[which].unlink()
    setting = ("WERKBANK_TLS_CERTIFICATE", "WERKBANK_TLS_KEY")[which]
    assert f"{pair[which]}, which {setting} names, cannot be read: No such file" in wrong(*pair)


def test_a_name_that_depends_on_where_one_stands_is_refused(pair: tuple[Path, Path]) -> None:
    assert "must be the whole path of a file" in wrong("chain.pem", pair[1])


def test_what_is_no_pem_is_refused(pair: tuple[Path, Path]) -> None:
    assert "holds no key in PEM form" in wrong(pair[0], pair[0])
    assert "holds no certificate in PEM form" in wrong(pair[1], pair[1])


def test_a_key_of_another_certificate_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    _, others = written(tmp_path / "other", issue(authority()))
    assert "belongs to another certificate" in wrong(pair[0], others)


def test_a_chain_in_the_wrong_order_is_said(tmp_path: Path) -> None:
    made = issue(authority())
    certificate, key = written(tmp_path, made)
    certificate.write_bytes(b"".join(pem_of(each) for each in reversed(made.chain)))
    assert "the server's own must come first" in wrong(certificate, key)


def test_a_locked_key_is_refused_and_nothing_of_it_is_said(tmp_path: Path) -> None:
    certificate, key = written(tmp_path, issue(authority()), BestAvailableEncryption(b"sesame"))
    said = wrong(certificate, key)
    assert "locked with a passphrase" in said
    assert not any(line in said for line in key.read_text().splitlines()[1:-1])


@pytest.mark.parametrize(("begins", "ends", "says"), [(-90, -1, "ended on"), (1, 90, "begins only at")])
def test_a_certificate_of_another_time_is_refused(tmp_path: Path, begins: int, ends: int, says: str) -> None:
    assert says in wrong(*written(tmp_path, issue(authority(), days=(begins, ends))))


def test_a_key_too_short_for_openssl_is_refused_before_nginx_does(tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    assert "OpenSSL does not take" in wrong(*written(tmp_path, issue(authority(), key=weak)))


def test_days_are_those_of_the_servers_own_certificate(tmp_path: Path) -> None:
    certificate, _ = written(tmp_path, issue(authority(), days=(-1, 20)), NoEncryption())
    assert filters.stack_certificate_days(str(certificate)) == 19


def test_people_are_told_the_first_whole_name_of_the_certificate(tmp_path: Path) -> None:
    certificate, _ = written(tmp_path, issue(authority(), names=("*.example", "lab.example")))
    values = {"WERKBANK_PORT": "9081", "WERKBANK_TLS_CERTIFICATE": str(certificate)}
    assert address(values) == "https://lab.example:9081"
    assert here(values) == "https://127.0.0.1:9081"


def test_without_a_name_that_can_be_read_the_address_is_this_machine(tmp_path: Path) -> None:
    values = {"WERKBANK_PORT": "9081", "WERKBANK_TLS_CERTIFICATE": str(tmp_path / "of-root.pem")}
    assert address(values) == "https://localhost:9081"
    assert address({"WERKBANK_PORT": "9081"}) == "http://localhost:9081"
