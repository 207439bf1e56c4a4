"""Only the contract's keys travel, and days move together."""

import json

import pytest

from assistant.errors import InputError, UsageError
from assistant.exchange.deidentify import bare_plan, shifted
from tests.small_run import plan_document

CANARY = "MUSTERFRAU^ERIKA"


def test_only_the_contracts_keys_of_a_plan():
    document = plan_document(patient="x") | {"operator": "y"}
    assert "patient" not in json.dumps(bare_plan(document))
    assert "operator" not in bare_plan(document)
    with pytest.raises(InputError):
        bare_plan([])


def test_days_move_together():
    assert shifted("2026-03-01", -1) == "2026-02-28"
    assert shifted(None, 5) is None
    for day, by in (("2026-03-01", 10**6), ("9999-12-31", 1), ("x", 1)):
        with pytest.raises(UsageError):
            shifted(day, by)
