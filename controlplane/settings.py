"""What a part is told by its environment: WERKBANK_* variables and, for secrets, files in /run/secrets."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

_SECRETS = Path("/run/secrets")


class Settings(BaseSettings):
    """Settings of every part of the platform; each part uses those that concern it."""

    model_config = SettingsConfigDict(
        env_prefix="WERKBANK_", secrets_dir=_SECRETS if _SECRETS.is_dir() else None, extra="ignore", frozen=True
    )

    stack: str = "werkbank"
    # Database. `database_url` overrides the parts (tests).
    database_url: str | None = None
    database_host: str = "postgres"
    database_password: SecretStr = SecretStr("")
    # First login, created when there is no user yet.
    admin_email: str = "admin@werkbank.example"
    admin_password: SecretStr = SecretStr("")
    # Sessions and leases, in seconds.
    lease_grace: int = Field(120, ge=10, le=86_400)
    session_lifetime: int = Field(14 * 86_400, ge=300)
    secure_cookies: bool = False
    login_rate: str = "10 per minute; 60 per hour"
    # Nodes.
    node_internet: bool = False
    node_cpus: float = Field(2, gt=0)
    node_memory_mib: int = Field(4096, ge=64)
    node_cpus_max: float = Field(8, gt=0, description="no node gets more, whatever its image asks for")
    node_memory_max_mib: int = Field(32_768, ge=64)
    user_nodes: int = Field(100, ge=1, description="nodes that may run of one user at once")
    project_nodes: int = Field(100, ge=1)
    slots_memory_mib: int = Field(0, ge=0, description="memory that slots may take in all, by their limits; 0: there are none")
    images_ahead: int = Field(10, ge=0, le=999, description="images that are pulled ahead to each host, at the most; 0: none")
    start_timeout: int = Field(120, ge=10, description="seconds until a start that shows no page counts as failed")
    fetch_timeout: int = Field(900, ge=10, description="the same while the host fetches the image")
    trash_days: int = Field(30, ge=1, le=9999, description="days until a project in the trash is removed for good")
    # Runs are kept for so long, and at most so many.
    runs_keep_days: int = Field(14, ge=1)
    runs_keep: int = Field(10_000, ge=100)
    # Registry: as engines name it, as the director reaches it.
    registry: str = "127.0.0.1:9082"
    registry_url: str = "https://registry:5000"
    registry_user: str = "werkbank"
    registry_password: SecretStr = SecretStr("")
    registry_ca_file: Path = Path("/run/secrets/werkbank_registry_ca")
    # Gateway: its listener for the platform's own questions.
    gateway_url: str = "http://gateway:8082"
    director_url: str = "http://director:8001"
    # Where the director takes and gives files: a listener that keeps no piece of them.
    files_url: str = "http://director:8002"
    # Publishing services: the parent of all images, the sources that can be built, and how repositories are fetched.
    build_base: str = ""
    checkout_dir: Path = Path("/app/checkout")
    git_protocols: str = "https"
    # Where the playbooks are, and where runs may write.
    project_dir: Path = Path(__file__).resolve().parent.parent
    runner_dir: Path = Path("/tmp/runs")  # noqa: S108  a tmpfs of the director's own container
    client_dir: Path = Path("/app/client")

    @property
    def grace(self) -> timedelta:
        """How long a node keeps running with no sign of life."""
        return timedelta(seconds=self.lease_grace)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The deployment's own secrets: they appear in no stored run."""
        values = [value for _, value in self if isinstance(value, SecretStr)]
        return tuple(value.get_secret_value() for value in values if value.get_secret_value())

    @property
    def database(self) -> URL | str:
        """Where the database is."""
        return self.database_url or URL.create(
            "postgresql+psycopg",
            "werkbank",
            self.database_password.get_secret_value(),
            self.database_host,
            5432,
            "werkbank",
        )


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
