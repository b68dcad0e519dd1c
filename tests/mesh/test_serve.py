"""The process: how it starts, ends and refuses to start."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mesh.echo import make_keys_in

SERVICE = "audit"


def start(home: Path, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "SOUK_HOME": str(home), "SOUK_POSTGRES_URL": "", "SOUK_NATS_URL": "", **environ}
    command = [sys.executable, "-m", "mesh.serve", *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def lines(process: "subprocess.Popen[str]") -> Any:
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{"):
            yield json.loads(line)


class TestServe:
    def test_serves_until_it_is_told_to_stop(self, tmp_path: Path) -> None:
        make_keys_in(tmp_path)
        with start(tmp_path, SERVICE) as process:
            serving = next(line for line in lines(process) if line["message"] == "serving")
            assert serving["services"] == [SERVICE]
            assert serving["port"] > 0
            process.send_signal(signal.SIGTERM)
            assert [line["message"] for line in lines(process)] == ["stopping"]
            assert process.wait(10) == 0

    @pytest.mark.parametrize(
        ("arguments", "environ", "says"),
        [
            (["nothing"], {}, "there is no service 'nothing'"),
            ([SERVICE], {"SOUK_MAX_CONCURRENT_CALLS": "many"}, "SOUK_MAX_CONCURRENT_CALLS is 'many'"),
        ],
    )
    def test_ends_with_one_line_that_says_what_is_wrong(
        self, tmp_path: Path, arguments: list[str], environ: dict[str, str], says: str
    ) -> None:
        make_keys_in(tmp_path)
        with start(tmp_path, *arguments, **environ) as process:
            (line,) = lines(process)
            assert says in line["message"]
            assert process.wait(10) == 1
