"""A file with a column for each site at the pages: suggested, chosen, attached, shown, judged."""

from __future__ import annotations

from hadi.domain.text import Text
from tests.factories import pilots
from tests.fixtures.pages import form_values
from tests.integration.test_pilots_wide import CONTROLS, wide
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_data import rows, upload
from tests.web.test_hypotheses_mapping import mapping_of

__all__ = ["visitor"]


def running(visitor: Visitor) -> str:
    with visitor.app.app_context():
        key = str(pilots.running(visitor.world, controls=CONTROLS).key)
    visitor.sign_in("analyst")
    return key


def test_a_column_for_each_site_is_chosen_already_and_attached(visitor: Visitor) -> None:
    key = running(visitor)
    text = wide(pilots.weekly(), more="open").replace("week,", "Week no,").encode()
    where = upload(visitor, key, text, "wide.csv").response.location
    page = visitor.get(where)
    assert "None: a column for each site, a row for each period" in page.text
    assert "other columns are left out" in page.text
    chosen = form_values(page.form("mapping"))
    assert chosen["need_0"] == "*" and chosen["need_2"] == "*"
    visitor.submit(where, {**chosen, "need_1": "Week no"}, form_id="mapping", button="attach")
    assert rows(visitor) == [("wide.csv", 1)]
    assert mapping_of(visitor, "wide.csv") == {"store": "*", "week": "Week no", "sales": "*"}
    with visitor.app.app_context():
        from hadi.services import hypotheses

        found = hypotheses.find(key, by=visitor.world.actor())
        made = pilots.analyse(visitor.world, found)
        result = f"/hypotheses/{key}/analyses/{made.id}"
        data = f"/hypotheses/{key}/data/{made.dataset_id}"
    checks = visitor.get(result).text
    assert "Columns taken for sites" in checks and "left out: “open”" in checks
    assert str(Text("mapping_wide")) in visitor.get(data).text


def test_the_site_alone_says_it_and_a_long_file_is_left_as_it_was(visitor: Visitor) -> None:
    key = running(visitor)
    where = upload(visitor, key, pilots.weekly().encode(), "long.csv").response.location
    chosen = form_values(visitor.get(where).form("mapping"))
    assert (chosen["need_0"], chosen["need_1"], chosen["need_2"]) == ("store", "week", "sales")
    # Said of a file that has rows for each site, it is refused where it was said.
    wrong = {"need_0": "*", "need_1": "week", "need_2": ""}
    refused = visitor.submit(where, wrong, form_id="mapping", button="attach", status=422)
    assert "None of the plan’s sites has a column of its own" in refused.text
    assert rows(visitor)[0][1] is None
    other = upload(visitor, key, wide(pilots.weekly()).encode(), "w.csv").response.location
    visitor.submit(other, wrong, form_id="mapping", button="attach")
    assert mapping_of(visitor, "w.csv") == {"store": "*", "week": "week", "sales": "*"}
