"""How sentences, numbers and dates are written in each language.

`BabelSpeaker` says the rules' sentences (`hadi.domain.text`) in a language; it needs no request,
so that a page, the API, a job or a test can speak.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, get_month_names
from babel.numbers import format_currency, format_decimal, format_scientific
from babel.support import NullTranslations, Translations

from hadi.domain.text import Figure, FigureKind, Text, amount_decimals, percent_decimals, render

NAMES: Mapping[str, str] = {"en": "English", "ru": "Русский", "hu": "Magyar"}
CATALOGUES = Path(__file__).resolve().parent / "locale"

# English dates are written day first, as in most of the world.
_LOCALES = {"en": "en_GB", "ru": "ru", "hu": "hu"}
_POINTS = {"en": "pp", "ru": "п.п.", "hu": "százalékpont"}
_TINY = {"en": "less than %s", "ru": "меньше %s", "hu": "kisebb, mint %s"}
_NO_BREAK = "\u00a0"
_MINUS = "\u2212"
_VAST = 1e15  # from here on nobody reads the digits, and Babel cannot write them all


class BabelSpeaker:
    """Says texts and figures in one language (a `hadi.domain.text.Speaker`)."""

    def __init__(self, language: str) -> None:
        self.language = language if language in NAMES else "en"
        self.locale = Locale.parse(_LOCALES[self.language])
        self._translations = _catalogue(self.language)

    def gettext(self, message: str) -> str:
        return str(self._translations.gettext(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(self._translations.ngettext(singular, plural, number))

    def say(self, text: Text) -> str:
        return render(text, self)

    def figure(self, figure: Figure) -> str:
        if figure.kind is FigureKind.DATE:
            day = date.fromisoformat(str(figure.value)[:10])
            return format_date(day, "long", locale=self.locale)
        value = float(figure.value)
        size = abs(value)
        if figure.kind is FigureKind.P_VALUE:
            return self._p_value(size)
        sign = _MINUS if value < 0 else "+" if figure.is_signed and value > 0 else ""
        return sign + self._size(figure, size)

    def _size(self, figure: Figure, size: float) -> str:
        match figure.kind:
            case FigureKind.COUNT:
                return self._decimal(size, 0)
            case FigureKind.SHARE | FigureKind.PERCENT:
                gap = _NO_BREAK if self.language == "ru" else ""
                return f"{self._percent(size)}{gap}%"
            case FigureKind.POINTS:
                return f"{self._percent(size)}{_NO_BREAK}{_POINTS[self.language]}"
            case FigureKind.BARE_POINTS:
                return self._percent(size)
            case FigureKind.MONEY:
                return self._money(size, figure.currency)
            case FigureKind.AMOUNT:
                return self._money(size, figure.currency, amount_decimals(size))
            case _:
                return self._decimal(size, _decimals(size))

    def _percent(self, share: float) -> str:
        return self._decimal(share * 100, percent_decimals(share * 100))

    def _p_value(self, size: float) -> str:
        if size < 0.001:
            return _TINY[self.language] % self._decimal(0.001, 3)
        return self._decimal(size, 3)

    def _money(self, size: float, currency: str | None, decimals: int = 0) -> str:
        if not currency:
            return self._decimal(size, decimals)
        if size >= _VAST:
            return f"{currency}{_NO_BREAK}{self._decimal(size, decimals)}"
        pattern = self.locale.currency_formats["standard"].pattern
        if not decimals:
            pattern = pattern.replace(".00", "")
        written = format_currency(
            round(size, decimals), currency, pattern, locale=self.locale, currency_digits=False
        )
        if written.startswith(currency):  # a code, unlike a sign, stands apart from the number
            written = f"{currency} {written.removeprefix(currency).lstrip()}"
        return written.replace(" ", _NO_BREAK)

    def _decimal(self, value: float, decimals: int) -> str:
        if value >= _VAST:
            return format_scientific(value, "0.##E0", locale=self.locale)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, pattern, locale=self.locale)

    def day(self, day: date) -> str:
        """A date in a list: 20 Feb 2026."""
        return format_date(day, "medium", locale=self.locale)

    def span(self, first: date, last: date, *, has_year: bool = True) -> str:
        """Days from one to another, said as shortly as they can be: 1–2 Jan 2026."""
        shape = "yMMMd" if has_year else "MMMd"
        return str(format_interval(first, last, shape, locale=self.locale))

    def month_names(self) -> tuple[tuple[str, str], ...]:
        """January to December: a short name ("Jan"), and one letter where there is no room."""
        short, narrow = (
            get_month_names(width, "stand-alone", self.locale)
            for width in ("abbreviated", "narrow")
        )
        return tuple((short[month], narrow[month]) for month in range(1, 13))

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A moment in the workspace's time: 20 Feb 2026, 14:05."""
        clock = format_datetime(at, "HH:mm", tzinfo=zone, locale=self.locale)
        return f"{self.day(at.astimezone(zone).date())}, {clock}"


def _decimals(size: float) -> int:
    """Three significant digits."""
    if size == 0 or size >= 1000:
        return 0
    return max(0, min(10, 2 - int(f"{size:e}".partition("e")[2])))


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language])
