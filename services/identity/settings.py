"""What identity reads from the environment."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """`SOUK_IDENTITY_<FIELD>`."""

    # Made at the first start where the store has no admin. Empty: none is made.
    admin_email: str = ""
    # The file with the first admin's password; kept out of the environment, which other programs can read.
    admin_password_file: Path | None = None
    access_token_seconds: int = 900
    refresh_token_days: int = 30
    # How many passwords are hashed side by side: each takes 19 MiB and a core.
    hashing_threads: int = 2

    def __post_init__(self) -> None:
        """Refuse an access token that lives longer than the contract says, and an admin without a password."""
        if not 1 <= self.access_token_seconds <= 900:  # noqa: PLR2004  # the contract's 15 minutes
            raise ValueError("an access token lives for 1 to 900 seconds")
        if self.refresh_token_days < 1 or self.hashing_threads < 1:
            raise ValueError("refresh_token_days and hashing_threads are at least 1")
        if self.admin_email and self.admin_password_file is None:
            raise ValueError("SOUK_IDENTITY_ADMIN_PASSWORD_FILE is not set")
