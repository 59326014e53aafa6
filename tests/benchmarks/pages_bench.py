"""The list and the boards with thousands of hypotheses, as ratios to a bare page in the same run.

    python -m tests.benchmarks.pages_bench [--hypotheses 10000] [--repeats 5]

The bare page is what Flask and SQLAlchemy cost for as many rows: one query, one loop in a
template, no layout, no sign-in. Requests are timed inside the process, in turns. Nothing is
asserted; that the number of queries does not grow is a test.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from hadi.app import create_app
from hadi.config import Settings
from hadi.db import db, migrate_to_head, new_id, transaction
from hadi.domain.lifecycle import State
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.models import Conclusion, Hypothesis, Rollout, Test
from hadi.services import demo, users
from hadi.services.search import folded

PASSWORD = "bench: nobody signs in with this"
BARE = """<!doctype html><title>bare</title><table>{% for h in rows %}
<tr><td>{{ h.key }}</td><td>{{ h.change }}, {{ h.effect }}, {{ h.reason }}</td>
<td>{{ h.state.value }}</td><td>{{ h.verdict or "" }}</td>
<td>{{ h.updated_at.date() }}</td></tr>{% endfor %}</table>"""


@dataclass(frozen=True)
class Contestant:
    """A page, and the bare page of as many rows that it is measured against."""

    name: str
    path: str
    rows: int


def fill(app: Flask, hypotheses: int, folder: Path) -> None:
    """The demo, and `hypotheses` more beside it, spread over states and people."""
    now = datetime.now(UTC)
    with app.app_context():
        demo.fill(password=PASSWORD, folder=folder, now=now)
        people = [u.id for u in users.everyone()]
        concluded = db.session.scalars(select(Conclusion)).first()
        assert concluded is not None
        states = [s for s in State if s is not State.ARCHIVED]
        ideas: list[dict[str, Any]] = []
        tests: list[dict[str, Any]] = []
        for place in range(hypotheses):
            idea, test = new_id(), new_id()
            change = f"try the arrangement number {place} beside the till"
            moment = now - timedelta(minutes=place)
            ideas.append(
                {"id": idea, "number": 1000 + place, "state": states[place % len(states)],
                 "change": change, "effect": "receipts grow", "reason": "people see it",
                 "search": folded(f"H-{1000 + place}", change, "receipts grow people see it"),
                 "author_id": people[place % len(people)], "owner_id": people[place % len(people)],
                 "created_at": moment, "updated_at": moment, "state_since": moment}
            )  # fmt: skip
            tests.append({"id": test, "hypothesis_id": idea, "number": 1, "created_at": moment})
        with transaction():
            db.session.execute(insert(Hypothesis), ideas)
            db.session.execute(insert(Test), tests)


def fill_board(app: Flask, rollouts: int) -> None:
    """`rollouts` cards on the scale-up board, each with a decision of its own."""
    now = datetime.now(UTC)
    with app.app_context():
        pattern = db.session.scalars(select(Conclusion)).first()
        assert pattern is not None
        names = [c.key for c in Conclusion.__table__.columns]
        copied = {name: getattr(pattern, name) for name in names}
        statuses = list(RolloutStatus)
        decisions, cards = [], []
        chosen = select(Hypothesis.id).order_by(Hypothesis.number.desc()).limit(rollouts)
        for place, hypothesis in enumerate(db.session.scalars(chosen)):
            decision = copied | {"id": new_id(), "hypothesis_id": hypothesis}
            decisions.append(decision)
            cards.append(
                {"id": new_id(), "hypothesis_id": hypothesis, "conclusion_id": decision["id"],
                 "status": statuses[place % len(statuses)], "position": float(place + 10),
                 "payback": Payback.NOT_ASSESSED, "created_at": now, "updated_at": now}
            )  # fmt: skip
        with transaction():
            db.session.execute(insert(Conclusion), decisions)
            db.session.execute(insert(Rollout), cards)


def add_bare_page(app: Flask) -> None:
    """`/bare/<n>`: n hypotheses in one query and one loop."""

    def bare(rows: int) -> str:
        query = select(Hypothesis).order_by(Hypothesis.updated_at.desc()).limit(rows)
        return render_template_string(BARE, rows=list(db.session.scalars(query)))

    app.add_url_rule("/bare/<int:rows>", view_func=bare)


def timed(get: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    answer = get()
    taken = time.perf_counter() - begun
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request.path} answered {answer.status_code}")
    return taken


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        user = users.find("leader@demo.example")
        assert user is not None
        identity = user.fs_uniquifier
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = identity, True
        session["fs_cc"] = "set"
    return client


def measure(client: FlaskClient, contestants: list[Contestant], repeats: int) -> None:
    times: dict[str, list[tuple[float, float]]] = {c.name: [] for c in contestants}
    for turn in range(repeats + 1):
        for contestant in contestants:
            bare = timed(lambda c=contestant: client.get(f"/bare/{c.rows}"))  # type: ignore[misc]
            page = timed(lambda c=contestant: client.get(c.path))  # type: ignore[misc]
            if turn:  # the first is to warm up
                times[contestant.name].append((page, bare))
    print(f"\n{'page':44}{'rows':>6}{'x bare page':>13}{'ms':>8}{'bare ms':>9}")
    for contestant in contestants:
        pairs = times[contestant.name]
        ratio = statistics.median(page / bare for page, bare in pairs)
        page_ms, bare_ms = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
        print(
            f"{contestant.name:44}{contestant.rows:>6}{ratio:>13.2f}{page_ms:>8.0f}{bare_ms:>9.1f}"
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hypotheses", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hadi-bench-") as name:
        folder = Path(name)
        app = create_app(Settings(data_dir=folder, secret_key="bench" * 10, testing=True))
        migrate_to_head(app)
        add_bare_page(app)
        fill(app, given.hypotheses, folder / "datasets")
        client = signed_in(app)
        print(f"\n{given.hypotheses:,} hypotheses, SQLite, one process, medians of {given.repeats}")
        contestants = [
            Contestant("list, first page", "/hypotheses", 30),
            Contestant("list, last page", f"/hypotheses?page={given.hypotheses // 30}", 30),
            Contestant("list, words searched", "/hypotheses?q=arrangement+77", 30),
            Contestant("H-A-D-I board", "/hypotheses/board", 250),
            Contestant("scale-up board of the demo", "/scale", 7),
        ]
        measure(client, contestants, given.repeats)
        fill_board(app, min(given.hypotheses, 500))
        measure(client, [Contestant("scale-up board, 500 cards", "/scale", 500)], given.repeats)


if __name__ == "__main__":
    main()
