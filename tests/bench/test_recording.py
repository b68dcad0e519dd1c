"""What is read out of the server's log is what was asked of it."""

from tests.bench.recording import lane_script, read_log
from tests.bench.statements import slowest

# Two sessions, mixed; the second takes a row by itself.
LOG = """\
2026-01-01 00:00:01.000 UTC [7] souk LOG:  duration: 0.010 ms  statement: SET ROLE "souk_order"; BEGIN
2026-01-01 00:00:01.001 UTC [7] souk LOG:  duration: 0.200 ms  parse __asyncpg_stmt_1__: INSERT INTO a VALUES ($1, $2)
2026-01-01 00:00:01.002 UTC [7] souk LOG:  duration: 0.500 ms  execute __asyncpg_stmt_1__: INSERT INTO a
\tVALUES ($1, $2)
2026-01-01 00:00:01.002 UTC [8] souk LOG:  duration: 2.000 ms  execute __asyncpg_stmt_9__: SELECT 1
2026-01-01 00:00:01.002 UTC [7] souk DETAIL:  Parameters: $1 = 'it''s', $2 = NULL
2026-01-01 00:00:01.003 UTC [7] souk LOG:  duration: 0.900 ms  statement: COMMIT
2026-01-01 00:00:02.000 UTC [7] souk LOG:  duration: 0.010 ms  statement: BEGIN
2026-01-01 00:00:02.001 UTC [7] souk LOG:  duration: 0.010 ms  statement: ROLLBACK
2026-01-01 00:00:03.000 UTC [9] postgres LOG:  duration: 9.000 ms  statement: SELECT 'an administrator'
""".splitlines(keepends=True)
BEGIN = 1767225600.0


class TestReadLog:
    def test_puts_transactions_together_in_the_order_of_their_commits(self) -> None:
        first, second = read_log(LOG, [BEGIN, BEGIN + 1.0025])
        assert [[each.text.split()[0] for each in found.statements] for found in first] == [["SELECT"]]
        (written,) = second
        assert [each.text.split()[0] for each in written.statements] == ["BEGIN", "INSERT", "COMMIT"]
        assert written.statements[1].parameters == ["'it''s'", "NULL"]
        assert written.writes
        assert not first[0].writes


class TestLaneScript:
    def test_prepares_and_plans_before_the_gate_and_plays_after_it(self) -> None:
        script = lane_script(read_log(LOG, [BEGIN]), gate=4)
        before, after = script.split("SELECT pg_advisory_lock_shared(4);")
        assert "PREPARE s1 AS INSERT INTO a\n\tVALUES ($1, $2);" in before
        assert "EXPLAIN EXECUTE s1('it''s', NULL);" in before
        assert after.split("\n")[1:] == ["EXECUTE s0;", "BEGIN;", "EXECUTE s1('it''s', NULL);", "COMMIT;", ""]


class TestSlowest:
    def test_is_told_by_the_median_without_what_others_asked(self) -> None:
        assert [(each.text, each.median) for each in slowest(LOG, least_times=1)] == [
            ("SELECT 1", 2.0),
            ("INSERT INTO a VALUES ($1, $2)", 0.5),
        ]
