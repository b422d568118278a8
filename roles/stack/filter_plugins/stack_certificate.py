"""Whether a certificate and its key can serve, and for how long."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

DOCUMENTATION = """
name: stack_certificate_wrong
short_description: What is wrong with a certificate and its key, a sentence each
description:
  - Reads both files on the machine that runs Ansible. Nothing of the key is said. Both names may be empty; then nothing is wrong.
positional: key
options:
  _input: {description: "File with the certificate and its chain, as PEM.", type: str, required: true}
  key: {description: "File with the key, as PEM.", type: str, required: true}
"""


class Wrong(Exception):
    """A pair that cannot serve, in a sentence."""


def _read(setting: str, path: str) -> bytes:
    if not path.startswith("/"):
        raise Wrong(f"{setting} must be the whole path of a file, from the root, not {path!r}.")
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Wrong(f"{path}, which {setting} names, cannot be read: {error.strerror}.") from error


def _bytes_of(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _certificates(path: str) -> list[x509.Certificate]:
    """The chain, the server's own first."""
    text = _read("WERKBANK_TLS_CERTIFICATE", path)
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError as error:
        raise Wrong(f"{path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).") from error


def _public_key(path: str) -> bytes:
    """Of the private key in this file, the public part."""
    text = _read("WERKBANK_TLS_KEY", path)
    try:
        return _bytes_of(load_pem_private_key(text, password=None).public_key())
    except TypeError as error:
        raise Wrong(f"The key {path} is locked with a passphrase, which nobody is there to give. Store it without.") from error
    except ValueError as error:
        raise Wrong(f"{path} holds no key in PEM form (-----BEGIN PRIVATE KEY-----).") from error


def _refuse_others_key(chain: list[x509.Certificate], certificate: str, key: str) -> None:
    wanted = _public_key(key)
    keys = [_bytes_of(each.public_key()) for each in chain]
    if wanted == keys[0]:
        return
    if wanted in keys:
        raise Wrong(f"{certificate} begins with an authority's certificate; the server's own must come first.")
    raise Wrong(f"The key {key} belongs to another certificate than {certificate}.")


def _refuse_wrong_time(own: x509.Certificate, certificate: str) -> None:
    now = datetime.now(UTC)
    if (ends := own.not_valid_after_utc) <= now:
        raise Wrong(f"The certificate {certificate} ended on {ends:%Y-%m-%d}. Renew it.")
    if (begins := own.not_valid_before_utc) > now:
        raise Wrong(f"The certificate {certificate} begins only at {begins:%Y-%m-%d %H:%M} UTC. Is this clock right?")


def _refuse_weak(certificate: str, key: str) -> None:
    """What OpenSSL does not take here, such as a short key, nginx would not start with."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise Wrong(f"OpenSSL does not take {certificate} with its key: {error.reason}. Get one by today's rules.") from error


def stack_certificate_wrong(certificate: str, key: str) -> list[str]:
    """What is wrong with the pair, a sentence; nothing for two empty names."""
    if not certificate and not key:
        return []
    if not certificate or not key:
        return ["WERKBANK_TLS_CERTIFICATE and WERKBANK_TLS_KEY belong together: set both, or none."]
    try:
        chain = _certificates(certificate)
        _refuse_others_key(chain, certificate, key)
        _refuse_wrong_time(chain[0], certificate)
        _refuse_weak(certificate, key)
    except Wrong as error:
        return [str(error)]
    return []


def stack_certificate_days(certificate: str) -> int:
    """Whole days that the certificate is still good for."""
    return (_certificates(certificate)[0].not_valid_after_utc - datetime.now(UTC)).days


class FilterModule:
    """Ansible's way to find filters."""

    def filters(self) -> dict[str, object]:
        """Those of this file."""
        return {"stack_certificate_wrong": stack_certificate_wrong, "stack_certificate_days": stack_certificate_days}
