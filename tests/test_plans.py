"""With years of history in the store, what the bot does again and again reads no table whole."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crowd import multiply
from house import ADMINISTRATOR, House
from sqlalchemy import event
from sqlalchemy.engine import Engine

from mailbot import health, schedule
from mailbot.store.tables import Table

ALTA = "5.1-alta-especialista-ugel"
OTHER = "7.1-alta-estadistico-ugel"
Asked = dict[str, Any]
"""Statements with the values they were last asked with."""


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """Every statement that is asked meanwhile."""
    asked: Asked = {}

    def hear(*said: Any) -> None:  # noqa: ANN401  connection, cursor, statement, values, …
        asked[said[2]] = said[3]

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


_SMALL = ("mails_to_process", "mails_set_aside", "mails_to_move")
"""Partial indexes: they hold what has work to do, however much has been."""
_LARGE = tuple(
    t for t in Table.metadata.tables if t not in ("marks", "schools", "school_addresses")
)
_MAY = (
    (r"ORDER BY (\w+)\.id DESC\s+LIMIT", "the last row: it stops at once"),
    (r"SELECT (\w+)\.status, count\(\1\.id\)", "health counts a small index, once a minute"),
    (r"FROM events ORDER BY events\.id$", "the chain is walked once a day, by the chores"),
    (r"^SELECT count\(\*\) AS count_1 \nFROM \(", "what is due to be forgotten: once a day"),
    (
        r"FROM (deputations|orders|changes)\b",
        "some hundred rows a year; empty with accounts of ours",
    ),
    (r"FROM \(SELECT changes\.", "the same"),
)
"""Statements that may read a table whole, and why."""


def reads_whole(line: str) -> bool:
    """Whether a line of a plan of SQLite reads a large table from end to end.

    A range alone counts as well: all that is past lies in it, and every year there is more.
    """
    scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
    past = re.match(r"SEARCH (\w+) USING .*INDEX (\w+) \(\w+<\?\)", line)
    found = scan or past
    return bool(found and found[1] in _LARGE and found[2] not in _SMALL)


def plan(engine: Engine, statement: str, values: Any) -> list[str]:  # noqa: ANN401  the driver's own
    """How SQLite goes about a statement, line by line."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [str(row[-1]) for row in rows]


def may(statement: str) -> bool:
    """Whether a statement is one of those that may."""
    return any(re.search(pattern, statement) for pattern, _why in _MAY)


def test_nothing_that_is_done_again_and_again_reads_a_table_whole(house: House) -> None:
    """A request, its decision, a day's chores and a look at health, after five thousand cases."""
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    multiply(house.store.engine, 5000)
    with listening(house.store.engine) as asked:
        house.send_sample(OTHER)
        house.poll()
        house.decide(ADMINISTRATOR, "APROBAR", count=2)
        house.clock.forward(days=1)
        schedule.full_pass(house.desk)
        health.gather(house.store, house.rules.settings, house.clock())
    changing = ("SELECT", "UPDATE", "DELETE")
    found = {
        statement: [
            line for line in plan(house.store.engine, statement, values) if reads_whole(line)
        ]
        for statement, values in asked.items()
        if statement.startswith(changing) and not may(statement)
    }
    assert len(found) > 50
    bad = {statement: lines for statement, lines in found.items() if lines}
    assert not bad, "\n\n".join(f"{statement}\n  {lines}" for statement, lines in bad.items())
