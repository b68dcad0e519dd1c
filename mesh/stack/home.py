"""Where the stack keeps its data: `SOUK_HOME`, else `.souk` in the project."""

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mesh.stack.errors import StackError

# Raised when an older Souk could not read the folder any more, whatever the reason.
STORE_FORMAT = 1
POSTGRES_MAJOR = 18
_VERSION = {"format": STORE_FORMAT, "postgres": POSTGRES_MAJOR}
# A path of a Unix socket holds at most 103 bytes on macOS and 107 on Linux.
_SOCKET_PATH_LIMIT = 100


def project_folder() -> Path:
    """The checkout this code lies in, or the working folder where it was installed as a wheel."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


def find_home(environ: Mapping[str, str] = os.environ) -> "Home":
    """The home that the environment names, or the project's own."""
    return Home(Path(environ.get("SOUK_HOME") or project_folder() / ".souk").resolve())


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one stack and the places in it."""

    root: Path

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Configurations that are made anew at each start."""
        return self.root / "run"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def state_file(self) -> Path:
        return self.root / "state.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def seeded_file(self) -> Path:
        """Stands once the store has been stocked, or was left empty on purpose."""
        return self.root / "seeded"

    def log(self, name: str) -> Path:
        """The log of one component."""
        return self.logs / f"{name}.log"

    def data(self, name: str) -> Path:
        """The data folder of one component."""
        return self.root / name

    def socket(self, name: str) -> Path:
        """A Unix socket of the stack, in a short folder of its own where this one's path is too long for one."""
        path = self.run / f"{name}.sock"
        if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
            return path
        folder = Path(tempfile.gettempdir()) / f"souk-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise StackError(f"{folder} belongs to somebody else; set SOUK_HOME to a shorter path.")
        return folder / path.name

    def secret(self, name: str) -> str:
        """A random secret, made at the first call and kept in a file that only its owner reads."""
        path = self.secrets / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text()

    def prepare(self) -> None:
        """Make the folders, or raise StackError for a store that another version made."""
        self._refuse_other_version()
        try:
            if not self.root.exists():
                # Open for passage, not for listing: as root, PostgreSQL runs as another user and must reach its folder.
                self.root.mkdir(parents=True)
                self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.keys, self.logs, self.run, self.secrets):
                folder.mkdir(exist_ok=True, mode=0o700)
            self._version_file.write_text(json.dumps(_VERSION) + "\n")
        except OSError as error:
            raise StackError(f"{self.root} cannot be used for data: {error.strerror}.") from error

    @property
    def is_store(self) -> bool:
        """Whether a stack has lived here."""
        return self._version_file.exists()

    @property
    def _version_file(self) -> Path:
        return self.root / "VERSION"

    def _refuse_other_version(self) -> None:
        cluster = self.data("postgres") / "data" / "PG_VERSION"
        if cluster.exists() and cluster.read_text().strip() != str(POSTGRES_MAJOR):
            raise StackError(
                f"{cluster.parent} was made by PostgreSQL {cluster.read_text().strip()}, this is {POSTGRES_MAJOR}. "
                "Start it with the Souk that made it, or remove it with `souk reset`."
            )
        if not self._version_file.exists():
            return
        found = self._version_file.read_text().strip()
        if found != json.dumps(_VERSION):
            raise StackError(
                f"The store in {self.root} was made by another version of Souk: {found}, "
                f"this is {json.dumps(_VERSION)}. Start it with that one, or remove it with `souk reset`."
            )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
