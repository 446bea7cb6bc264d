"""The comparison and the charts as a user gets them: files, pages and refusals."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from browser_here import browser_here
from conftest import fixed_context
from crossbearing.domain.errors import BadRequest, MissingTable, NotFound
from crossbearing.domain.progress import Silent
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.compare_operations import compare_operations, draw_charts, write_comparison_page
from crossbearing.workflows.show_results import show_results, write_results_page
from small_outcomes import report, row, small_outcomes

WHO = fixed_context()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_outcomes(tmp_path_factory.mktemp("pages") / "operation")
    hostile = row("H", "seizure", "DE", "1", "kg", item="<script>alert(1)</script>", part_of="drugs", on="2022-03-30")
    ounces = row("O", "seizure", "DE", "3.3", "oz", item="cocaine", part_of="drugs", on="2022-03-30")
    total = row("T", "arrest", "DE", "80", "persons", statement="total", on="")
    report(folder, "hostile.csv", hostile, ounces, total)
    return folder


def test_charts_are_one_page_and_a_file_of_data_for_each(ready: Path, tmp_path: Path) -> None:
    drawn, (page, *files) = draw_charts(ready, WHO, tmp_path / "out", currency="EUR")
    text = page.read_text(encoding="utf-8")
    assert len(files) == len(drawn.charts)
    for path in files:
        assert path.name in text
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert rows
        assert {one["unspecified"] for one in rows} <= {"yes", "no"}
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org", "")
    with pytest.raises(BadRequest, match="not a folder"):
        draw_charts(ready, WHO, page)
    with pytest.raises(BadRequest, match="no currency"):
        draw_charts(ready, WHO, tmp_path / "out", currency="XYZ")


def test_the_comparison_page_shows_every_source_and_every_doubt(ready: Path, tmp_path: Path) -> None:
    found = compare_operations(ready, WHO)
    text = write_comparison_page(found, tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert re.search("more than 2\u202f000", text)
    assert not re.search("\\d\u2009\\d", re.sub("<details>.*?</details>", "", text, flags=re.DOTALL)), (
        "a number may break"
    )
    for noted in found.earlier:
        for figure in noted.operation.figures:
            assert figure.source in text
            assert figure.doubt in text
    assert "– not known" in text  # noqa: RUF001 - an en dash
    assert [one.operation.name for one in compare_operations(ready, WHO, lead="FBI").earlier] == ["Bayonet"]


def test_what_cannot_be_compared_is_said_with_the_next_move(ready: Path, tmp_path: Path, local_operation: Path) -> None:
    with pytest.raises(NotFound, match="was led by 'nobody'"):
        compare_operations(ready, WHO, lead="nobody")
    with pytest.raises(NotFound, match="No outcome names the campaign"):
        compare_operations(ready, WHO, campaign="Other")
    with pytest.raises(MissingTable):
        compare_operations(local_operation, WHO)
    bring_up_to_date(local_operation, WHO, Silent())
    with pytest.raises(NotFound, match="No outcome is on record"):
        compare_operations(local_operation, WHO)
    copy = Path(shutil.copytree(ready, tmp_path / "copy" / "operation"))
    report(copy, "other.csv", row("O", "arrest", "DE", "1", "persons").replace("Nightjar", "Other"))
    with pytest.raises(BadRequest, match="Which campaign"):
        compare_operations(copy, WHO)
    assert compare_operations(copy, WHO, campaign="Other").campaign == "Other"


def test_the_pages_need_no_sideways_scrolling_on_a_telephone_and_hatch_what_is_unspecified(
    ready: Path, tmp_path: Path
) -> None:
    _, (charts, *_) = draw_charts(ready, WHO, tmp_path / "out")
    comparison = write_comparison_page(compare_operations(ready, WHO), tmp_path / "comparison.html")
    results = write_results_page(show_results(ready, WHO), tmp_path / "results.html")
    with browser_here() as browser:
        for path in (charts, comparison, results):
            page = browser.new_page(viewport={"width": 380, "height": 800})
            page.goto(path.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(x => x.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") == 380
            assert re.search(r"[0-9]\.[0-9]{4,}\s(?:kg|t|oz)", page.inner_text("body")) is None
            assert (
                page.evaluate(
                    "Math.min(...[...document.querySelectorAll('.bars td.who')]"
                    ".map(x => parseFloat(getComputedStyle(x).fontSize)))"
                )
                >= 12
            )
        page.goto(charts.as_uri())
        assert page.locator("rect.open").count() > 0
        page.goto(comparison.as_uri())
        page.emulate_media(media="print")
        sources = page.locator("details:not([open]) table").first
        assert sources.evaluate("one => one.checkVisibility()"), "paper has no button that opens the sources"
        page.emulate_media(media="screen")
        page.goto(results.as_uri())
        hatched = page.locator("section:has(rect.open)").count()
        assert page.locator("section:has-text('Hatched:')").count() == hatched == 1
