"""Run a command as an ordinary user: `unprivileged.py UID GID PATHS -- COMMAND…`, started as root.

PostgreSQL refuses to run as root. Where that user may not pass a folder above PATHS (a checkout below a home of mode
700), the command keeps the one capability that lets it through, and no folder's mode is changed.
"""

import ctypes
import os
import sys

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
# Reading is enough; containers often have only the wider one.
_CAP_DAC_READ_SEARCH = 2
_CAP_DAC_OVERRIDE = 1


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]  # noqa: RUF012 - ctypes wants this form


class _Data(ctypes.Structure):
    _fields_ = [  # noqa: RUF012 - ctypes wants this form
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def _keep(libc: ctypes.CDLL, capability: int) -> bool:
    """Carry one capability over the next exec; false where the process does not have it."""
    bits = 1 << capability
    data = (_Data * 2)(_Data(bits, bits, bits), _Data(0, 0, 0))
    if libc.capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), data) != 0:
        return False
    return bool(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)


def _blocked(paths: list[str]) -> str | None:
    return next((path for path in paths if not os.access(path, os.R_OK | os.X_OK)), None)


def main(arguments: list[str]) -> None:
    """Change user and become the command."""
    uid, gid, paths, _, *command = arguments
    linux = sys.platform == "linux"
    libc = ctypes.CDLL(None, use_errno=True) if linux else None
    if libc is not None:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    path = _blocked(paths.split(os.pathsep))
    if path and not (libc and (_keep(libc, _CAP_DAC_READ_SEARCH) or _keep(libc, _CAP_DAC_OVERRIDE))):
        sys.exit(
            f"PostgreSQL cannot run as root, and the user that it runs as (uid {uid}) may not enter {path}. "
            "Run Souk as an ordinary user, or place SOUK_HOME and the environment where others may pass."
        )
    os.execv(command[0], command)  # noqa: S606 - the supervisor composed the command


if __name__ == "__main__":
    main(sys.argv[1:])
