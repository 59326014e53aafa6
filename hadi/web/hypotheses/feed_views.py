"""Feeds of a test: a connection is chosen, then a table or a query, then its columns; from then on
the data come by themselves."""

from __future__ import annotations

from flask import make_response, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, HadiError, Invalid, NotFound, Unreadable
from hadi.domain.permissions import Permission, require
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.models import Connection, Feed, Hypothesis
from hadi.services import connections, feed_choosing, feeds, hypotheses
from hadi.services.dataset_days import day_columns
from hadi.services.dataset_rows import Preview
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.feed_forms import (
    ChoiceForm,
    FeedMappingForm,
    feed_mapping_form,
    schedule_form,
    schedule_of,
)
from hadi.web.hypotheses.feed_pages import (
    choice_page,
    connections_page,
    feed_map_page,
    feed_page,
)
from hadi.web.hypotheses.feed_panel import feeds_page
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.forms import Form
from hadi.web.shared.language import say
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.get("/<key>/feeds/new")
def new_feed(key: str) -> str:
    """Which database."""
    hypothesis = _choosing(key)
    found = connections.listing(by=current_actor())
    return render("hypotheses/feed_new.html", connections_page(hypothesis, found))


@blueprint.get("/<key>/feeds/new/<source_id>")
def choose_feed(key: str, source_id: str) -> str:
    """A table of it, or a query."""
    hypothesis, connection = _choosing(key), connections.find(source_id, by=current_actor())
    return _show_choice(hypothesis, connection, ChoiceForm(formdata=None))


@blueprint.post("/<key>/feeds/new/<source_id>")
def stage_feed(key: str, source_id: str) -> Answer:
    hypothesis, connection = _choosing(key), connections.find(source_id, by=current_actor())
    hypothesis_id = hypothesis.id
    form = ChoiceForm()
    if form.validate():
        try:
            return once_when_done(form, lambda: _stage(key, hypothesis_id, source_id, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except (Unreadable, Blocked) as refusal:
            field = form.query if form.query.data else form.table
            field.errors = [*field.errors, _sentence(refusal)]
    hypothesis, connection = _choosing(key), connections.find(source_id, by=current_actor())
    return _show_choice(hypothesis, connection, form), 422


@blueprint.get("/<key>/feeds/<feed_id>/map")
def map_feed(key: str, feed_id: str) -> str:
    """Its columns, each need of the plan already matched where the names say so."""
    _choosing(key)
    hypothesis, feed = _found(key, feed_id)
    seen, problem = _preview(feed)
    hypothesis, feed = _found(key, feed_id)
    likely = feed_choosing.likely_mapping(feed, seen or Preview((), ()))
    plan = _plan(hypothesis)
    data = {f"need_{place}": likely.get(n.key, "") for place, n in enumerate(plan.needs())}
    names = _columns(feed, seen)
    data |= {f"tag_{place}": feed.tags.get(name, "") for place, name in enumerate(names)}
    data |= {"schedule": feed.schedule.value if feed.mapping else "daily"}
    data |= {"version": str(feed.version), "day": feed_choosing.likely_day(feed)}
    days = day_columns({"columns": feed.columns})
    form = feed_mapping_form(plan, names, days, formdata=None, data=data)
    page = feed_map_page(hypothesis, feed, form, preview=seen, problem=problem)
    return render("hypotheses/feed_map.html", page)


@blueprint.post("/<key>/feeds/<feed_id>/map")
def attach_feed(key: str, feed_id: str) -> Answer:
    """Say which column is which; the source is asked for the first time."""
    _choosing(key)
    hypothesis, feed = _found(key, feed_id)
    seen, problem = _preview(feed)
    hypothesis, feed = _found(key, feed_id)
    days = day_columns({"columns": feed.columns})
    form = feed_mapping_form(_plan(hypothesis), _columns(feed, seen), days)
    if form.validate():
        try:
            return once_when_done(form, lambda: _attach(key, feed_id, form))
        except Invalid as refusal:
            form.refuse(refusal, {need.key: field.name for need, field in form.needs})
        except (Unreadable, Blocked) as refusal:
            problem = _sentence(refusal)
    hypothesis, feed = _found(key, feed_id)
    page = feed_map_page(hypothesis, feed, form, preview=seen, problem=problem)
    return render("hypotheses/feed_map.html", page), 422


@blueprint.post("/<key>/feeds/<feed_id>/discard")
def discard_feed(key: str, feed_id: str) -> Response:
    _hypothesis, feed = _found(key, feed_id)
    name = feeds.name_of(feed)
    feed_choosing.discard(feed.id, by=current_actor(), now=now())
    tell(_("“%(name)s” is set aside: nothing of it was read.", name=name))
    return _to_data(key)


@blueprint.get("/<key>/feeds/status")
def feeds_status(key: str) -> Response:
    """The block alone, while a refresh is under way; once none is, the page is to be read anew."""
    actor = current_actor()
    page = feeds_page(hypotheses.find(key, by=actor), actor)
    answer = make_response(render("hypotheses/_feeds.html", page))
    if not page.feeds.is_asking:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.get("/<key>/feeds/<feed_id>")
def feed(key: str, feed_id: str) -> Answer:
    hypothesis, found = _found(key, feed_id)
    if not found.mapping:
        return redirect(url_for("hypotheses.map_feed", key=key, feed_id=feed_id))
    return render("hypotheses/feed.html", feed_page(hypothesis, found, current_actor()))


@blueprint.post("/<key>/feeds/<feed_id>/refresh")
def refresh_feed(key: str, feed_id: str) -> Response:
    """Ask now; the page tells how far it is."""
    _found(key, feed_id)
    Form().validate()
    feeds.refresh_now(feed_id, by=current_actor(), now=now())
    tell(_("The source is being asked."), "info")
    return _to_data(key)


@blueprint.post("/<key>/feeds/<feed_id>/schedule")
def schedule_feed(key: str, feed_id: str) -> Answer:
    hypothesis, found = _found(key, feed_id)
    form = schedule_form(found.schedule, found.version)
    if not form.validate():
        page = feed_page(hypothesis, found, current_actor(), form=form)
        return render("hypotheses/feed.html", page), 422
    feeds.set_schedule(
        feed_id, schedule_of(form.schedule.data), version=form.read_version, by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(_("Saved."))
    return redirect(url_for("hypotheses.feed", key=key, feed_id=feed_id))


@blueprint.post("/<key>/feeds/<feed_id>/pause")
def pause_feed(key: str, feed_id: str) -> Response:
    _found(key, feed_id)
    feeds.pause(feed_id, by=current_actor(), now=now())
    undo = url_for("hypotheses.resume_feed", key=key, feed_id=feed_id)
    tell(_("Paused: it asks no more by itself."), undo_url=undo)
    return redirect(url_for("hypotheses.feed", key=key, feed_id=feed_id))


@blueprint.post("/<key>/feeds/<feed_id>/resume")
def resume_feed(key: str, feed_id: str) -> Response:
    _found(key, feed_id)
    feeds.resume(feed_id, by=current_actor(), now=now())
    tell(_("It goes on."))
    return redirect(url_for("hypotheses.feed", key=key, feed_id=feed_id))


@blueprint.post("/<key>/feeds/<feed_id>/stop")
def stop_feed(key: str, feed_id: str) -> Response:
    _hypothesis, found = _found(key, feed_id)
    name = feeds.name_of(found)
    feeds.stop(feed_id, by=current_actor(), now=now())
    undo = url_for("hypotheses.restore_feed", key=key, feed_id=feed_id)
    tell(_("“%(name)s” is stopped; what it brought stays.", name=name), undo_url=undo)
    return _to_data(key)


@blueprint.post("/<key>/feeds/<feed_id>/restore")
def restore_feed(key: str, feed_id: str) -> Response:
    _found(key, feed_id)
    feeds.restore(feed_id, by=current_actor(), now=now())
    tell(_("It goes on."))
    return _to_data(key)


def _stage(key: str, hypothesis_id: str, source_id: str, form: ChoiceForm) -> str:
    chosen = feed_choosing.stage(
        hypothesis_id, connection_id=source_id, table=form.table.data or "",
        query=form.query.data or "", by=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("hypotheses.map_feed", key=key, feed_id=chosen.id)


def _attach(key: str, feed_id: str, form: FeedMappingForm) -> str:
    feed_choosing.attach(
        feed_id, mapping=form.mapping(), tags=form.tags(),
        day=str(form.day_field.data or "") if form.day_field is not None else "",
        schedule=form.chosen_schedule(), version=form.read_version, by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("Connected. The source is being asked for the first time."), "info")
    return url_for("hypotheses.data", key=key)


def _show_choice(hypothesis: Hypothesis, connection: Connection, form: ChoiceForm) -> str:
    """With the tables in reach; where they cannot be listed, with the reason."""
    key, problem = hypothesis.key, None
    tables: tuple[str, ...] = ()
    source_id = connection.id
    try:
        tables = connections.tables(source_id, by=current_actor())
    except HadiError as refusal:
        problem = _sentence(refusal)
    hypothesis = hypotheses.find(key, by=current_actor())
    connection = connections.find(source_id, by=current_actor())
    page = choice_page(hypothesis, connection, form, tables=tables, problem=problem)
    return render("hypotheses/feed_choice.html", page)


def _preview(feed: Feed) -> tuple[Preview | None, str | None]:
    """The first rows, or why there are none."""
    try:
        return feed_choosing.preview(feed, by=current_actor()), None
    except HadiError as refusal:
        return None, _sentence(refusal)


def _sentence(refusal: HadiError) -> str:
    """The sentence that names what is wrong."""
    return say(connections.worst(refusal))


def _choosing(key: str) -> Hypothesis:
    """What is read is chosen by those who may attach data here and manage sources; a refusal is
    logged."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    with hypotheses.logging_refusals("attach_data", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        require(actor, Permission.MANAGE_SOURCES)
    return hypothesis


def _found(key: str, feed_id: str) -> tuple[Hypothesis, Feed]:
    """The feed of this hypothesis. Raises NotFound."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    found = feeds.find(feed_id, by=actor)
    if found.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_feed"))
    return hypothesis, found


def _plan(hypothesis: Hypothesis) -> Plan:
    test = hypothesis.current_test
    return (test.plan if test else None) or Plan()


def _columns(feed: Feed, seen: Preview | None) -> list[str]:
    """The columns as they are now; where nobody answers, as they were."""
    return list(seen.columns) if seen else [column["name"] for column in feed.columns]


def _to_data(key: str) -> Response:
    return redirect(url_for("hypotheses.data", key=key))
