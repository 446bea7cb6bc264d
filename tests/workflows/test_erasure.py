"""Erasing a person reaches everything that is kept here, a receipt remains, and the log still verifies."""

import io
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyrage
import pytest
from pyarrow import parquet

from conftest import REF, made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, BadRequest, Contradiction, NotFound
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.store import erasure
from crossbearing.store.keyring import KEYS_VARIABLE, home_of_keys
from crossbearing.store.operation import POSTGRES_VARIABLE, open_operation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.backup import check_backup, make_backup, restore_backup
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, list_packages
from crossbearing.workflows.erase import destroy_exhibit, erase_person
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.retention import lift_hold, place_hold, show_retention
from crossbearing.workflows.show_evidence import list_evidence, show_bytes, verify_evidence
from crossbearing.workflows.show_log import verify_log
from crossbearing.workflows.show_protected import show_protected
from small_market import ADDRESS, BUYER, BUYER_ID, MARKET, OTHER, ROWS, SELLER, SELLER_ID, WORDS, small_market


def me(purpose: str = "test") -> Context:
    return Context(person="analyst", purpose=purpose)


def filled(operation: Path) -> Path:
    """Take the small market in, judge, and build packages."""
    home = operation.parent
    small_market(home / "kestrel.sql")
    rows = {**ROWS, "users": [(f"v{row[0]}", *row[1:]) for row in ROWS["users"][2:]]}
    rows.update({"vendors": [(f"v{SELLER_ID}", 1, "moved")], "products": [], "physical_products": [], "offers": []})
    rows.update({"purchases": [], "feedback": [], "messages": []})
    small_market(home / "plover.sql", rows)
    submissions = [
        Submission(path=home / "kestrel.sql", authority=REF, market=MARKET),
        Submission(path=home / "plover.sql", authority=REF, market="Plover"),
    ]
    add_evidence(operation, me(), submissions, Silent())
    bring_up_to_date(operation, me(), Silent())
    for pair in list_pairs(operation, me(), PairKind.ACCOUNT):
        if pair["left_handle"] == SELLER:
            judge(operation, me(), PairKind.ACCOUNT, pair["pair_id"], Verdict.SAME, reason=f"both are {SELLER}")
    bring_up_to_date(operation, me(), Silent())
    build_packages(operation, me(), Silent())
    return operation


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled operation beside its keys, to be copied."""
    home = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEYS_VARIABLE, str(home / "keys"))
        filled(made_operation(home / "operation"))
    return home


@pytest.fixture
def market(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operation with the small market in it, judged and packaged, with keys of its own."""
    shutil.copytree(template, tmp_path / "market")
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "market" / "keys"))
    return tmp_path / "market" / "operation"


def everything_kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All bytes of a folder as they lie there, and what of them opens with a key that is left.

    Originals stay sealed under evidence law until they are destroyed, exhibit by exhibit: their key is left out.
    """
    keys = [
        pyrage.x25519.Identity.from_str(path.read_text().strip())
        for path in home_of_keys().rglob("*.key")
        if path.stem not in {"log", "originals"} and path.read_text().startswith("AGE-SECRET-KEY-")
    ]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, content = str(path.relative_to(folder)), path.read_bytes()
        yield name, name.encode() + content
        if content.startswith(b"age-encryption"):
            for key in keys:
                try:
                    content = pyrage.decrypt(path.read_bytes(), [key])
                except pyrage.DecryptError:
                    continue
                yield f"{name} (opened)", content
        if content.startswith(b"PAR1"):
            yield f"{name} (rows)", repr(parquet.read_table(io.BytesIO(content)).to_pylist()).encode()


def found_in(folder: Path, *canaries: str) -> Mapping[str, set[str]]:
    """Where each canary still sings."""
    return {
        canary: {name for name, content in everything_kept(folder) if canary.lower().encode() in content.lower()}
        for canary in canaries
    }


def silent(folder: Path, *canaries: str) -> bool:
    return not any(found_in(folder, *canaries).values())


def test_the_search_finds_what_is_there_before(market: Path) -> None:
    """A search that finds nothing proves nothing unless it finds what is there."""
    sings = found_in(market, BUYER, BUYER_ID, ADDRESS, WORDS, SELLER)
    assert all(sings.values())
    assert any("protected/" in name for name in sings[ADDRESS])
    assert any("packages/" in name for name in sings[SELLER])


def test_an_erased_buyer_is_found_nowhere_and_the_rest_stands(market: Path, tmp_path: Path) -> None:
    before = make_backup(market, me(), tmp_path / "before.backup", Silent())
    assert check_backup(before.path, Silent()).files == before.files
    receipt = erase_person(
        market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4 of 2026", blank_mentions=True
    )
    canaries = (BUYER, BUYER_ID, ADDRESS, WORDS)
    assert not {c: names for c, names in found_in(market, *canaries).items() if names}
    assert receipt.rows["delivery"] == 2
    assert receipt.rows["message_body"] == 2
    assert receipt.packages, "the buyer's orders stand behind figures in them"
    assert set(receipt.keys_destroyed) == {"backup", "delivery", "message"}
    assert verify_log(market, me()).findings == ()
    # What others said and did is still there.
    assert show_protected(market, me(), "delivery", where={"sale_server_id": "s-3"})[0]["address_text"]
    (body,) = show_protected(market, me(), "message_body", where={"message_server_id": "m-2"})
    assert body["body"] == "do you know [erased]?"
    bring_up_to_date(market, me(), Silent())
    build_packages(market, me(), Silent())
    assert silent(market, *canaries)
    assert all(check.is_whole for check in verify_evidence(market, me(), Silent()))


def test_backups_made_before_an_erasure_open_no_more_and_later_ones_hold_nothing(market: Path, tmp_path: Path) -> None:
    make_backup(market, me(), tmp_path / "before.backup", Silent())
    erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4", blank_mentions=True)
    assert show_retention(market, me()).backup_is_due
    with pytest.raises(BadConfiguration, match="backup-1"):
        check_backup(tmp_path / "before.backup", Silent())
    make_backup(market, me(), tmp_path / "after.backup", Silent())
    assert not show_retention(market, me()).backup_is_due
    restore_backup(tmp_path / "after.backup", tmp_path / "restored", Silent())
    assert silent(tmp_path / "restored", BUYER, BUYER_ID, ADDRESS, WORDS)
    assert verify_log(tmp_path / "restored", me()).findings == ()


def test_on_postgresql_an_erased_person_is_gone_from_the_folder_and_from_the_tables(
    tmp_path: Path, postgres_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(POSTGRES_VARIABLE, postgres_uri)
    folder = filled(made_operation(tmp_path / "operation", on_postgres=True))
    erase_person(folder, me(), Silent(), market=MARKET, account=SELLER, reason="order 5", blank_mentions=True)
    # The namesake on the other market was not erased; its id on the server tells them apart.
    with open_operation(folder, me()) as operation:
        assert SELLER not in repr(operation.ledger.stored().acts)
    make_backup(folder, me(), tmp_path / "after.backup", Silent())
    monkeypatch.delenv(POSTGRES_VARIABLE)
    assert check_backup(tmp_path / "after.backup", Silent()).files


def test_packages_that_named_an_erased_person_are_gone_and_marked_for_recall(market: Path) -> None:
    receipt = erase_person(market, me(), Silent(), market=MARKET, account=SELLER, reason="order 5", blank_mentions=True)
    assert "NL-001" in receipt.packages
    assert not (market / "packages" / "NL-001" / "package.json").exists()
    marks = {package["package_id"]: package["marks"] for package in list_packages(market, me())}
    assert [mark["what"] for mark in marks["NL-001"]] == ["recall"]


def test_the_words_of_the_log_about_an_erased_person_are_gone_and_their_leaves_stand(market: Path) -> None:
    with open_operation(market, me()) as operation:
        before = operation.ledger.stored().leaves
    receipt = erase_person(market, me(), Silent(), market=MARKET, account=SELLER, reason="order 5", blank_mentions=True)
    assert receipt.acts >= 1, "the judgement gave the handle as its reason"
    with open_operation(market, me()) as operation:
        assert operation.ledger.stored().leaves[: len(before)] == before
        assert sum(entry.is_erased for entry in operation.ledger.entries()) == receipt.acts
    assert verify_log(market, me()).findings == ()


def test_the_bytes_of_erased_rows_are_shown_to_nobody(market: Path) -> None:
    exhibit = next(one for one in list_evidence(market, me()) if one.market == MARKET)
    text = show_bytes(market, me(), exhibit.exhibit_id, offset=0, length=60_000)
    assert ADDRESS in text
    erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4", blank_mentions=True)
    text = show_bytes(market, me(), exhibit.exhibit_id, offset=0, length=60_000)
    assert ADDRESS not in text
    assert BUYER not in text
    assert OTHER in text


def test_reading_again_does_not_bring_an_erased_person_back(market: Path) -> None:
    erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4", blank_mentions=True)
    exhibit = next(one for one in list_evidence(market, me()) if one.market == MARKET)
    reread_evidence(market, me(), Silent(), exhibit_ids=[exhibit.exhibit_id])
    bring_up_to_date(market, me(), Silent())
    assert silent(market, BUYER, BUYER_ID, ADDRESS, WORDS)
    (sale,) = [row for row in show_sales(market) if row["sale_server_id"] == "s-2"]
    assert (sale["buyer_server_id"], sale["seller_server_id"]) == (None, "u-other-1")


def show_sales(folder: Path) -> list[dict[str, object]]:
    from crossbearing.store.views import reading

    with open_operation(folder, me()) as operation, reading(operation) as engine:
        return engine.rows("SELECT * FROM sale ORDER BY sale_server_id")


@pytest.mark.parametrize("kind", ["exhibit", "case", "account"])
def test_a_hold_beats_an_erasure_until_it_is_lifted(market: Path, kind: str) -> None:
    from crossbearing.workflows.relabel import relabel

    exhibit = next(one for one in list_evidence(market, me()) if one.market == MARKET).exhibit_id
    relabel(market, me(), exhibit, reason="assigned", cases=frozenset({"C-9"}))
    name = {"exhibit": exhibit, "case": "C-9", "account": BUYER.upper()}[kind]
    hold = place_hold(
        market,
        me(),
        kind=kind,
        name=name,
        market=MARKET if kind == "account" else "",
        owner="Prosecutor",
        reason="appeal",
        review_on="2027-01-01",
    )
    with pytest.raises(Contradiction, match=hold):
        erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4")
    if kind != "account":
        with pytest.raises(Contradiction, match=hold):
            destroy_exhibit(market, me(), Silent(), exhibit, reason="order 6")
    assert not silent(market, ADDRESS)
    lift_hold(market, me(), hold, reason="appeal decided")
    erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4", blank_mentions=True)
    assert silent(market, ADDRESS, BUYER)


def test_a_destroyed_exhibit_leaves_its_receipt_and_nothing_else(market: Path) -> None:
    exhibit = next(one for one in list_evidence(market, me()) if one.market == MARKET)
    receipt = destroy_exhibit(market, me(), Silent(), exhibit.exhibit_id, reason="order 6")
    assert "NL-001" in receipt.packages
    assert [one.market for one in list_evidence(market, me())] == ["Plover"]
    with open_operation(market, me()) as operation:
        assert not operation.originals.path_of(exhibit.sha256).exists()
    assert silent(market, ADDRESS, WORDS, BUYER_ID)
    (gone,) = show_retention(market, me()).gone
    assert (gone.receipt, gone.what, gone.is_finished) == (receipt.receipt, "exhibit_destroyed", True)
    bring_up_to_date(market, me(), Silent())
    assert verify_log(market, me()).findings == ()


def test_an_erasure_that_was_cut_off_after_its_act_is_finished_by_the_next(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(Exception):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "_destroy_old_keys", cut)
        with pytest.raises(Cut):
            erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4", blank_mentions=True)
    assert [gone.is_finished for gone in show_retention(market, me()).gone] == [False]
    with pytest.raises(NotFound):
        erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason="order 4")
    assert [gone.is_finished for gone in show_retention(market, me()).gone] == [True]
    assert silent(market, BUYER, ADDRESS)


def test_the_reason_must_not_name_the_person(market: Path) -> None:
    with pytest.raises(BadRequest, match="names the person"):
        erase_person(market, me(), Silent(), market=MARKET, account=BUYER, reason=f"{BUYER} asked for it")


def test_an_account_that_nobody_knows_is_not_erased(market: Path) -> None:
    with pytest.raises(NotFound):
        erase_person(market, me(), Silent(), market=MARKET, account="nobody-here", reason="order 7")


def test_words_of_the_log_go_only_with_an_erasure_that_names_them(tmp_path: Path) -> None:
    """Somebody blanks an act by hand: the verifier asks for the receipt."""
    import apsw

    folder = made_operation(tmp_path / "operation")
    raw = apsw.Connection(str(folder / "decisions.sqlite"))
    raw.execute("DROP TRIGGER act_no_update")
    raw.execute(
        "UPDATE act SET subject='', authority='', purpose='', case_ref='', payload='', salt='' WHERE position=1"
    )
    raw.close()
    found = verify_log(folder, me()).findings
    assert [finding.what for finding in found] == ["erased_without_receipt"]
    with open_operation(folder, me()) as operation:
        assert not operation.ledger.entries(ActKind.AUTHORITY_GRANTED)
