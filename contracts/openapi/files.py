"""The files under gen/openapi/."""

import json
import subprocess
import sys

from contracts.openapi.document import build
from contracts.openapi.reference import page
from contracts.openapi.source import Source
from contracts.output import generated
from contracts.protoc import ROOT

TARGET = ROOT / "gen" / "openapi"


def write() -> None:
    """Write them in an interpreter of its own, which imports the stubs as they are now and not as they were."""
    subprocess.run([sys.executable, "-m", "contracts.openapi"], cwd=ROOT, check=True)  # noqa: S603 - this program itself


def write_files() -> None:
    """Write the document, and the page that shows it."""
    document = build(Source.load())
    with generated(TARGET) as folder:
        (folder / "souk.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        (folder / "index.html").write_text(page(document))
