"""The till's table of GS1's identifiers is the node's."""

from tests.edge.till.gs1_table import KNOWN, TABLE, WIDE, forms, shorten, table


def test_the_tills_table_is_up_to_date() -> None:
    told = "run .venv/bin/python -m tests.edge.till.gs1_table and scripts/till"
    assert TABLE.read_text("utf-8") == table(), told


def test_no_identifier_is_lost_by_writing_them_short() -> None:
    short = [name for names in forms().values() for name in shorten(names)]
    long = [name[:-1] + digit for name in short for digit in WIDE.get(name[-1], name[-1])]
    assert sorted(long) == sorted(KNOWN)
