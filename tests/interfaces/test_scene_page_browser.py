"""The page for the scene in a real browser: one side of A4, and readable on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser_here import browser_here
from crossbearing.workflows.write_lead_form import form_fields, write_scene_page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_here() as one:
        yield one


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page, and a failure for whatever it asks for or the browser complains about."""
    write_scene_page(tmp_path / "page.html")
    shown = browser.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("request", lambda request: complaints.append(request.url))
    address = (tmp_path / "page.html").as_uri()
    shown.goto(address)
    yield shown
    shown.close()
    assert [one for one in complaints if one != address and not one.startswith("data:font/")] == []


def test_it_prints_on_one_side_of_a4_with_room_to_write(page: Page) -> None:
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1043})  # A4 within its margins, CSS pixels
    room = page.locator(".field").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().bottom - one.lastChild.getBoundingClientRect().bottom)"
    )
    assert len(room) == len(form_fields("overdose"))
    assert min(room) >= 15, "4 mm for a line by hand"


@pytest.mark.parametrize("width", [320, 380, 1280])
def test_nothing_lies_outside_a_narrow_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = page.locator("dd, li, .field b, .field i").evaluate_all(
        "all => Math.min(...all.map(one => parseFloat(getComputedStyle(one).fontSize)))"
    )
    assert smallest >= 11
