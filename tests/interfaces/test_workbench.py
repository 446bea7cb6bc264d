"""The workbench opens for one browser on this machine, shows what the software sees, and records what a person says."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from fastapi import FastAPI

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.judgement import PairKind
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.interfaces.web import groups as web_groups
from crossbearing.interfaces.web import review as web_review
from crossbearing.interfaces.web.assets import assets
from crossbearing.interfaces.web.security import HEADERS, LONGEST_BODY
from crossbearing.interfaces.web.server import listening
from crossbearing.resolution import review
from crossbearing.store.operation import open_operation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_pairs import list_pairs, review_queue
from workbench import OWN, PERSON, Served, pair_on, served


@pytest.fixture
def closed(story: Path, tmp_path: Path) -> Iterator[Served]:
    """A workbench that nobody opened yet."""
    with served(shutil.copytree(story, tmp_path / "copy")) as one:
        yield one


@pytest.fixture
def bench(closed: Served) -> Served:
    """A workbench that is open, at an operation of its own."""
    assert closed.client.get(closed.entrance).status_code == 303
    return closed


@pytest.fixture(scope="module")
def looked_at(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that is open, for tests that change nothing in it."""
    with served(shutil.copytree(story, tmp_path_factory.mktemp("bench") / "copy")) as one:
        assert one.client.get(one.entrance).status_code == 303
        yield one


def judgements(folder: Path) -> list[Entry]:
    with open_operation(folder, fixed_context()) as operation:
        return list(operation.ledger.entries(ActKind.PAIR_JUDGED))


def log_of(folder: Path, kind: ActKind) -> list[Entry]:
    with open_operation(folder, fixed_context()) as operation:
        return list(operation.ledger.entries(kind))


# Who may ask


def test_nothing_is_shown_without_the_session_and_its_address_opens_once(closed: Served) -> None:
    for path in ("/", "/operators", "/static/style.css", "/open", "/open?token=guess", "/nothing"):
        answer = closed.client.get(path)
        assert answer.status_code == 403, path
        assert "browser that it was first opened in" in answer.text
    opened = closed.client.get(closed.entrance)
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    assert re.search(r"(?i)httponly.*samesite=strict", opened.headers["set-cookie"])
    assert closed.client.get("/agreement").status_code == 200
    closed.client.cookies.clear()
    assert closed.client.get(closed.entrance).status_code == 403, "the address was used"
    closed.client.cookies.set("crossbearing", "guess")
    assert closed.client.get("/agreement").status_code == 403


def test_another_host_name_is_refused_even_with_the_session(looked_at: Served) -> None:
    port = looked_at.client.base_url.port
    assert looked_at.client.get("/agreement", headers={"host": f"localhost:{port}"}).status_code == 200
    for host in ("example.test", f"example.test:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", ""):
        answer = looked_at.client.get("/agreement", headers={"host": host})
        assert answer.status_code == 403, host
        assert "its own address only" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
        {"origin": "http://example.test"}, {"origin": "null"}, {},
        {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:1"},
    ],
    ids=str,
)  # fmt: skip
def test_a_form_of_another_page_changes_nothing_though_it_brings_session_and_token(
    headers: dict[str, str], looked_at: Served
) -> None:
    before = looked_at.session.has_keys
    answer = looked_at.client.post("/keys", data={"token": looked_at.session.form}, headers=headers)
    assert (answer.status_code, looked_at.session.has_keys) == (403, before)
    assert "Another page asked" in answer.text


def test_another_page_may_not_read_either(looked_at: Served) -> None:
    for site in ("cross-site", "same-site"):
        assert looked_at.client.get("/agreement", headers={"sec-fetch-site": site}).status_code == 403
    assert looked_at.client.get("/agreement", headers={"sec-fetch-site": "none"}).status_code == 200


def all_routes(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if inner := getattr(getattr(route, "original_router", route), "routes", None):
            yield from all_routes(inner)
        else:
            yield from ((method, route.path) for method in route.methods)


def test_every_form_needs_its_token_whatever_route_is_added(looked_at: Served) -> None:
    pages = looked_at.guard._pages
    assert isinstance(pages, FastAPI)
    acts = [(method, path) for method, path in all_routes(pages.routes) if method not in {"GET", "HEAD"}]
    assert len(acts) == 4
    before = len(looked_at.session.passed)
    for method, path in acts:
        filled = path.replace("{pair_id}", "P-0123456789")
        for token in ({}, {"token": "guess"}):
            form = {"verdict": "same", "note": "seen", **token}
            assert looked_at.client.request(method, filled, data=form, headers=OWN).status_code == 403, path
    assert (looked_at.session.has_keys, len(looked_at.session.passed)) == (True, before)
    assert not judgements(looked_at.folder)


def test_large_forms_and_bodies_of_other_kinds_are_refused_unread(looked_at: Served) -> None:
    large = b"token=" + looked_at.session.form.encode() + b"&x=" + b"y" * LONGEST_BODY
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert looked_at.client.post("/keys", content=large, headers=OWN | form).status_code == 400
    assert looked_at.client.post("/keys", json={"token": looked_at.session.form}, headers=OWN).status_code == 400
    chunked = (part for part in (b"token=", looked_at.session.form.encode()))
    assert looked_at.client.post("/keys", content=chunked, headers=OWN | form).status_code == 400


def test_nothing_of_a_request_goes_to_a_collector(looked_at: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI would hand on addresses, forms and stack traces, to wherever the environment says."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with served(looked_at.folder) as other:
        pages = other.guard._pages
    assert isinstance(pages, FastAPI)
    switches = ("tracing", "metrics", "logs", "operation_spans", "auto_configure")
    assert {name: pages._telemetry[name] for name in switches} == dict.fromkeys(switches, False)


def test_every_answer_has_the_headers(closed: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [closed.client.get("/"), closed.client.get("/", headers={"host": "example.test"})]
    answers.append(closed.client.get(closed.entrance))
    pair = closed.waiting()
    answers += [closed.client.get(path) for path in ("/agreement", "/pair/P-0", "/no", "/static/keys.js", "/?tier=x")]
    answers += [
        closed.client.put("/", headers=OWN),
        closed.post(f"/pair/{pair}/pass"),
        closed.client.post("/keys", headers=OWN),
    ]

    def broken(*_: object, **__: object) -> None:
        message = "words of an operation"
        raise RuntimeError(message)

    monkeypatch.setattr(web_review, "review_pair", broken)
    answers.append(closed.client.get(f"/pair/{pair}"))
    codes = [answer.status_code for answer in answers]
    assert codes == [403, 403, 303, 200, 404, 404, 200, 400, 405, 303, 400, 500]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.url
        assert "server" not in answer.headers
    assert "words of an operation" not in answers[-1].text
    policy = HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|https?:|data:|\*", policy)


def test_it_listens_on_the_loopback_address_only() -> None:
    with listening(0) as taken:
        assert taken.getsockname()[0] == "127.0.0.1"


# What a page is made of


class Markup(HTMLParser):
    """Tags with their attributes, and the text of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self, prefix: str) -> list[str]:
        return [str(at["href"]) for tag, at in self.tags if tag == "a" and str(at.get("href")).startswith(prefix)]


def test_pages_hold_no_script_or_style_and_load_nothing_from_elsewhere(bench: Served) -> None:
    pair = bench.waiting()
    bench.post(f"/pair/{pair}/answer", verdict="same", note="seen")
    paths = ["/", f"/pair/{pair}", "/groups", "/operators", "/operator/O-0001", "/agreement", "/no"]
    pages = [bench.client.get(path) for path in paths]
    pages.append(bench.client.get(Markup(pages[1].text).links("/row?")[0]))
    pages.append(bench.post(f"/pair/{pair}/answer", verdict="same"))
    for page in pages:
        for tag, given in Markup(page.text).tags:
            assert tag not in {"style", "iframe", "object", "embed", "base"}, page.url
            assert not [name for name in given if name == "style" or name.startswith("on")], page.url
            for name in ("src", "href", "action", "formaction"):
                assert re.fullmatch(r"(/(?!/)|#).*|", given.get(name) or ""), (page.url, given)
            if tag == "script" or given.get("rel") == "stylesheet":
                assert str(given["integrity"]).startswith("sha384-"), page.url
            if tag == "script":
                assert given["src"] == "/static/keys.js"


# A served script changes only together with this line, so that no change of it goes unread.
SCRIPTS = {"keys.js": "sha384-Hg5SwhaqTb67qnrpuM5xkF0IOBwvuL9DHEq73QwB1n2I6F3fZP3TkHw4GDh3xwN5"}


def test_served_scripts_are_the_pinned_ones() -> None:
    scripts = {name: one for name, one in assets().items() if one.media_type.startswith("text/javascript")}
    assert {name: one.integrity for name, one in scripts.items()} == SCRIPTS
    code = scripts["keys.js"].content.decode()
    assert not re.search(r"innerHTML|eval|fetch|XMLHttp|import|https?:", code)


def test_the_style_sheet_loads_fonts_of_ours_only(looked_at: Served) -> None:
    style = looked_at.client.get("/static/style.css").text
    named = re.findall(r"url\(([^)]*)\)", style)
    assert len(named) == 7
    assert all(looked_at.client.get(address).headers["content-type"] == "font/woff2" for address in named)


# What a pair's page shows


def test_the_bars_add_up_to_the_log_odds_and_each_opens_its_rows(bench: Served) -> None:
    before = len(log_of(bench.folder, ActKind.ORIGINAL_OPENED))  # of whoever verified the story before it was copied
    whole = bench.client.get("/").text
    page = Markup(whole)
    numbers = [Decimal(str(at["value"])) for tag, at in page.tags if tag == "data"]
    *parts, total = numbers
    assert len(parts) > 2
    assert sum(parts) == total
    pair = list_pairs(bench.folder, fixed_context(PERSON), PairKind.ACCOUNT, pair_id=pair_on(whole))[0]
    assert total == pair["log_odds"]
    assert str(pair["probability"]) in page.text
    ticks = [at for tag, at in page.tags if at.get("name") == "rely"]
    assert len(ticks) == [tag for tag, _ in page.tags].count("details") == len(parts) - 1
    rows = sorted(set(page.links("/row?")))
    assert len(rows) > 2
    for row in rows:
        assert bench.client.get(row).status_code == 200, row
    opened = log_of(bench.folder, ActKind.ORIGINAL_OPENED)[before:]
    assert len(opened) == len(rows)
    assert {entry.purpose for entry in opened} == {f"test; judge {pair['pair_id']}"}
    seen = [entry for entry in log_of(bench.folder, ActKind.CONSULTED) if entry.subject == pair["pair_id"]]
    assert [entry.person for entry in seen] == [PERSON]


def test_a_row_that_no_page_named_does_not_open(looked_at: Served) -> None:
    before = log_of(looked_at.folder, ActKind.ORIGINAL_OPENED)
    row = Markup(looked_at.client.get("/").text).links("/row?")[0]
    place = re.sub(r"place=(\S+?)%7C(\d+)%7C(\d+)&", r"place=\1%7C0%7C60000&", row)
    assert place != row
    for wrong in (place, re.sub("subject=P-.{10}", "subject=P-0123456789", row), re.sub("seal=.*", "seal=0", row)):
        assert looked_at.client.get(wrong).status_code == 403
    assert log_of(looked_at.folder, ActKind.ORIGINAL_OPENED) == before


def test_a_pair_to_be_judged_blind_shows_neither_score_nor_the_other_answer(
    bench: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = list_pairs(bench.folder, fixed_context(PERSON), PairKind.ACCOUNT, tier="proposal")[0]
    name = everything["pair_id"]
    monkeypatch.setattr(review, "is_in_blind_share", lambda pair_id: pair_id == name)
    with served(bench.folder, "B. Other") as other:
        other.client.get(other.entrance)
        assert other.post(f"/pair/{name}/answer", verdict="same", note="secret ground").status_code == 303
        assert str(everything["log_odds"]) in other.client.get(f"/pair/{name}").text, "who answered sees the score"
    numbers = [everything["probability"], everything["log_odds"], everything["prior"]]
    hidden = [*(str(number) for number in numbers), "secret ground", "B. Other", "<data", "<rect"]
    for path in (f"/pair/{name}", "/groups"):
        page = bench.client.get(path).text
        assert name in page
        assert "blind" in page
        assert not [word for word in hidden if word in page], path
    page = bench.client.get("/operators").text
    assert "0 operators" in page
    assert not [word for word in [*hidden, name, everything["left_id"]] if word in page]
    assert bench.client.get("/operator/O-0001").status_code == 404, "that it is there would tell the answer"
    assert "0 answers" in bench.client.get("/agreement").text


def test_groups_lead_to_their_pairs_and_to_the_rows_for_the_purpose_of_the_pair(bench: Served) -> None:
    page = Markup(bench.client.get("/groups").text)
    pairs = sorted(set(page.links("/pair/")))
    assert len(pairs) > 4
    assert all(bench.client.get(pair).status_code == 200 for pair in pairs[:2])
    row = page.links("/row?")[0]
    assert bench.client.get(row).status_code == 200
    subject = parse_qs(row)["subject"][0]
    assert f"/pair/{subject}" in pairs
    assert log_of(bench.folder, ActKind.ORIGINAL_OPENED)[-1].purpose == f"test; judge {subject}"


def test_groups_come_by_market_and_in_pages(looked_at: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Markup(looked_at.client.get("/groups").text)
    count = int(re.search(r"(\d+) groups", whole.text)[1])
    assert [tag for tag, _ in whole.tags].count("section") == count
    of_market = whole.links("/groups?market=")
    assert len(of_market) > 1
    sections = [[tag for tag, _ in Markup(looked_at.client.get(one).text).tags].count("section") for one in of_market]
    assert all(0 < found < count for found in sections)
    monkeypatch.setattr(web_groups, "MOST", 2)
    seen, address = [], "/groups"
    while address:
        page = Markup(looked_at.client.get(address).text)
        seen += [at["aria-label"] for tag, at in page.tags if tag == "section"]
        address = next((one for one in page.links("/groups?after=") if int(one.partition("=")[2]) == len(seen)), "")
    assert len(seen) == len(set(seen)) == count
    for wrong in ("/groups?after=-1", "/groups?after=x"):
        assert looked_at.client.get(wrong).status_code == 400
    assert "0 groups" in looked_at.client.get("/groups?market=%3Cb%3E").text


HOSTILE = '</td><script>alert("x")</script><img src=x onerror=alert(1)>\u202e'
HEADER = "captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"


def test_seized_markup_stays_text_on_every_page(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    cell = HOSTILE.replace('"', '""')
    for market, day in (("Kestrel", "2021-01-02"), ("Plover", "2021-03-02")):
        path = tmp_path / f"{market}.csv"
        row = f'{day},1,"mara {cell}","Haze {cell}","soft and sweet {cell}","{cell}",10,EUR,"{cell}",EU,\n'
        path.write_text(HEADER + row, encoding="utf-8")
        add_evidence(folder, fixed_context(), [Submission(path=path, authority=REF, market=market)], Silent())
    bring_up_to_date(folder, fixed_context(), Silent())
    with served(folder, f"A. {HOSTILE}") as bench:
        bench.client.get(bench.entrance)
        pages = [bench.client.get("/?tier=all")]
        pair = pair_on(pages[0].text)
        answer = {"verdict": "same", "rely": HOSTILE, "note": HOSTILE}
        assert bench.post(f"/pair/{pair}/answer", **answer).status_code == 303
        paths = [
            "/?tier=all",
            f"/pair/{pair}",
            "/operators",
            "/operator/O-0001",
            "/agreement",
            "/groups",
            f"/{HOSTILE}",
        ]
        pages += [bench.client.get(path) for path in paths]
        pages += [bench.client.get(Markup(pages[0].text).links("/row?")[0])]
        pages += [bench.post(f"/pair/{pair}/answer", verdict="same", rely=HOSTILE, note=HOSTILE.rstrip("\u202e") * 100)]
        assert [page.status_code for page in pages] == [200, 200, 200, 200, 200, 200, 200, 404, 200, 400]
        for page in pages:
            found = Markup(page.text)
            assert [at.get("src") for tag, at in found.tags if tag == "script"] in ([], ["/static/keys.js"]), page.url
            assert not [tag for tag, _ in found.tags if tag == "img"], page.url
            assert "\u202e" not in found.text, "a turning character must not turn the page"
        assert [page.url for page in pages if "&lt;script&gt;" not in page.text] == []


# What a person says


def test_an_answer_is_recorded_with_reason_score_and_person_and_the_next_pair_comes(bench: Served) -> None:
    first = bench.client.get("/").text
    pair = pair_on(first)
    words = [str(at["value"]) for tag, at in Markup(first).tags if at.get("name") == "rely"][:2]
    after = bench.post(f"/pair/{pair}/answer", verdict="same", rely=words, note=" same  goods ", tier="proposal")
    assert (after.status_code, after.headers["location"]) == (303, "/?tier=proposal")
    (said,) = judgements(bench.folder)
    assert (said.subject, said.person, said.payload["verdict"]) == (pair, PERSON, "same")
    assert said.payload["reason"] == "; ".join([*words, "same goods"])
    score = list_pairs(bench.folder, fixed_context(), PairKind.ACCOUNT, pair_id=pair)[0]
    assert said.payload["score"]["log_odds"] == str(score["log_odds"])
    page = bench.client.get("/?tier=proposal").text
    assert pair_on(page) != pair
    assert f"Recorded: {pair} same; new operator O-0001." in page
    assert "2 of " in page
    assert "Recorded" not in bench.client.get("/?tier=proposal").text, "it is said once"


def test_without_a_reason_nothing_is_recorded_and_the_form_says_so(looked_at: Served) -> None:
    pair = looked_at.waiting()
    for note in ("", "  \n ", "x" * 2_001):
        answer = looked_at.post(f"/pair/{pair}/answer", verdict="same", note=note)
        assert answer.status_code == 400
        (field,) = (at for tag, at in Markup(answer.text).tags if tag == "textarea")
        assert field["aria-describedby"] == "wrong"
        assert "Nothing was recorded" in answer.text
    assert not judgements(looked_at.folder)


def test_undo_takes_the_last_answer_back_and_returns_to_its_pair(bench: Served) -> None:
    first = bench.waiting()
    bench.post(f"/pair/{first}/answer", verdict="unsure", note="seen")
    second = bench.waiting()
    bench.post(f"/pair/{second}/answer", verdict="different", note="seen")
    for pair in (second, first):
        assert bench.post("/undo").headers["location"].partition("?")[0] == f"/pair/{pair}"
    said = [(entry.subject, entry.payload["verdict"]) for entry in judgements(bench.folder)]
    assert said[2:] == [(second, "withdrawn"), (first, "withdrawn")]
    assert bench.post("/undo").headers["location"] == "/?tier=proposal"
    assert len(judgements(bench.folder)) == 4
    assert bench.waiting() == first


def test_a_skipped_pair_comes_again_behind_the_others(bench: Served) -> None:
    waiting = [pair["pair_id"] for pair in review_queue(bench.folder, fixed_context(PERSON), tier="proposal")]
    assert len(waiting) > 1
    assert bench.waiting() == waiting[0]
    bench.post(f"/pair/{waiting[0]}/pass")
    assert bench.waiting() == waiting[1]
    for pair in waiting[1:]:
        bench.post(f"/pair/{pair}/pass")
    again = bench.client.get("/").text
    assert pair_on(again) == waiting[0]
    assert "here it comes again" in again
    assert not judgements(bench.folder)


@pytest.mark.parametrize("path", ["/pair/P-0123456789", "/pair/x", "/operator/O-9999", "/operator/x", "/static/x"])
def test_what_is_not_there_is_said_with_the_next_move(path: str, looked_at: Served) -> None:
    answer = looked_at.client.get(path)
    assert answer.status_code == 404
    assert [tag for tag, _ in Markup(answer.text).tags].count("dt") == 2


def test_stale_tables_are_an_error_page_with_the_command_that_helps(bench: Served) -> None:
    (bench.folder / "derived" / "account_pair.json").unlink()
    answer = bench.client.get("/")
    assert answer.status_code == 409
    assert "crossbearing run" in answer.text


def test_the_command_prints_the_address_serves_and_stops_with_ctrl_c(story: Path) -> None:
    code = "import sys; from crossbearing.interfaces.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "serve", str(story), "--person", PERSON, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(3)]
        address = json.loads("".join(lines))["address"]
        try:
            assert httpx.get(address, trust_env=False).status_code == 303
        finally:
            process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""
    assert process.returncode == 0


def test_a_port_that_is_taken_is_said(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(0) as taken:
        assert main(["serve", str(story), "--port", str(taken.getsockname()[1])]) == 78
    assert "cannot be used" in capsys.readouterr().err


def test_the_command_says_what_is_missing(
    story: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "crossbearing.interfaces.web.app")
    monkeypatch.setitem(sys.modules, "fastapi", None)
    assert main(["serve", str(story)]) == 78
    said = capsys.readouterr().err
    assert "needs fastapi" in said
    assert "extra `workbench`" in said
