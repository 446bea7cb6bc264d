"""Words planted where a package's reader has no business: they appear in no output of any format that packages have."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from conftest import REF, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.labels import Label
from crossbearing.domain.partner import Partner
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.ask_lead import ask_lead
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.categorise import limit_time
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.recall_package import notify_partners, recall_package
from crossbearing.workflows.register_partner import add_partner
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.send_package import release_package, seal_package
from crossbearing.workflows.set_aside import set_aside_row
from crossbearing.workflows.show_evidence import list_evidence
from small_market import MARKET, OTHER, OTHER_ID, ROWS, small_market
from small_package import SECRETS, device, judged, listed, me, put_in
from small_referral import CASE, market, referral

READER = pyrage.x25519.Identity.generate()
DE = Partner(
    agency="DE police", country="DE", seal_to=str(READER.to_public()), handling="H1", keys_until="2030-12-31",
    added_at="", added_by="",
)  # fmt: skip
HIDDEN = "quillcanary"


def other_market(home: Path) -> Path:
    """A market of its own whose every word holds the canary, with adverts from Germany as well."""
    day = "2021-03-01 10:00:00"
    rows: dict[str, list[Sequence[object]]] = {
        **ROWS,
        "users": [("u-q", HIDDEN, day, None, day)],
        "vendors": [("u-q", 3, f"{HIDDEN} ships")],
        "products": [(f"q-{n}", f"{HIDDEN} haze {n}g", HIDDEN, "c-1", "u-q", day) for n in range(3)],
        "physical_products": [(f"q-{n}", "all", None, "Germany") for n in range(3)],
        "offers": [(f"qo-{n}", f"q-{n}", "20.00") for n in range(3)],
        "purchases": [], "feedback": [], "messages": [],
    }  # fmt: skip
    return small_market(home / f"{HIDDEN}.sql", rows)


def outputs(folder: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Everything that packages are written, shown, compared, queued and sent as; and what is said on the way."""
    capsys.readouterr()
    bring_up_to_date(folder, me(), Silent())
    build_packages(folder, me(), Silent())
    texts = []
    for words in (
        ["build"], ["list"], ["show", "DE-001"], ["queue"], ["diff", "DE-001"], ["sent"], ["notices"],
        ["route", "A-nobody", "DE", "--reason", "x"],
    ):  # fmt: skip
        for extra in ([], ["--json"]):
            main(["package", words[0], str(folder), *words[1:], *extra])
    captured = capsys.readouterr()
    texts += [captured.out, captured.err]
    # Kept versions are read through the comparison alone, which refuses what does not stand.
    texts += [path.read_bytes().decode("utf-8", "replace") for path in (folder / "packages").rglob("package.*")]
    release_package(folder, me("second"), "DE-001", reason="read")
    (sealed,) = seal_package(folder, me(), "DE-001", ["DE police"], out)
    recall_package(folder, me(), "DE-001", reason="a source is gone")
    for path in (sealed.path, *(one.path for one in notify_partners(folder, me(), out).told)):
        texts.append(path.name)
        with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(path.read_bytes(), [READER]))) as bag:
            texts += [name + bag.read(name).decode("utf-8", "replace") for name in bag.namelist()]
    return "\n".join(texts).lower()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = made_operation(tmp_path / "operation")
    put_in(folder, market(tmp_path), MARKET)
    add_partner(folder, me("keeper"), DE, reason="by telephone")
    return folder


def stands_in(folder: Path, out: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    said = outputs(folder, out, capsys)
    assert OTHER in said, "the outputs are those of a package"
    return [word for word in words if word.lower() in said]


def locked(folder: Path, exhibit_id: str) -> None:
    """Nobody categorised it in time."""
    relabel(folder, me(), exhibit_id, reason="nobody knows", categories=frozenset())
    limit_time(folder, Context(person="analyst", authority=REF), months=6, reason="law")
    late = Context(person="analyst", purpose="x", clock=lambda: datetime(2099, 1, 1, tzinfo=UTC))
    list_evidence(folder, late)


HIDING: dict[str, Callable[[Path, str], object]] = {
    "withdrawn": lambda folder, name: withdraw(folder, me(), name, reason="taken back"),
    "locked": locked,
}


@pytest.mark.parametrize(("how", "built_before"), [("withdrawn", False), ("locked", True)])
def test_nothing_of_a_hidden_exhibit_appears(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, built_before: bool
) -> None:
    hidden = put_in(base, other_market(tmp_path), "Quillmarket")
    if built_before:
        assert stands_in(Path(shutil.copytree(base, tmp_path / "seen")), tmp_path / "first", capsys, HIDDEN) == [HIDDEN]
        bring_up_to_date(base, me(), Silent())
        build_packages(base, me(), Silent())
    HIDING[how](base, hidden)
    bring_up_to_date(base, me(), Silent())
    build_packages(base, me(), Silent())
    assert stands_in(base, tmp_path / "out", capsys, HIDDEN) == []


def test_a_version_built_before_an_exhibit_was_hidden_is_not_shown_by_comparing(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = put_in(base, other_market(tmp_path), "Quillmarket")
    bring_up_to_date(base, me(), Silent())
    build_packages(base, me(), Silent())
    withdraw(base, me(), hidden, reason="taken back")
    bring_up_to_date(base, me(), Silent())
    build_packages(base, me(), Silent())
    capsys.readouterr()
    for extra in ([], ["--json"]):
        assert main(["package", "diff", str(base), "DE-001", *extra]) != 0
    captured = capsys.readouterr()
    assert HIDDEN not in captured.out + captured.err


def test_nothing_of_protected_tables_appears(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (device(tmp_path / "d.jsonl"), listed(tmp_path / "r.csv"), referral(tmp_path / "c.csv", CASE)):
        put_in(base, path)
    bring_up_to_date(base, me(), Silent())
    match_leads(base, me(), ["GB-7"], Silent())
    addresses = ("Vine Lane", "Pellbridge", "canarywords", "u-buyer-1", "behind the shed")
    assert stands_in(base, tmp_path / "out", capsys, *SECRETS, *addresses, CASE["case_number"], "s-1|") == []


def test_nothing_of_a_stricter_source_that_only_people_rest_on_appears(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_operation(tmp_path / "operation")
    add_partner(folder, me("keeper"), DE, reason="by telephone")
    put_in(folder, market(tmp_path, about="ask me, mail canaryshop@post.invalid"), MARKET)
    strict = Label(owners=frozenset({HIDDEN}), handling="H3", tlp="RED", restrictions=frozenset({HIDDEN}))
    names = [put_in(folder, path, label=strict) for path in (device(tmp_path / "d.jsonl"), listed(tmp_path / "r.csv"))]
    bring_up_to_date(folder, me(), Silent())
    judged(folder)
    assert stands_in(folder, tmp_path / "out", capsys, HIDDEN, *names, *SECRETS, '"confirmed"') == []


@pytest.mark.long
def test_nothing_of_a_row_that_was_set_aside_appears(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    products = [*ROWS["products"], ("p-9", f"{HIDDEN} flowers", f"{HIDDEN}", "c-1", OTHER_ID, "2021-03-02 10:00:00")]
    rows = {**ROWS, "products": products, "messages": [], "purchases": [], "feedback": [],
            "physical_products": [*ROWS["physical_products"], ("p-9", "all", None, "Germany")],
            "offers": [*ROWS["offers"], ("o-9", "p-9", "3.00")]}  # fmt: skip
    exhibit = put_in(base, small_market(tmp_path / "again.sql", rows), "Curlew")
    bring_up_to_date(base, me(), Silent())
    build_packages(base, me(), Silent())
    document = json.loads((base / "packages" / "DE-001" / "package.json").read_text(encoding="utf-8"))
    (figure,) = [
        one
        for one in document["figures"]
        for subject in document["subjects"]
        for advert in subject["listings"]
        if HIDDEN in advert["title"] and advert["seen"]["figure"] == one["number"]
    ]
    for row in figure["rows"]:
        _, part, _, _, offset, _ = row.split("|")
        set_aside_row(base, me(), exhibit, part=part, offset=int(offset), reason="a lawyer's")
    assert stands_in(base, tmp_path / "out", capsys, HIDDEN) == []


def test_nothing_that_waits_for_two_sides_appears(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_in(base, referral(tmp_path / "c.csv", CASE))
    bring_up_to_date(base, me(), Silent())
    appoint(base, me(), person="officer", roles=[], cases=["GB-7"])
    appoint(base, me(), person="analyst", roles=["market analyst"], cases=[])
    ask_lead(base, me("officer"), "GB-7")
    match_leads(base, me(), ["GB-7"], Silent())
    assert stands_in(base, tmp_path / "out", capsys, "GB-7", CASE["agency"], '"grade"') == []
