import os
from pathlib import Path

import asyncpg
import pytest

from mesh.stack.home import Home
from mesh.stack.part import Part
from mesh.stack.ports import Ports
from mesh.stack.postgres import Postgres


class TestPostgres:
    @pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user owns the folders above")
    async def test_runs_as_another_user_below_a_folder_that_only_root_may_enter(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        home = Home(closed / "home")
        home.prepare()
        postgres = Postgres(home, Ports(private=True).usual(5432))
        part = Part(postgres.component(), home, print, lambda: None)
        try:
            await part.start()
            connection = await asyncpg.connect(postgres.url)
            assert await connection.fetchval("SELECT 1") == 1
            await connection.close()
            process = part.snapshot().process()
            assert process is not None
            assert process.uids().real != 0
        finally:
            await part.stop()
        assert closed.stat().st_mode & 0o777 == 0o700
