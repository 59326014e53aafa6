"""The eyes of the page tests see what they are meant to see."""

from __future__ import annotations

import pytest

from tests.fixtures.page_faults import header_faults, page_faults

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; img-src 'self' data:"
    ),
}
PAGE = (
    '<!doctype html><html lang="en"><head><title>Ideas</title></head><body><main><h1>Ideas</h1>'
    "%s</main></body></html>"
)


def test_a_sound_page_has_no_faults() -> None:
    body = (
        '<form><label for="a">A</label><input id="a" name="a"><label>B <input name="b"></label>'
        '<input type="hidden" name="c"><button aria-label="Save"><svg><use href="#s"></use></svg>'
        '</button></form><script type="application/json">{"x": "<b>"}</script><br/>'
        '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg><a href="#a">up</a>'
    )
    assert page_faults(PAGE % body, HEADERS) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>Two</h1>", "2 h1"),
        ("<p id=x></p><p id=x></p>", "stands 2 times"),
        ("<input name=x>", "has no label"),
        ('<label for="y">Y</label>', "points at no id “y”"),
        ("<button></button>", "no name to speak"),
        ('<a href="/x"><svg></svg></a>', "no name to speak"),
        ('<img src="/x.png">', "has no alt"),
        ("<style>p {}</style>", "inline <style>"),
        ("<script>1</script>", "inline <script>"),
        ('<p style="color: red">x</p>', "has a style attribute"),
        ('<p onclick="x()">x</p>', "has onclick"),
        ('<a href="javascript:x()">x</a>', "is a script"),
        ('<img alt="" src="https://elsewhere.example/x.png">', "another host"),
        ("<p>{{ name }}</p>", "unfinished text"),
        ("<p>%(name)s</p>", "unfinished text"),
        ("<table><tr><td>1</td></tr></table>", "neither caption"),
        ("<div><p>x</div>", None),
        ("<div></span></div>", "line 1"),
        ("<p>one<div>two</div></p>", "line 1"),
    ],
)
def test_a_fault_is_seen(body: str, fault: str | None) -> None:
    faults = page_faults(PAGE % body, HEADERS)
    if fault is None:  # an optional end tag
        assert faults == []
    else:
        assert any(fault in found for found in faults), faults


def test_the_frame_is_looked_at() -> None:
    faults = page_faults("<!doctype html><html><body><p>x</p></body></html>", HEADERS)
    assert {"<html> has no lang", "0 titles", "0 h1", "not exactly one <main>"} <= set(faults)


@pytest.mark.parametrize("fragment", ["<p>x</p>", "<tr><td>1</td></tr>", "<option>1</option>"])
def test_a_fragment_needs_no_frame(fragment: str) -> None:
    assert page_faults(fragment, HEADERS, is_fragment=True) == []


@pytest.mark.parametrize(
    "weak",
    [
        "script-src 'self' 'unsafe-inline'",
        "script-src 'self' https:",
        "style-src 'self' 'unsafe-inline'",
        "frame-ancestors *",
        "object-src *",
    ],
)
def test_a_weak_policy_is_seen(weak: str) -> None:
    name = weak.split()[0]
    strict = HEADERS["Content-Security-Policy"].split("; ")
    policy = "; ".join([*(part for part in strict if not part.startswith(name)), weak])
    assert any(
        name in fault for fault in header_faults({**HEADERS, "Content-Security-Policy": policy})
    )


def test_no_policy_is_seen() -> None:
    assert len(header_faults({})) > 5
