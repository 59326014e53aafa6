"""The OpenAPI document: valid, complete, and true."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_funnels import FUNNEL, send
from tests.api.world import Journey, People
from tests.factories import deals

if TYPE_CHECKING:
    from flask import Flask

# Stateless and seeded: a fault found once is found again.
EXAMPLES = 12
PIECE = "application/offset+octet-stream"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from hadi.app import create_app
    from hadi.config import Settings

    folder = tmp_path_factory.mktemp("description")
    client = create_app(Settings(data_dir=folder, secret_key="x", testing=True)).test_client()
    answered = client.get("/api/v1/openapi.json")
    assert answered.status_code == 200 and answered.mimetype == "application/json"
    described: dict[str, Any] = answered.get_json()
    return described


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def test_it_is_valid(document: dict[str, Any]) -> None:
    import schemathesis

    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    names = {operation["summary"] for _, _, operation in operations(document)}
    assert len(names) == len(operations(document))  # each says what it is for


def test_it_has_every_endpoint(document: dict[str, Any]) -> None:
    prefix = "/api/v1"
    here, there = f"{prefix}/hypotheses/{{key}}", f"{prefix}/rollouts/{{rollout_id}}"
    assert {(method, path) for method, path, _ in operations(document)} == {
        ("GET", f"{prefix}/levers"),
        ("GET", f"{prefix}/levers/targets"),
        ("PUT", f"{prefix}/levers/targets"),
        ("GET", f"{prefix}/levers/periods"),
        ("POST", f"{prefix}/levers/periods"),
        ("POST", f"{prefix}/levers/periods/import"),
        ("GET", f"{prefix}/levers/periods/{{period_id}}"),
        ("PATCH", f"{prefix}/levers/periods/{{period_id}}"),
        ("POST", f"{prefix}/levers/periods/{{period_id}}/void"),
        ("POST", f"{prefix}/levers/periods/{{period_id}}/restore"),
        ("GET", f"{prefix}/client-bases"),
        ("POST", f"{prefix}/client-bases"),
        ("POST", f"{prefix}/client-bases/import"),
        ("POST", f"{prefix}/client-bases/count"),
        ("GET", f"{prefix}/client-bases/definition"),
        ("PUT", f"{prefix}/client-bases/definition"),
        ("GET", f"{prefix}/client-bases/{{base_id}}"),
        ("PATCH", f"{prefix}/client-bases/{{base_id}}"),
        ("POST", f"{prefix}/client-bases/{{base_id}}/void"),
        ("POST", f"{prefix}/client-bases/{{base_id}}/restore"),
        ("GET", f"{prefix}/scorecards"),
        ("POST", f"{prefix}/scorecards"),
        ("GET", f"{prefix}/scorecards/{{card_id}}"),
        ("PATCH", f"{prefix}/scorecards/{{card_id}}"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/close"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/reopen"),
        ("GET", f"{prefix}/scorecards/{{card_id}}/result"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/criteria"),
        ("GET", f"{prefix}/scorecards/{{card_id}}/criteria/{{number}}"),
        ("PATCH", f"{prefix}/scorecards/{{card_id}}/criteria/{{number}}"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/criteria/{{number}}/retire"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/criteria/{{number}}/ask"),
        ("GET", f"{prefix}/scorecards/{{card_id}}/visits"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/visits"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/visits/import"),
        ("GET", f"{prefix}/scorecards/{{card_id}}/visits/{{visit_id}}"),
        ("PATCH", f"{prefix}/scorecards/{{card_id}}/visits/{{visit_id}}"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/visits/{{visit_id}}/void"),
        ("POST", f"{prefix}/scorecards/{{card_id}}/visits/{{visit_id}}/restore"),
        ("GET", f"{here}/scorecard"),
        ("PUT", f"{here}/scorecard"),
        ("DELETE", f"{here}/scorecard"),
        ("GET", f"{prefix}/hypotheses"),
        ("POST", f"{prefix}/hypotheses"),
        ("GET", here),
        ("PATCH", here),
        ("GET", f"{here}/plan"),
        ("PUT", f"{here}/plan"),
        ("GET", f"{here}/pilot-check"),
        ("POST", f"{here}/pilot-check"),
        ("POST", f"{here}/pilot-draw"),
        ("POST", f"{here}/start"),
        ("GET", f"{here}/datasets"),
        ("POST", f"{here}/datasets"),
        ("GET", f"{here}/datasets/{{dataset_id}}"),
        ("DELETE", f"{here}/datasets/{{dataset_id}}"),
        ("GET", f"{here}/datasets/{{dataset_id}}/provenance"),
        ("GET", f"{here}/datasets/{{dataset_id}}/quality"),
        ("POST", f"{here}/datasets/{{dataset_id}}/quality"),
        ("GET", f"{here}/reconciliations"),
        ("POST", f"{here}/reconciliations"),
        ("GET", f"{here}/reconciliations/{{reconciliation_id}}"),
        ("GET", f"{here}/reconciliations/{{reconciliation_id}}/{{kind}}"),
        ("GET", f"{here}/surroundings"),
        ("GET", f"{prefix}/calendar"),
        ("POST", f"{prefix}/calendar"),
        ("GET", f"{prefix}/calendar.ics"),
        ("POST", f"{prefix}/calendar/import"),
        ("GET", f"{prefix}/calendar/{{entry_id}}"),
        ("PATCH", f"{prefix}/calendar/{{entry_id}}"),
        ("DELETE", f"{prefix}/calendar/{{entry_id}}"),
        ("POST", f"{prefix}/calendar/{{entry_id}}/restore"),
        ("GET", f"{here}/analyses"),
        ("POST", f"{here}/analyses"),
        ("GET", f"{here}/analyses/{{analysis_id}}"),
        ("POST", f"{here}/conclusion"),
        ("POST", f"{here}/archive"),
        ("POST", f"{here}/restore"),
        ("POST", f"{here}/reopen"),
        ("GET", f"{here}/costs"),
        ("POST", f"{here}/costs"),
        ("POST", f"{here}/costs/import"),
        ("GET", f"{here}/costs/{{cost_id}}"),
        ("PATCH", f"{here}/costs/{{cost_id}}"),
        ("POST", f"{here}/costs/{{cost_id}}/void"),
        ("POST", f"{here}/costs/{{cost_id}}/restore"),
        ("POST", f"{here}/budget"),
        ("GET", f"{here}/economics"),
        ("PUT", f"{here}/economics"),
        ("GET", f"{here}/events"),
        ("GET", f"{prefix}/rollouts"),
        ("GET", there),
        ("PATCH", there),
        ("GET", f"{there}/stores"),
        ("POST", f"{there}/waves"),
        ("POST", f"{there}/waves/{{number}}/measurements"),
        ("GET", f"{prefix}/me"),
        ("GET", f"{prefix}/people"),
        ("POST", f"{here}/uploads"),
        ("GET", f"{here}/uploads/{{upload_id}}"),
        ("PATCH", f"{here}/uploads/{{upload_id}}"),
        ("DELETE", f"{here}/uploads/{{upload_id}}"),
        ("GET", f"{prefix}/connections"),
        ("POST", f"{prefix}/connections"),
        ("GET", f"{prefix}/connections/{{connection_id}}"),
        ("PATCH", f"{prefix}/connections/{{connection_id}}"),
        ("POST", f"{prefix}/connections/{{connection_id}}/test"),
        ("POST", f"{prefix}/connections/{{connection_id}}/archive"),
        ("POST", f"{prefix}/connections/{{connection_id}}/restore"),
        ("GET", f"{here}/feeds"),
        ("POST", f"{here}/feeds"),
        ("GET", f"{here}/feeds/{{feed_id}}"),
        ("PATCH", f"{here}/feeds/{{feed_id}}"),
        ("POST", f"{here}/feeds/{{feed_id}}/refresh"),
        ("POST", f"{here}/feeds/{{feed_id}}/stop"),
        ("POST", f"{here}/feeds/{{feed_id}}/restore"),
        ("GET", f"{prefix}/jobs/{{job_id}}"),
        ("DELETE", f"{prefix}/jobs/{{job_id}}"),
        ("GET", f"{prefix}/exports/{{name}}"),
        ("POST", f"{prefix}/seasons"),
        ("GET", f"{prefix}/season-profiles"),
        ("POST", f"{prefix}/season-profiles"),
        ("GET", f"{prefix}/season-profiles/{{profile_id}}"),
        ("DELETE", f"{prefix}/season-profiles/{{profile_id}}"),
        ("POST", f"{prefix}/season-profiles/{{profile_id}}/restore"),
        ("GET", f"{prefix}/baskets"),
        ("POST", f"{prefix}/baskets"),
        ("GET", f"{prefix}/baskets/{{basket_id}}"),
        ("PATCH", f"{prefix}/baskets/{{basket_id}}"),
        ("DELETE", f"{prefix}/baskets/{{basket_id}}"),
        ("POST", f"{prefix}/baskets/{{basket_id}}/remove"),
        ("POST", f"{prefix}/baskets/{{basket_id}}/restore"),
        ("GET", f"{prefix}/baskets/{{basket_id}}/rules"),
        ("GET", f"{prefix}/baskets/{{basket_id}}/files/{{part}}"),
        ("POST", f"{prefix}/baskets/{{basket_id}}/datasets"),
        ("GET", f"{prefix}/funnels"),
        ("POST", f"{prefix}/funnels"),
        ("GET", f"{prefix}/funnels/{{funnel_id}}"),
        ("PATCH", f"{prefix}/funnels/{{funnel_id}}"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/archive"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/restore"),
        ("GET", f"{prefix}/funnels/{{funnel_id}}/deals"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/deals"),
        ("GET", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}"),
        ("PUT", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}"),
        ("DELETE", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}/invoices"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}/remove"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}/restore"),
        ("POST", f"{prefix}/funnels/{{funnel_id}}/deals/{{deals_id}}/datasets"),
        ("GET", f"{prefix}/units"),
        ("POST", f"{prefix}/units"),
        ("POST", f"{prefix}/units/import"),
        ("GET", f"{prefix}/units/{{unit_id}}"),
        ("PATCH", f"{prefix}/units/{{unit_id}}"),
        ("POST", f"{prefix}/units/{{unit_id}}/close"),
        ("POST", f"{prefix}/units/{{unit_id}}/reopen"),
        ("GET", f"{prefix}/units/{{unit_id}}/weeks"),
        ("POST", f"{prefix}/units/{{unit_id}}/weeks"),
        ("GET", f"{prefix}/units/{{unit_id}}/weeks/{{week_id}}"),
        ("PATCH", f"{prefix}/units/{{unit_id}}/weeks/{{week_id}}"),
        ("DELETE", f"{prefix}/units/{{unit_id}}/weeks/{{week_id}}"),
        ("GET", f"{here}/where"),
        ("PATCH", f"{here}/where"),
        ("GET", f"{prefix}/exports/files/{{job_id}}"),
        ("POST", f"{prefix}/workspace/archives"),
        ("POST", f"{prefix}/workspace/imports"),
    }


def test_it_says_what_every_endpoint_asks_and_refuses(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        headers = {p["name"]: p for p in operation["parameters"] if p["in"] == "header"}
        assert operation["security"] == [{"bearer": []}]
        if "/uploads" not in path:  # where tus says what is edited, and what was sent twice
            is_edit = method in ("PATCH", "PUT")
            assert headers.get("If-Match", {}).get("required", False) is is_edit
            assert ("Idempotency-Key" in headers) is (method == "POST"), path
        refusals = [status for status in operation["responses"] if status >= "400"]
        assert {"401", "403", "429", "500"} <= set(refusals)
        for status in refusals:
            assert operation["responses"][status]["content"].keys() == {"application/problem+json"}


class Attacked:
    """An application with something of every kind in it, and whoever may send it anything."""

    def __init__(self, app: Flask) -> None:
        app.config["API_RATE_LIMIT"] = "1000000 per minute"
        self.app, people = app, People(app)
        self.headers = {"Authorization": f"Bearer {people.admin.token}"}
        journey = Journey(people)
        decided = journey.scaled()
        self.real = {
            "key": [decided["hypothesis"]["key"], journey.running()["key"], journey.idea()["key"]],
            "rollout_id": [decided["rollout"]["id"]],
            "number": ["1"],
        }
        funnel = people.admin.post("/funnels", FUNNEL).get_json()["id"]
        sent = send(people.admin, funnel, deals.one_stage(), mapping=json.dumps(deals.COLUMNS))
        self.real |= {"funnel_id": [funnel], "deals_id": [sent.get_json()["id"]]}
        counts = {"leads": 4, "clients": 1, "purchases": 2, "revenue": 5, "currency": "EUR"}
        period = people.admin.post("/levers/periods", {"starts_on": "2025-11"} | counts)
        base = {"starts_on": "2025-11", "territory": "North", "active": 4, "ever": 5}
        kept = people.admin.post("/client-bases", base)
        self.real |= {"period_id": [period.get_json()["id"]], "base_id": [kept.get_json()["id"]]}

    def send(self, case: Any, turn: int, checks: list[Any]) -> None:
        # Random ids only ever meet 404: most attempts are made on what exists.
        for name, values in self.real.items():
            if turn % 4 and case.path_parameters and name in case.path_parameters:
                case.path_parameters[name] = values[turn % len(values)]
        case.call_and_validate(headers=self.headers, checks=checks, app=self.app)


@pytest.mark.slow
@pytest.mark.postgres
def test_nothing_sent_at_random_is_our_fault(
    both_apps: dict[str, Flask], document: dict[str, Any]
) -> None:
    """Schemathesis sends what the document allows and what it does not: every answer has a status
    and a shape that the document names. To think of something takes longer than both answers."""
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance,
        response_schema_conformance,
    ]  # fmt: skip
    attacked = [Attacked(app) for app in both_apps.values()]
    schemathesis.serializer.alias(PIECE, "application/octet-stream")
    schema = schemathesis.openapi.from_dict(document)
    modes = schemathesis.GenerationMode
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (modes.POSITIVE, modes.NEGATIVE):
            _try(operation, mode, attacked, checks)


def _try(operation: Any, mode: Any, attacked: list[Attacked], checks: list[Any]) -> None:
    from hypothesis import HealthCheck, given, seed, settings

    turns = iter(range(10_000))

    @seed(20260220)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        turn = next(turns)
        for one in attacked:
            one.send(case, turn, checks)

    try:
        attempt()
    except Exception as error:
        if type(error).__name__ == "Unsatisfiable":  # nothing can be wrong with it
            return
        raise
