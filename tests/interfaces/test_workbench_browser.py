"""The workbench in a real browser, under the policy that its pages carry."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser_here import browser_here
from conftest import fixed_context
from crossbearing.domain.act import ActKind
from crossbearing.store.operation import open_operation
from workbench import Served, pair_on, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_here() as one:
        yield one


@pytest.fixture
def bench(story: Path, tmp_path: Path) -> Iterator[Served]:
    with served(shutil.copytree(story, tmp_path / "copy")) as one:
        yield one


@pytest.fixture
def page(browser: Browser, bench: Served) -> Iterator[Page]:
    """The queue, and a failure for whatever the browser refuses or complains about."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("requestfailed", lambda request: complaints.append(request.url))
    shown.goto(bench.entrance)
    yield shown
    context.close()
    assert not complaints


def said(bench: Served) -> list[tuple[str, str, str]]:
    with open_operation(bench.folder, fixed_context()) as operation:
        entries = operation.ledger.entries(ActKind.PAIR_JUDGED)
    return [(entry.subject, entry.payload["verdict"], entry.payload["reason"]) for entry in entries]


def test_keys_answer_undo_skip_and_open_under_the_policy(page: Page, bench: Served) -> None:
    first = pair_on(page.content())
    reason = page.locator("[data-key='1']").get_attribute("value")
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.keyboard.type("sun")  # in the note, S and U are letters
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("s")
    assert said(bench) == [(first, "same", f"{reason}; sun")]
    second = pair_on(page.content())
    assert second != first
    assert page.locator("[role=status]").inner_text().startswith(f"Recorded: {first} same")
    for key, verdict in (("d", "different"), ("u", "unsure")):
        page.keyboard.press("1")
        with page.expect_navigation():
            page.keyboard.press(key)
        assert said(bench)[-1][1] == verdict
        with page.expect_navigation():
            page.keyboard.press("z")
        assert said(bench)[-1][:2] == (second, "withdrawn")
        assert pair_on(page.content()) == second
    page.keyboard.press("e")
    assert page.locator("details.rows[open]").count() == page.locator("details.rows").count() > 1
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert pair_on(page.content()) != second
    assert len(said(bench)) == 5


def test_it_fits_a_telephone_and_paper_and_speaks_to_those_who_do_not_see(page: Page, bench: Served) -> None:
    page.locator("details.rows summary").first.click()
    with page.expect_navigation():
        page.locator("details.rows a").first.click()
    row = page.url
    home = str(bench.client.base_url).rstrip("/")
    for address in (f"{home}/", f"{home}/groups", f"{home}/operators", f"{home}/agreement", row):
        page.goto(address)
        for width, medium in ((380, "screen"), (380, "print"), (1280, "screen")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(media=medium)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width, medium)
    page.goto(home)
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    fields = page.locator("textarea, input:not([type=hidden]), button")
    assert all(one.evaluate("e => e.labels?.length || e.innerText") for one in fields.all())
    assert page.evaluate('document.fonts.check("14px Plex Sans")')
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_everything_works_without_a_script(browser: Browser, bench: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(bench.entrance)
    first = pair_on(page.content())
    page.get_by_role("button", name="different").click()
    page.wait_for_selector("#wrong")
    assert not said(bench)
    page.get_by_label("Why").fill("each has a key of its own")
    page.get_by_role("button", name="different").click()
    page.wait_for_selector("[role=status]")
    assert said(bench) == [(first, "different", "each has a key of its own")]
    page.get_by_role("button", name="undo").click()
    page.wait_for_url(f"**/pair/{first}*")
    assert said(bench)[-1][1] == "withdrawn"
    context.close()
