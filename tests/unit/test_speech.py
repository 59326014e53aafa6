"""How numbers and dates read in the three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hadi.domain.text import ENGLISH, Figure, FigureKind, Text, quoted, render
from hadi.speech import BabelSpeaker

K = FigureKind
GAP = "\u00a0"


@pytest.mark.parametrize(
    ("figure", "english", "russian", "hungarian"),
    [
        (Figure(K.COUNT, 90189), "90,189", f"90{GAP}189", f"90{GAP}189"),
        (Figure(K.NUMBER, 3.4567), "3.46", "3,46", "3,46"),
        (Figure(K.NUMBER, 0.01234), "0.0123", "0,0123", "0,0123"),
        (Figure(K.NUMBER, 0), "0", "0", "0"),
        (Figure(K.NUMBER, 1234567.8), "1,234,568", f"1{GAP}234{GAP}568", f"1{GAP}234{GAP}568"),
        (Figure(K.NUMBER, 1.5e300), "1.5E300", "1,5E300", "1,5E300"),
        (Figure(K.SHARE, 0.25), "25.0%", f"25,0{GAP}%", "25,0%"),
        (Figure(K.SHARE, 0.0012), "0.12%", f"0,12{GAP}%", "0,12%"),
        (Figure(K.PERCENT, 0.054, True), "+5.4%", f"+5,4{GAP}%", "+5,4%"),
        (Figure(K.PERCENT, -0.054, True), "−5.4%", f"−5,4{GAP}%", "−5,4%"),
        (Figure(K.POINTS, 0.06, True), f"+6.0{GAP}pp", f"+6,0{GAP}п.п.", f"+6,0{GAP}százalékpont"),
        (Figure(K.POINTS, 0, True), f"0.0{GAP}pp", f"0,0{GAP}п.п.", f"0,0{GAP}százalékpont"),
        (Figure(K.P_VALUE, 0.0307), "0.031", "0,031", "0,031"),
        (Figure(K.P_VALUE, 1e-9), "less than 0.001", "меньше 0,001", "kisebb, mint 0,001"),
        (Figure(K.MONEY, 1234.5, False, "EUR"), "€1,234", f"1{GAP}234{GAP}€", f"1{GAP}234{GAP}EUR"),
        (Figure(K.MONEY, 2e39, False, "EUR"), f"EUR{GAP}2E39", f"EUR{GAP}2E39", f"EUR{GAP}2E39"),
        (Figure(K.MONEY, -99, False, "HUF"), f"−HUF{GAP}99", f"−99{GAP}HUF", f"−99{GAP}Ft"),
        (
            Figure(K.DATE, "2026-02-20"),
            "20 February 2026",
            "20 февраля 2026\u202fг.",
            "2026. február 20.",
        ),
    ],
)
def test_figures(figure: Figure, english: str, russian: str, hungarian: str) -> None:
    said = {language: BabelSpeaker(language).figure(figure) for language in ("en", "ru", "hu")}
    assert said == {"en": english, "ru": russian, "hu": hungarian}


def test_texts_carry_their_figures() -> None:
    assert BabelSpeaker("en").say(Text("user.password_short", n=10)) == (
        "A password needs at least 10 characters."
    )


def test_moments_are_told_in_the_workspaces_time() -> None:
    at = datetime(2026, 2, 20, 23, 30, tzinfo=UTC)
    zone = ZoneInfo("Europe/Budapest")
    assert BabelSpeaker("en").moment(at, zone) == "21 Feb 2026, 00:30"
    assert BabelSpeaker("hu").moment(at, zone) == "2026. febr. 21., 00:30"


def test_days() -> None:
    assert BabelSpeaker("ru").day(date(2026, 2, 20)) == "20 февр. 2026\u202fг."


def test_an_unknown_language_is_english() -> None:
    assert BabelSpeaker("xx").language == "en"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.06, "6.0 pp"), (0.0043, "0.43 pp"), (0.00003, "0.003 pp"), (1e-6, "0.0001 pp")],
)
def test_a_tiny_difference_does_not_read_as_zero(value: float, written: str) -> None:
    figure = Figure(FigureKind.POINTS, value)
    assert ENGLISH.figure(figure) == written
    assert BabelSpeaker("en").figure(figure) == written.replace(" ", "\u00a0")


def test_an_abbreviations_full_stop_ends_the_sentence_too() -> None:
    plain = Figure(K.POINTS, 0.02, True)
    adjusted = Text("beside_adjusted", share=Figure(K.SHARE, 0.4), plain=plain)
    assert BabelSpeaker("ru").say(adjusted).endswith(f"+2,0{GAP}п.п.")
    assert BabelSpeaker("en").say(adjusted).endswith(f"+2.0{GAP}pp.")
    kept = Text("beside_kept", margin=Figure(K.POINTS, 0.02))  # the figure stands inside
    assert f"2,0{GAP}п.п. " in BabelSpeaker("ru").say(kept)


def test_quotation_marks_are_the_readers() -> None:
    names = quoted(["training", "new shelf"])
    assert render(names, ENGLISH) == "“training”, “new shelf”"
    assert render(Text.from_json(names.as_json()), ENGLISH) == "“training”, “new shelf”"
    assert render(quoted(["training"]), ENGLISH) == "“training”"
