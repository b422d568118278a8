"""Certificates that tests make for themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes as Key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, KeySerializationEncryption, NoEncryption, PrivateFormat


@dataclass(frozen=True)
class Pair:
    """A certificate before those of its authorities, and its key."""

    chain: tuple[x509.Certificate, ...]
    key: Key


def authority() -> Pair:
    """An authority that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _begun("an authority of tests", (-2, 400)).issuer_name(_called("an authority of tests"))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Pair((builder.public_key(key.public_key()).sign(key, SHA256()),), key)


def issue(by: Pair, names: tuple[str, ...] = ("lab.example",), days: tuple[int, int] = (-1, 90), key: Key | None = None) -> Pair:
    """A certificate for these names and this machine, good between these days from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    all_names = [*map(x509.DNSName, names), x509.IPAddress(ip_address("127.0.0.1"))]
    builder = _begun(names[0], days).issuer_name(by.chain[0].subject).public_key(key.public_key())
    builder = builder.add_extension(x509.SubjectAlternativeName(all_names), critical=False)
    return Pair((builder.sign(by.key, SHA256()), *by.chain), key)


def written(folder: Path, pair: Pair, lock: KeySerializationEncryption | None = None) -> tuple[Path, Path]:
    """The pair as files: the chain, and the key."""
    certificate, key = folder / "fullchain.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(map(pem_of, pair.chain)))
    key.write_bytes(pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption()))
    return certificate, key


def pem_of(certificate: x509.Certificate) -> bytes:
    """As files hold it."""
    return certificate.public_bytes(Encoding.PEM)


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _begun(name: str, days: tuple[int, int]) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(_called(name)).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now + timedelta(days=days[0])).not_valid_after(now + timedelta(days=days[1]))
