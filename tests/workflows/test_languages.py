"""Packages in the languages of their country, on the screen of a telephone and on paper, from one document."""

import copy
import html
import json
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from browser_here import browser_here
from conftest import fixed_context
from crossbearing.domain.errors import Contradiction
from crossbearing.domain.progress import Silent
from crossbearing.identification.letters import shipped_providers
from crossbearing.packages import build
from crossbearing.packages.deconfliction import deconfliction_of
from crossbearing.packages.further import request_of, supply_of
from crossbearing.packages.paper import Paper
from crossbearing.packages.ties import ties_of
from crossbearing.presentation.words import LANGUAGES, Run, form_of, languages_of, words
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.send_package import release_package


@pytest.fixture(scope="module")
def folder(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = Path(shutil.copytree(story, tmp_path_factory.mktemp("languages") / "operation"))
    build_packages(copied, fixed_context(), Silent(), pdf=False)
    return copied


@pytest.fixture(scope="module")
def documents(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((folder / "packages").glob("*/package.json"))]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_here() as one:
        yield one


def files_of(home: Path) -> dict[str, bytes]:
    """Files of the newest version of a package; its earlier documents lie in a folder beside them."""
    return {one.name: one.read_bytes() for one in home.iterdir() if one.is_file()}


def sentences(document: dict[str, Any]) -> Iterator[str]:
    """Every sentence that the program wrote, but for the signals that resolution found."""
    for part in ("do_first", "unproven", "law"):
        yield from document[part]
    yield from (
        document["why"]["text"],
        document["why"]["caution"],
        document["expires_first"],
        document["deconfliction"]["text"],
        document["withheld"],
        document["buyers"],
        document["uses_in_short"],
        *(document["heading"][name] for name in ("purpose", "offence", "urgency_why", "contact")),
        *(one["text"] for one in document["risks"]),
        *(one[name] for one in document["uses"] for name in ("now", "as_evidence")),
    )
    yield from document["rules"].values()
    yield from document["sources"].split("; ")
    for figure in document["figures"]:
        yield figure["says"]
        if not figure["says"].startswith("pair "):
            yield figure["how"]
    for subject in document["subjects"]:
        yield from (subject["title"], subject["status"], subject["route"]["rule"], *subject["not_known"])
        yield from (subject["supply"]["text"], subject["money"]["not_traced"])
        for one in [*subject["known"], *subject["money"]["noted"]]:
            yield one["text"]
        for one in subject["requests"]:
            yield from (one["to"], one["holds"], one["after"], one["note"])
        for key in subject["keys"]:
            yield from (key["context"], key["state"])


def test_every_sentence_that_the_program_writes_has_a_form(documents: list[dict[str, Any]]) -> None:
    said = {sentence for document in documents for sentence in sentences(document)}
    assert len(said) > 100
    assert [one for one in said if form_of(one) is None] == []


def test_a_country_gets_a_page_in_each_of_its_languages_and_in_english(folder: Path) -> None:
    for home in (folder / "packages").iterdir():
        own = languages_of(home.name[:2])
        assert files_of(home).keys() == {
            "package.json", "package.html", *(f"package.{language}.html" for language in own if language != "en")
        }  # fmt: skip
        for language in own:
            name = "package.html" if language == "en" else f"package.{language}.html"
            assert f'<html lang="{language}">' in (home / name).read_text(encoding="utf-8")


def enriched(document: dict[str, Any]) -> dict[str, Any]:
    """The same package with everything that acts of people add to one."""
    subject = copy.deepcopy(max(document["subjects"], key=lambda one: len(one["requests"])))
    subject["status"] = "candidate"
    subject["persons"] = [
        {"person_id": "N-0a1b2c3d4e", "state": "candidate", "categories": ["other party", "minor"], "since": "",
         "nature": "assessment", "until": "2021-05-03", "review_on": "2027-03-01", "judged_by": ["A. Analyst"],
         "judged_on": "2026-05-03"}
    ]  # fmt: skip
    subject["supply"] = supply_of(
        [{"reference": f"log {at}", "account_id": subject["subject_id"], "market": "Plover", "grade": "fair"}
         for at in range(14)]
    )  # fmt: skip
    drafts = [
        request_of(
            {"to": f"{one.kind} of post.invalid", "holds": one.holds, "gone_on": "2021-06-02" if at else "",
             "days": one.days, "after": one.after, "source": "", "note": one.note, "preservation": "Keep it.",
             "identifiers": [f"<b>{at}{place}@post.invalid" for place in range(6)]},
            held_by_owner=at == 1,
        )
        for at, one in enumerate(shipped_providers() * 2)
    ]  # fmt: skip
    subject["requests"] = drafts
    subject["route"] |= {"rule": "person", "by": "A. Analyst", "on": "2026-05-03", "reason": "<i>by phone",
                         "disputed_by": "Police", "dispute_reason": "<u>moved."}  # fmt: skip
    heading = {**document["heading"], "urgency": "urgent", "urgency_why": "2 subjects with a strong overdose lead.",
               "review_on": "2027-01-31"}  # fmt: skip
    told = deconfliction_of([], is_run=True)
    return {**document, "subjects": [subject], "heading": heading, "deconfliction": told}


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_paper_say_what_people_added_in_the_same_words(documents: list[dict[str, Any]], language: str) -> None:
    """Once each, in the language; what people and evidence wrote is set off and harmless."""
    document, own = enriched(max(documents, key=lambda one: len(one["subjects"]))), words(language)
    page, paper = build.as_page(document, language), told(Paper(document, own, 3, None).blocks())
    (subject,) = document["subjects"]
    for text in (subject["supply"]["text"], subject["money"]["not_traced"], document["uses_in_short"],
                 document["heading"]["urgency_why"], *(one["text"] for one in document["risks"]),
                 *(one["holds"] for one in subject["requests"][:8])):  # fmt: skip
        assert str(own.said(text)) in page, text
        assert "".join(run.text for run in own.runs(text)) in paper, text
    for key, values in (
        ("head.persons", {}), ("category.other_party", {}), ("grade.fair", {}), ("fact.urgent", {}),
        ("text.first_of", {"m": "12", "n": 14}), ("text.first_of", {"m": "8", "n": len(subject["requests"])}),
        ("text.purchases", {"n": 6, "originator": document["originator"]}), ("text.requests_note", {}),
        ("text.persons_note", {"originator": document["originator"]}),
    ):  # fmt: skip
        assert str(own(key, **values)) in page, key
        assert own.plain(key, **values) in paper, key
    for hostile in ("<b>04@post.invalid", "<i>by phone", "<u>moved.", "Agency <s>"):
        assert hostile not in page
    assert '<bdi class="seized" lang="" dir="auto">&lt;b&gt;00@post.invalid</bdi>' in page
    assert '<bdi lang="" dir="auto">&lt;i&gt;by phone</bdi>' in page
    assert own.day("2027-01-31") in page
    assert own.day("2027-01-31") in paper


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_page_in_another_language_is_set_off_where_it_is_english(
    documents: list[dict[str, Any]], language: str
) -> None:
    document = max(documents, key=lambda one: len(one["subjects"]))
    page = build.as_page(document, language)
    assert words(language)("language.caution") in page
    page += build.as_page(enriched(document), language)
    body = page.split("</style>")[-1]
    own = re.sub(r"<bdi[^>]*>.*?</bdi>|<span class=\"id.*?</span>|<code.*?</code>", " ", body, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", own)
    assert not re.search(r"\b(the|adverts|orders|nothing|known|not|which|whose)\b", text, flags=re.IGNORECASE)


def test_a_file_of_another_version_does_not_stay_beside_the_new_one(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    home = copy / "packages" / "NL-001"
    (home / "package.pdf").write_bytes(b"%PDF-old")
    (home / "package.de.html").write_text("old", encoding="utf-8")
    with pytest.raises(Contradiction, match="not what was built"):
        release_package(copy, fixed_context("second"), "NL-001", reason="read")
    build_packages(copy, fixed_context(), Silent(), only=["NL"], pdf=False)
    assert files_of(home).keys() == {"package.json", "package.html", "package.nl.html"}


@pytest.mark.usefixtures("anew")
def test_paper_is_built_where_it_is_asked_for_and_again_to_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    home = copy / "packages" / "NL-001"
    build_packages(copy, fixed_context(), Silent(), only=["NL"], pdf=True)
    first = files_of(home)
    assert {"package.pdf", "package.nl.pdf"} <= first.keys()
    build_packages(copy, fixed_context(), Silent(), only=["NL"], pdf=None)
    assert first == files_of(home)
    release_package(copy, fixed_context("second"), "NL-001", reason="read")
    (home / "package.nl.pdf").write_bytes(first["package.pdf"])
    with pytest.raises(Contradiction, match="not what was built"):
        release_package(copy, fixed_context("second"), "NL-001", reason="read")


def told(value: Any) -> str:
    """Every text of some blocks."""
    if isinstance(value, Run | str):
        return value.text if isinstance(value, Run) else value
    if isinstance(value, dict):
        return "\n".join(told(one) for one in value.values())
    if isinstance(value, list | tuple):
        return ("" if value and isinstance(value[0], Run) else "\n").join(told(one) for one in value)
    return ""


def test_paper_holds_every_part_also_one_it_has_no_layout_for(documents: list[dict[str, Any]]) -> None:
    document = {
        **documents[0],
        "next_steps": {
            "letters": [
                {"to": "host <b>", "by": "2022-03-01", "figure": 1},
                {"to": "#panic()", "by": None, "figure": None},
            ],
            "asked": True,
            "count": {"value": "3 of 4", "figure": 1},
            "deep": {"deeper": {"deepest": ["a long way down", "and on"]}},
        },
        "risk": ["firearms were on offer"],
    }
    document["subjects"] = [{**document["subjects"][0], "courier": [{"wide": {"nested": "kept"}, "n": 1_000}]}]
    blocks = Paper(document, words("de"), 3, None).blocks()
    shown = told(blocks)
    for kept in ("next steps", "letters", "host <b>", "2022-03-01", "#panic()", "ja", "3 von 4", "a long way down",
                 "and on", "risk", "firearms were on offer", "courier", "kept", "1\u2009000"):  # fmt: skip
        assert kept in shown
    heads = [block["level"] for block in blocks if block["kind"] == "heading"]
    assert set(heads) == {1, 2, 3}


def test_paper_and_page_say_the_same(documents: list[dict[str, Any]]) -> None:
    """Every value of the document that a page shows is on paper too."""
    document = max(documents, key=lambda one: len(one["subjects"]))
    blocks = Paper(document, words("en"), 3, None).blocks()
    shown = told(blocks)
    for subject in document["subjects"]:
        for value in (
            subject["subject_id"],
            subject["orders"]["value"],
            subject["value"]["value"],
            subject["handling"],
        ):
            assert value is None or value in shown
        assert all(account["handle"] in shown for account in subject["accounts"])
    (notes,) = (block["items"] for block in blocks if block["kind"] == "notes")
    assert [one["number"] for one in notes] == [str(one["number"]) for one in document["figures"]]


def test_ties_are_drawn_with_lines_words_and_a_table(documents: list[dict[str, Any]]) -> None:
    found = 0
    for document in documents:
        page = build.as_page(document)
        for subject in document["subjects"]:
            for tie in ties_of(subject):
                found += 1
                assert set(tie.places) <= set(range(len(subject["accounts"])))
                assert str(words("en")(tie.how_sure)) in page
    assert found
    long = f"<b>{'finch-' * 12}end"
    alone = copy.deepcopy(
        next(one for d in documents for one in d["subjects"] if len(one["accounts"]) == 1 and ties_of(one))
    )
    alone["accounts"][0]["handle"] = long
    cut = {**document, "subjects": [alone]}
    assert ties_of(alone)[0].account == long
    assert not re.search(r"finch-[^<]*\(\+", build.as_page(cut)), "no handle is cut"
    assert f"{html.escape(long)}</bdi></td><td>" in build.as_page(cut), (
        "a handle is compared, so the table has it whole"
    )
    assert long in told(Paper(cut, words("en"), 3, None).blocks())
    assert page.count('role="img"') == page.count("<title>") - 1  # of the page itself


def at(browser: Browser, tmp_path: Path, page: str, width: int) -> Any:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    shown = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(path.as_uri())
    assert [one for one in asked if not one.startswith(("file:", "data:font/"))] == []
    return shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_fits_a_telephone_and_paper_in_every_language(
    documents: list[dict[str, Any]], browser: Browser, tmp_path: Path, language: str
) -> None:
    document = max(documents, key=lambda one: len(one["subjects"]))
    document = {**document, "subjects": [*document["subjects"][:2], *enriched(document)["subjects"]]}
    page = at(browser, tmp_path, build.as_page(document, language), 380)
    assert page.locator("td.free").evaluate_all("all => Math.min(...all.map(one => one.offsetWidth))") >= 120
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    outside = """all => all.filter(one => !one.closest('.scroll') && one.getBoundingClientRect().right > innerWidth + 1)
        .map(one => one.textContent)"""
    assert page.locator("body *").evaluate_all(outside) == []
    cut = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"
    assert page.locator("caption").evaluate_all(cut) == []
    smallest = page.locator("svg.chart text").evaluate_all(
        "all => Math.min(...all.map(one => one.getBoundingClientRect().height))"
    )
    assert smallest >= 11, "pixels of a line of a chart"
    english = page.locator("bdi[lang=en]").first.evaluate("one => getComputedStyle(one).fontStyle")
    assert english == ("normal" if language == "en" else "italic")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    page.close()


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_page_can_be_used_without_eyes(
    documents: list[dict[str, Any]], browser: Browser, tmp_path: Path, language: str
) -> None:
    """Checks of axe that matter here: names of pictures and links, heads of tables, order of headings, no id twice."""
    page = at(browser, tmp_path, build.as_page(documents[0], language), 1280)
    assert page.evaluate("document.documentElement.lang") == language
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for which in ("svg[role=img]:not(:has(> title))", "table:not(:has(thead th))", ".scroll:not([tabindex])"):
        assert page.locator(which).count() == 0, which
    names = page.locator("a").evaluate_all("all => all.map(one => (one.ariaLabel || one.textContent).trim())")
    assert all(names)
    page.close()
