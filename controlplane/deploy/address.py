"""Where people find the workbench, and what certificate its gateway shows."""

import socket
import ssl
import sys
from datetime import datetime
from pathlib import Path

from cryptography import x509

from controlplane.deploy.environment import read


def address(values: dict[str, str]) -> str:
    """The address that people use: with the first name in the certificate if there is one and this user may read it."""
    if certificate := values.get("WERKBANK_TLS_CERTIFICATE"):
        return f"https://{_name(Path(certificate)) or 'localhost'}:{values['WERKBANK_PORT']}"
    return f"http://localhost:{values['WERKBANK_PORT']}"


def here(values: dict[str, str]) -> str:
    """The same gateway, as its own host asks it."""
    scheme = "https" if values.get("WERKBANK_TLS_CERTIFICATE") else "http"
    return f"{scheme}://127.0.0.1:{values['WERKBANK_PORT']}"


def unchecked() -> ssl.SSLContext:
    """For a question of a host to itself: the certificate is for the name that people use."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def ends(port: int) -> datetime:
    """Until when the certificate is good that the gateway of this host shows (UTC). Raises ``OSError``."""
    with socket.create_connection(("127.0.0.1", port), 5) as plain, unchecked().wrap_socket(plain) as connection:
        return x509.load_der_x509_certificate(connection.getpeercert(True) or b"").not_valid_after_utc


def _name(certificate: Path) -> str:
    try:
        own = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return ""
    return next((name for name in names if "*" not in name), "")


def main() -> None:
    """`python -m controlplane.deploy.address .env`."""
    print(address(read(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
