"""Run a task to its end."""

import asyncio
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from mesh.stack.component import Task
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.logs import open_log, tail


async def run_task(task: Task, home: Home) -> None:
    """Return when it has succeeded; raises StackError with the end of its log."""
    if task.prepare is not None:
        await task.prepare()
    path = home.log(task.name)
    with open_log(path) as log, _output(task, log) as output:
        process = await asyncio.create_subprocess_exec(
            *task.argv,
            env={**os.environ, **task.env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.kill()
        raise
    if code != 0:
        raise StackError(f"{task.name} failed with status {code}. The end of {path}:\n{tail(path)}")
    if task.output is not None:
        _draft(task.output).replace(task.output)


def _draft(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _output(task: Task, log: BinaryIO) -> AbstractContextManager[BinaryIO]:
    return nullcontext(log) if task.output is None else _draft(task.output).open("wb")
