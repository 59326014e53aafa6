"""Every sentence the rules can say, in English; translations are made from these.

One module a subject. A value is a template with `%(name)s` places, or a pair of templates
(singular, plural) chosen by the parameter `n`.
"""

from __future__ import annotations

import importlib
import pkgutil

Wording = str | tuple[str, str]


def N_(message: str) -> str:  # noqa: N802 - gettext's own marker
    """Mark a message for translation without translating it."""
    return message


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802
    """Mark a message that changes with a number."""
    return singular, plural


def _collect() -> dict[str, Wording]:
    collected: dict[str, Wording] = {}
    for module in pkgutil.iter_modules(__path__):
        wording: dict[str, Wording] = importlib.import_module(f"{__name__}.{module.name}").WORDING
        twice = collected.keys() & wording.keys()
        if twice:
            raise ValueError(f"worded twice: {', '.join(sorted(twice))}")
        collected.update(wording)
    return collected


WORDING: dict[str, Wording] = _collect()
