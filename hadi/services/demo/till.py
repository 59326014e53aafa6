"""The demo's table that is filled in at 20:55: a log of add-on sales, and the till's own receipts.

Invented here, the same at every run: of 120 entries 94 were made afterwards, 52 have their line in
a receipt, and 31 add-ons that were sold are not in the log.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from random import Random

STORES = ("North", "Harbour", "Station")
LOG_HEAD = ("entry", "entered_at", "store", "receipt", "group", "add-on", "add-on amount")
RECEIPT_HEAD = ("receipt", "at", "store", "item", "core", "group", "add-on amount")
DAYS = 22
ADDONS = ("tape", "terminals", "box", "ties")

Row = list[object]


class Till:
    """A month of three tills, made row by row."""

    def __init__(self, begins: date) -> None:
        self.random = Random("the table at 20:55")  # noqa: S311 - a demo, not a secret
        self.begins = begins
        self.receipts: list[Row] = []
        self.log: list[tuple[datetime, Row]] = []
        self.made = 0

    def receipt(self, *, day: int, store: int, has_addon: bool, hour: int) -> tuple[str, datetime]:
        """One receipt: a cable, and perhaps something beside it."""
        self.made += 1
        number = f"R{self.made:05}"
        at = self._at(day, time(hour, self.random.randrange(60), self.random.randrange(60)))
        group = self.group(day)
        self._line(number, at, store, "cable", 1, group, 0)
        if has_addon:
            amount = self.random.randrange(4, 19) + (2 if group == "new" else 0)
            self._line(number, at, store, self.random.choice(ADDONS), 0, group, amount)
        return number, at

    def entry(self, number: str, entered: datetime, day: int, store: int) -> None:
        """One line of the log, as it was typed."""
        amount = self.random.randrange(5, 25)
        group = self.group(day)
        row: Row = [STORES[store], number, group, self.random.choice(ADDONS), amount]
        self.log.append((entered, row))

    def group(self, day: int) -> str:
        """The script is used every other day."""
        return "new" if day % 2 else "usual"

    def _line(
        self, number: str, at: datetime, store: int, item: str, core: int, group: str, amount: int
    ) -> None:
        written = at.isoformat(" ", "seconds")
        self.receipts.append([number, written, STORES[store], item, core, group, amount])

    def _at(self, day: int, clock: time) -> datetime:
        return datetime.combine(self.begins + timedelta(days=day), clock)


def files(begins: date) -> tuple[bytes, bytes]:
    """The log and the receipts, as CSV with semicolons."""
    till = Till(begins)
    random = till.random
    places = [(day, store) for day in range(DAYS) for store in range(len(STORES))]
    random.shuffle(places)
    evenings = places[:11]  # when six entries are typed at once
    for place in range(26):  # at the till, with the client still there
        day, store = places[place % len(places)]
        number, at = till.receipt(day=day, store=store, has_addon=place < 20, hour=10 + place % 9)
        till.entry(number, at + timedelta(minutes=random.randrange(1, 12)), day, store)
    for place in range(28):  # hours later, when it is quiet
        day, store = places[(place + 26) % len(places)]
        number, at = till.receipt(day=day, store=store, has_addon=place < 14, hour=10 + place % 5)
        till.entry(number, at + timedelta(minutes=random.randrange(70, 230)), day, store)
    for place in range(66):  # at 20:55
        day, store = evenings[place // 6]
        if place % 11 < 6:  # 36 of them have a receipt, 18 with an add-on in it
            number, _at = till.receipt(
                day=day, store=store, has_addon=place % 2 == 0, hour=11 + place % 8
            )
        else:
            number = "" if place % 3 else f"X{place:04}"
        till.entry(number, till._at(day, time(20, 55, 9 * (place % 6))), day, store)
    for place in range(31):  # sold, and nobody had the time to write it down
        day, store = places[place * 2 % len(places)]
        till.receipt(day=day, store=store, has_addon=True, hour=12 + place % 8)
    for place in range(330):  # nothing beside the cable
        day, store = places[place % len(places)]
        till.receipt(day=day, store=store, has_addon=False, hour=10 + place % 10)
    entries = [
        [place, entered.isoformat(" ", "seconds"), *row]
        for place, (entered, row) in enumerate(sorted(till.log, key=lambda one: one[0]), start=1)
    ]
    return _csv(LOG_HEAD, entries), _csv(RECEIPT_HEAD, till.receipts)


def _csv(head: tuple[str, ...], rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
