"""The OpenAPI document and the sandbox agree: schemathesis attacks the port with what the document allows and forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from sync.sandbox.serve import OPENAPI, served
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

schema = schemathesis.openapi.from_path(OPENAPI)
ROOT = "/api/integrations/v1/inventory/"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with Store(tmp_path / "s.db") as store, served(store) as address:
        store.put([("A", str(number), number) for number in range(3)])
        yield address


@schema.parametrize()
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture
    ],  # one store for all cases of an operation is meant
)
def test_the_document_tells_the_truth(case: schemathesis.Case[Any], url: str) -> None:
    """Whatever is sent: no 5xx, and status, type, headers and body are those that the document names."""
    # The vendor judges row by row and clamps limits, so much that breaks the schema is answered with 200.
    excluded: list[Any] = [negative_data_rejection]
    if "cursor" in case.query:  # any text fits the schema; only the server's own are taken
        excluded.append(positive_data_acceptance)
    case.call_and_validate(base_url=url, excluded_checks=excluded)


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 500},
        {"status": 418},
        {"malformed": "html"},
        {"malformed": "no_data"},
        {"counts": {"total": "3"}},
        {"drop_row": True},
    ],
    ids=str,
)
def test_the_attack_notices_a_sandbox_that_differs(tmp_path: Path, rule: dict[str, Any]) -> None:
    """Each fault of this plan is a contradiction to the document, and is found."""
    body = b'{"inventory": [{"location_code": "A", "sku_code": "1", "quantity": -1}]}'
    case = schema[ROOT]["POST"].Case(body=body, media_type="application/json")
    with Store(tmp_path / "s.db") as store:
        with served(store, plan=[rule]) as address, pytest.raises(FailureGroup):
            case.call_and_validate(base_url=address)
        with served(store) as address:
            case.call_and_validate(base_url=address)
