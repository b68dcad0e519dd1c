"""Programs that lie in Python wheels."""

import importlib.util
import shutil
import sysconfig
from pathlib import Path

from mesh.stack.errors import StackError


def wheel_folder(package: str, program: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise StackError(f"{program} is not in this environment; `make up` installs it.")
    return Path(spec.origin).parent


def wheel_script(program: str) -> str:
    """A program that its wheel placed beside the interpreter's own scripts."""
    found = shutil.which(program, path=sysconfig.get_path("scripts"))
    if found is None:
        raise StackError(f"{program} is not in this environment; `make up` installs it.")
    return found
