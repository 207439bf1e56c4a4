"""The steps of the tables: each whole, each table of the log with an id and a mark for deleted."""

import sqlite3

from assistant.library.database import statements
from assistant.library.migrations import STEPS, TABLES, VERSION


def test_each_step_runs_after_the_one_before():
    db = sqlite3.connect(":memory:")
    db.create_function("within", 1, lambda text: text)
    for step in STEPS:
        for statement in statements(step):
            db.execute(statement)
    for table in TABLES:
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        assert {"id", "number", "deleted_ns"} <= columns, table
    db.close()
    assert len(STEPS) == VERSION
