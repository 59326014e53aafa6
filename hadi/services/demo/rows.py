"""The demo's files: rows that add up to what a story counted, in an order chance could make.

Written here by the program, the same at every run; no real customer stands behind a row.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import date, timedelta
from random import Random

from openpyxl import Workbook

from hadi.services.demo.story import Counted, Drawn, Guard, Story

Row = list[object]
DAY = "day"


def content(story: Story, seed: int, begins: date) -> bytes:
    """The bytes of a story's file, CSV with semicolons or XLSX by the file's name; its test
    begins on the day `begins`."""
    return _written(*table(story, seed, begins), story.file)


def weeks(story: Story, seed: int, begins: date) -> list[bytes]:
    """The same rows as a file for each week of the test."""
    head, rows = table(story, seed, begins)
    place = head.index(DAY)
    parts: dict[int, list[Row]] = {}
    for row in rows:
        day = row[place]
        assert isinstance(day, date)
        parts.setdefault((day - begins).days // 7, []).append(row)
    return [_written(head, parts[number], story.file) for number in sorted(parts)]


def incomplete(story: Story, seed: int, begins: date) -> bytes:
    """The file without its last rows, as it comes when somebody exports a day too early."""
    head, rows = table(story, seed, begins)
    return _written(head, rows[: len(rows) * 19 // 20], story.file)


def past(story: Story, seed: int, begins: date, until: date) -> bytes:
    """The rows of the story's file from before that day; the day is in their first column."""
    head, rows = table(story, seed, begins)
    return _written(head, [row for row in rows if row[0] < until], "past weeks.csv")  # type: ignore[operator]


def _written(head: list[str], rows: list[Row], name: str) -> bytes:
    if name.endswith(".xlsx"):
        return _workbook(head, rows)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def table(story: Story, seed: int, begins: date) -> tuple[list[str], list[Row]]:
    """The head and the rows of a story's file."""
    assert story.measure is not None
    random = Random(seed)  # noqa: S311 - a demo, not a secret
    if story.study is not None:
        # By its file, so that a story put before it does not tell it anew.
        own = Random(story.file)  # noqa: S311
        return list(story.study.head), story.study.rows(own, begins)
    if isinstance(story.data, Counted):
        rows = _counted(story.data, story.guard, story.arms)
    elif isinstance(story.data, Drawn):
        rows = _drawn(story.data, story.arms, random)
    else:
        raise ValueError("the story has no data")
    random.shuffle(rows)
    head = ["client", "group", story.measure.name]
    if story.guard is not None:
        head.append(story.guard.name)
    days = Random(f"days of {story.file}")  # noqa: S311
    so_far = max(1, min(story.lasts_days, story.age_days - 5))  # a test under way has no later days
    return [*head, DAY], [
        [f"C{seed:02d}{place:05d}", *row, begins + timedelta(days=days.randrange(so_far))]
        for place, row in enumerate(rows, start=1)
    ]


def _counted(data: Counted, guard: Guard | None, arms: tuple[str, ...]) -> list[Row]:
    rows: list[Row] = []
    guarded = (guard.control, guard.treatment) if guard else (0, 0)
    for arm, (successes, units), hits in zip(
        arms, (data.control, data.treatment), guarded, strict=True
    ):
        for place in range(units):
            row: Row = [arm, int(place < successes)]
            if guard is not None:
                # Spread over the whole arm, so that the two metrics do not hang together.
                row.append(int(place * hits // units != (place + 1) * hits // units))
            rows.append(row)
    return rows


def _drawn(data: Drawn, arms: tuple[str, ...], random: Random) -> list[Row]:
    """Values of a skewed distribution, moved so that the arms' means are exactly as told."""
    rows: list[Row] = []
    shape = math.sqrt(math.log(1 + (data.spread / data.mean) ** 2))
    for arm, mean in zip(arms, (data.mean, data.mean + data.effect), strict=True):
        place = math.log(mean) - shape**2 / 2
        values = [random.lognormvariate(place, shape) for _ in range(data.units)]
        off = mean - math.fsum(values) / len(values)
        rows.extend([arm, round(value + off, 2)] for value in values)
    return rows


def _workbook(head: list[str], rows: list[Row]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Results")
    sheet.append(head)
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
