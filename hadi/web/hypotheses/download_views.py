"""What belongs to a hypothesis, as files: its history, its results, the rows of its data sets."""

from __future__ import annotations

from werkzeug.wrappers import Response

from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.services import datasets, hypotheses
from hadi.services.exports import Name
from hadi.web.hypotheses import blueprint
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor


@blueprint.get("/analyses.<format>")
def all_analyses(format: str) -> Response:
    """Every result of the workspace, a row for each comparison."""
    return downloads.answer(Name.ANALYSES, {}, format)


@blueprint.get("/<key>/analyses.<format>")
def analyses_file(key: str, format: str) -> Response:
    """Every result of a hypothesis, a row for each comparison."""
    return downloads.answer(Name.ANALYSES, {"hypothesis": key}, format)


@blueprint.get("/<key>/history.<format>")
def history_file(key: str, format: str) -> Response:
    """Everything that happened to a hypothesis."""
    return downloads.answer(Name.HISTORY, {"hypothesis": key}, format)


@blueprint.get("/<key>/data/<dataset_id>/rows.<format>")
def dataset_rows(key: str, dataset_id: str, format: str) -> Response:
    """The rows of a data set, without the columns that not everyone may see."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    found = datasets.find(dataset_id[:40], by=actor)
    if found.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_dataset"))
    return downloads.answer(Name.ROWS, {"dataset": found.id}, format)


@blueprint.get("/<key>/data/<dataset_id>/rows.csv")
def dataset_csv(key: str, dataset_id: str) -> Response:
    """The rows of a data set as CSV."""
    return dataset_rows(key, dataset_id, "csv")
