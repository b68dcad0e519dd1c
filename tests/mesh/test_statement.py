"""Statements compiled once."""

import pytest
from sqlalchemy import ARRAY, BigInteger, Column, MetaData, Table, Text, Uuid, bindparam, func, insert, select, text

from mesh.statement import as_columns, grouped, in_schema, insert_rows, statement

things = Table("things", MetaData(schema="test"), Column("id", Uuid), Column("count", BigInteger), Column("name", Text))


class TestStatement:
    def test_puts_parameters_in_the_order_of_the_sql(self) -> None:
        raised = statement(things.update().where(things.c.id == bindparam("key")).values(count=bindparam("more")))
        assert raised.arguments({"key": "k", "more": 1}) == [1, "k"]

    def test_keeps_constants(self) -> None:
        named = statement(select(things.c.id).where(things.c.name == "oak", things.c.count > bindparam("least")))
        assert named.arguments({"least": 3}) == ["oak", 3]

    def test_passes_a_none_that_is_given(self) -> None:
        assert statement(insert(things)).arguments({"id": 1, "count": None, "name": "a"}) == [1, None, "a"]

    def test_refuses_a_missing_parameter(self) -> None:
        with pytest.raises(TypeError, match="least"):
            statement(select(things).where(things.c.count > bindparam("least"))).arguments({})

    def test_refuses_a_parameter_that_is_not_there(self) -> None:
        with pytest.raises(TypeError, match="most"):
            statement(select(things).where(things.c.count > bindparam("least"))).arguments({"least": 1, "most": 2})

    def test_refuses_a_list_whose_length_would_change_the_sql(self) -> None:
        with pytest.raises(TypeError, match="any"):
            statement(select(things).where(things.c.id.in_(bindparam("ids", expanding=True)))).arguments({"ids": [1]})

    def test_takes_a_list_as_an_array(self) -> None:
        found = statement(select(things.c.id).where(things.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))))
        assert found.arguments({"ids": [1, 2]}) == [[1, 2]]

    def test_is_called_after_its_table(self) -> None:
        assert statement(select(things)).name == "SELECT things"
        assert statement(select(things).with_for_update(skip_locked=True)).name == "SELECT things"
        assert statement(insert(things)).name == "INSERT things"
        assert in_schema("order", "WITH gone AS (DELETE FROM {schema}.outbox) SELECT 1").name == "DELETE outbox"
        assert statement(text("SELECT 1")).name == "SELECT"

    def test_of_the_mesh_is_made_once_for_each_schema(self) -> None:
        query = "SELECT 1 FROM {schema}.inbox WHERE durable = :durable"
        assert in_schema("order", query) is in_schema("order", query)
        assert in_schema("order", query).sql == 'SELECT 1 FROM "order".inbox WHERE durable = $1'


class TestGroup:
    def test_numbers_the_parameters_of_all(self) -> None:
        add = statement(text("INSERT INTO a VALUES (:x, :y, :x)"))
        remove = statement(text("DELETE FROM b WHERE id = :id"))
        expected = "WITH g0 AS (INSERT INTO a VALUES ($1, $2, $1)) DELETE FROM b WHERE id = $3"
        assert grouped((add, remove)) == expected

    def test_of_one_is_the_statement_itself(self) -> None:
        remove = statement(text("DELETE FROM b WHERE id = :id"))
        assert grouped((remove,)) == remove.sql

    @pytest.mark.parametrize("query", ["SELECT 1", "WITH gone AS (DELETE FROM a) SELECT 1"])
    def test_holds_plain_changes_alone(self, query: str) -> None:
        with pytest.raises(TypeError, match="plain"):
            grouped((statement(text(query)),))


class TestRows:
    def test_are_written_as_one_array_for_each_column(self) -> None:
        add = insert_rows(things, "id", "count")
        assert "unnest(cast($1 AS UUID[]), cast($2 AS BIGINT[]))" in add.sql
        assert add.arguments(as_columns([{"id": 1, "count": 2}, {"id": 3, "count": 4}])) == [[1, 3], [2, 4]]
