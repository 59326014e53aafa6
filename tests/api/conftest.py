"""Fixtures of the API tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.world import Journey, People

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def people(app: Flask) -> People:
    """One person for each role, with a token that may write."""
    return People(app)


@pytest.fixture
def journey(people: People) -> Journey:
    """Brings a hypothesis as far as a test needs it."""
    return Journey(people)
