import json
from pathlib import Path

import pytest

from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


class TestHome:
    def test_is_where_the_environment_says(self, tmp_path: Path) -> None:
        assert find_home({"SOUK_HOME": str(tmp_path)}).root == tmp_path

    def test_a_store_of_this_version_opens_again(self, home: Home) -> None:
        home.prepare()
        assert home.is_store

    def test_a_store_of_another_format_is_refused_and_left_alone(self, home: Home) -> None:
        version = home.root / "VERSION"
        version.write_text(json.dumps({"format": 99, "postgres": 18}))
        with pytest.raises(StackError, match=r'another version of Souk: \{"format": 99.*souk reset'):
            home.prepare()
        assert "99" in version.read_text()

    def test_a_cluster_of_another_postgresql_is_refused(self, home: Home) -> None:
        cluster = home.data("postgres") / "data"
        cluster.mkdir(parents=True)
        (cluster / "PG_VERSION").write_text("16\n")
        with pytest.raises(StackError, match="made by PostgreSQL 16, this is 18"):
            home.prepare()

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StackError, match="cannot be used for data: Not a directory"):
            Home(tmp_path / "file" / "home").prepare()

    def test_a_secret_stays_the_same_and_is_read_by_its_owner_only(self, home: Home) -> None:
        secret = home.secret("postgres")
        assert home.secret("postgres") == secret
        assert home.secret("nats") != secret
        assert (home.secrets / "postgres").stat().st_mode & 0o777 == 0o600

    def test_sockets_stay_addressable_below_a_long_path(self, tmp_path: Path) -> None:
        home = Home(tmp_path / ("x" * 120))
        home.prepare()
        socket = home.socket("control")
        assert len(str(socket)) < 100
        socket.parent.rmdir()
