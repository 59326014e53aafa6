"""Units that people write beside numbers: 12,5 %, 10 тыс. руб., 3 M Ft, or once in the header.

A unit says by how much a number is to be multiplied. It is found out, shown and can be changed;
what is no unit known here makes the cell text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` is 1000 for thousands and 0.01 for per cent; `kind` is a currency, "%" or ""."""

    factor: float
    kind: str = ""


_SCALES = {
    1e3: (
        "тыс", "тысяч", "тысячи", "тысяча", "т", "ezer", "thousand", "thousands", "th", "ths",
        "tsd", "000", "'000", "’000", "1000", "x1000", "×1000", "1000x", "k",
    ),
    1e6: (
        "млн", "миллион", "миллионов", "миллиона", "миллионы", "millió", "mill", "million",
        "millions", "mln", "mio", "m", "мільйон",
    ),
    1e9: (
        "млрд", "миллиард", "миллиардов", "миллиарда", "milliárd", "mrd", "billion", "billions",
        "bn", "bln",
    ),
}  # fmt: skip
_CURRENCIES = {
    "RUB": ("₽", "руб", "рублей", "рубля", "рубль", "рубли", "р", "rub", "rur"),
    "EUR": ("€", "eur", "euro", "euros", "евро", "euró"),
    "HUF": ("ft", "huf", "forint", "forintban"),
    "USD": ("$", "usd", "us$", "долл", "долларов"),
    "GBP": ("£", "gbp"),
    "KZT": ("₸", "kzt", "тенге", "тг"),
    "UAH": ("₴", "uah", "грн"),
    "PLN": ("zł", "pln"),
}  # fmt: skip
# A bare letter is a scale only beside a currency: "5 m" may be metres and "5 k" anything.
_NEEDS_CURRENCY = {"k", "m", "т", "e"}
_SCALE = {word: factor for factor, words in _SCALES.items() for word in words} | {"e": 1e3}
_CURRENCY = {word: code for code, words in _CURRENCIES.items() for word in words}

# What stands between the digits of a number: groups, the decimal sign.
SPACES = " \u00a0\u202f\u2009"
APOSTROPHES = "'\u2019"
MINUS = "\u2212"
CORE = rf"[+\-{MINUS}]?\d(?:[\d.,{SPACES}{APOSTROPHES}]*\d)?"


def unit_of(mark: str) -> Unit | None:
    """The unit that a mark beside a number means; None when it is none that is known."""
    plain = re.sub(r"[\s\u00a0\u202f\u2009]", "", mark).casefold()
    if plain in ("%", "процентов", "проц."):
        return Unit(0.01, PERCENT)
    plain = plain.rstrip(".").replace("./", "/")
    for currency in sorted(_CURRENCY, key=len, reverse=True):
        for scale in (plain.removesuffix(currency), plain.removeprefix(currency)):
            if scale == plain:
                continue
            scale = scale.strip(".")
            if not scale:
                return Unit(1.0, _CURRENCY[currency])
            if scale in _SCALE:
                return Unit(_SCALE[scale], _CURRENCY[currency])
    if plain in _SCALE and plain not in _NEEDS_CURRENCY:
        return Unit(_SCALE[plain])
    return None


def unit_of_header(name: str) -> Unit | None:
    """The unit that a column's name ends in: "Выручка, тыс. руб.", "Revenue (k€)", "Share, %"."""
    name = name.replace("_", " ").strip()
    if name.endswith("%"):
        return Unit(0.01, PERCENT)
    tail = re.search(r"[,(\[/;:]\s*([^,()\[\];:]+?)\s*[)\]]?\s*$", name)
    if tail is not None:
        found = unit_of(re.sub(r"^(в|in)\s+", "", tail[1]))
        if found is not None:
            return found
    words = name.split()
    for count in (3, 2, 1):
        written = " ".join(words[-count:])
        # Without a comma before it a short word or a number is part of the name: "Top 1000".
        if len(words) <= count or (count == 1 and not (written.isalpha() and len(written) > 2)):
            continue
        found = unit_of(written)
        if found is not None and (found.kind or count == 1):
            return found
    return None
