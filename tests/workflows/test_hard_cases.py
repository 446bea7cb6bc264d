"""Cases that reviews found, each as small as it can be: wrong figures, lost rows, poisoned operations."""

import io
import os
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import REF, REPORT, fixed_context, made_operation, reported
from crossbearing.domain.act import ActKind
from crossbearing.domain.errors import BadRequest, Contradiction, UnreadableSource
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers.delimited import Delimited
from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.interfaces.cli import main
from crossbearing.registry import STEPS
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import made_key
from crossbearing.store import steps
from crossbearing.store.operation import open_operation
from crossbearing.store.session import session
from crossbearing.store.views import reading
from crossbearing.workflows import add_evidence as workflow
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, show_package
from crossbearing.workflows.judge_pairs import judge, list_operators, list_pairs
from crossbearing.workflows.show_evidence import verify_evidence
from crossbearing.workflows.show_results import show_results

CAPTURE = "captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
DUMP = """-- MySQL dump 10.13
CREATE TABLE `users` (
  `id` int,
  `username` text,
  `last_seen` text,
  `pgp_key` text,
  `created_at` text
);
CREATE TABLE `vendors` (
  `id` int,
  `vendor_level` int,
  `about` text
);
CREATE TABLE `products` (
  `id` int,
  `name` text,
  `description` text,
  `category_id` int,
  `user_id` int,
  `updated_at` text
);
CREATE TABLE `offers` (
  `id` int,
  `product_id` int,
  `price` text
);
CREATE TABLE `purchases` (
  `id` int,
  `offer_id` int,
  `buyer_id` int,
  `vendor_id` int,
  `quantity` int,
  `to_pay` text,
  `state` text,
  `coin_name` text,
  `created_at` text
);
"""
END = "-- Dump completed on 2022-01-01\n"


def added(folder: Path, name: str, text: str, market: str = "M", **more: object) -> None:
    path = folder.parent / name
    path.write_text(text, encoding="utf-8")
    add_evidence(folder, fixed_context(), [Submission(path=path, authority=REF, market=market, **more)], Silent())


def derived(folder: Path, table: str) -> list[dict]:
    bring_up_to_date(folder, fixed_context(), Silent())
    with open_operation(folder, fixed_context()) as operation, reading(operation, table) as engine:
        return engine.rows(f"SELECT * FROM {table}")


def test_money_in_a_double_report_is_converted_once(local_operation: Path) -> None:
    row = "X,{0}-1,event,seizure,2022-01-0{1},,NL,{0},Desk {0},cash,,1000,EUR,,,"
    reported(local_operation, "reports.csv", row.format("NL", 1), row.format("DE", 2))
    (pair,) = list_pairs(local_operation, fixed_context(), PairKind.OUTCOME)
    judge(local_operation, fixed_context(), PairKind.OUTCOME, pair["pair_id"], Verdict.SAME, reason="one box of cash")
    bring_up_to_date(local_operation, fixed_context(), Silent())
    (result,) = show_results(local_operation, fixed_context(), currency="EUR")
    assert result.lines[0].total == result.money_total == 1000
    assert result.lines[0].countries[0].country == "NL", "counted where it happened"


def test_adverts_without_a_title_stay_with_their_sellers(local_operation: Path) -> None:
    added(
        local_operation, "pages.csv", CAPTURE + "2021-01-01,,anna,,,,1,EUR,NL,,\n2021-01-02,,bert,,,,1,EUR,Germany,,\n"
    )
    routes = {row["subject_id"]: row["country"] for row in derived(local_operation, "target_route")}
    assert sorted(routes.values()) == ["DE", "NL"]
    assert all(row["listing_id"] for row in derived(local_operation, "listing"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", "1234.5"), ("1,234,567", "1234567"), (" 12 ", "12"), ("-3.5", "-3.5"), (".5", "0.5"),
        ("1e-07", "1e-7"), ("12,5", None), ("1.234,56", None), ("1,23", None), ("1,2345", None), ("infinity", None),
        ("", None), ("a few", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_written_or_not_at_all(text: str, number: str | None) -> None:
    with session() as engine:
        found = engine.one("SELECT number_in(?) AS n", [text])["n"]
    assert found == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text", ["infinity", "epoch", "99999-01-01", "02/01/2021", "today", "0001-01-01", "2021-02-30"]
)
def test_what_is_no_plain_day_is_not_known(text: str) -> None:
    with session() as engine:
        assert engine.one("SELECT date_in(?) AS d, instant_in(?) AS i", [text, text]) == {"d": None, "i": None}


@pytest.mark.parametrize(
    "opening", ["INSERT DELAYED INTO `t`", "INSERT LOW_PRIORITY IGNORE INTO t", "INSERT INTO `db`.`t`", "insert into t"]
)
def test_every_spelling_of_an_insert_gives_its_rows(opening: str) -> None:
    text = f"-- MySQL dump\nCREATE TABLE `t` (\n  `a` int\n);\n{opening} VALUES ('1'),('2');\n{END}"
    pieces = list(Mysqldump().read(io.BytesIO(text.encode()), "utf-8"))
    assert [list(row) for piece in pieces for row in piece.rows()] == [["1"], ["2"]]


@pytest.mark.parametrize("statement", ["INSERT INTO `t` SELECT 1", "INSERT INTO `t` SET a=1", "REPLACE t VALUES (1)"])
def test_rows_written_in_an_unknown_way_are_never_passed_over(statement: str) -> None:
    text = f"-- MySQL dump\nCREATE TABLE `t` (\n  `a` int\n);\n{statement};\n{END}"
    pieces = list(Mysqldump().read(io.BytesIO(text.encode()), "utf-8"))
    assert any(isinstance(piece, Refused) and piece.is_damage for piece in pieces)


def test_two_databases_in_one_dump_are_not_mixed(local_operation: Path) -> None:
    users = "INSERT INTO `users` VALUES (1,'{}','2021-01-01',NULL,'2020-01-01');\n"
    text = DUMP + "USE `live`;\n" + users.format("anna") + "USE `old`;\n" + users.format("bert") + END
    with pytest.raises(UnreadableSource, match="second database"):
        added(local_operation, "all.sql", text)


def test_accounts_whose_handles_differ_in_case_are_not_merged(local_operation: Path) -> None:
    text = DUMP + "INSERT INTO `users` VALUES (1,'Amber','2021-01-01',NULL,'2020-01-01'),(2,'amber','2021-01-02',NULL,"
    text += "'2020-01-01');\nINSERT INTO `vendors` VALUES (1,1,NULL),(2,1,NULL);\n" + END
    added(local_operation, "market.sql", text)
    accounts = [row for row in derived(local_operation, "account") if row["role"] == "seller"]
    assert {(row["server_id"], row["handle"]) for row in accounts} == {("1", "Amber"), ("2", "amber")}
    (pair,) = list_pairs(local_operation, fixed_context(), PairKind.ACCOUNT)
    assert pair["tier"] == "lead"


def test_of_an_order_in_two_dumps_the_one_added_last_counts(local_operation: Path) -> None:
    order = "INSERT INTO `purchases` VALUES (7,1,9,1,1,'0.5','{}','btc','2021-01-01 00:00:00');\n"
    users = "INSERT INTO `users` VALUES (1,'anna','2021-01-01',NULL,'2020-01-01');\n"
    for number, state in enumerate(("purchased", "canceled", "delivered")):
        added(local_operation, f"dump{number}.sql", DUMP + users + order.format(state) + END)
        (sale,) = derived(local_operation, "sale_valued")
        assert sale["state"] == state


def test_a_second_reading_of_the_same_bytes_cannot_destroy_the_first(local_operation: Path, monkeypatch) -> None:
    """Two processes at once: the slower one finds the exhibit registered for another market."""
    text = CAPTURE + "2021-01-01,1,anna,Haze,,,1,EUR,NL,,\n"
    added(local_operation, "pages.csv", text, market="Alpha")
    known, blind = workflow.exhibits, iter([{}, {}])  # it looks twice before it registers
    monkeypatch.setattr(workflow, "exhibits", lambda ledger: next(blind, known(ledger)))
    with pytest.raises(Contradiction):
        added(local_operation, "pages.csv", text, market="Beta")
    assert all(check.is_whole for check in verify_evidence(local_operation, fixed_context(), Silent()))


def test_other_bytes_with_the_same_name_are_a_contradiction(local_operation: Path, monkeypatch) -> None:
    monkeypatch.setattr(workflow, "exhibit_id_of", lambda _: "E-000000000000")
    added(local_operation, "one.csv", CAPTURE + "2021-01-01,1,anna,Haze,,,1,EUR,NL,,\n")
    with pytest.raises(Contradiction, match="Other bytes"):
        added(local_operation, "two.csv", CAPTURE + "2021-01-01,1,bert,Haze,,,1,EUR,NL,,\n")


def test_a_judgement_can_be_withdrawn_when_its_signal_is_gone(local_operation: Path) -> None:
    key = made_key(stream(3, "keys"), "simulated", created=1).armour.replace("\n", " ")
    line = '2021-01-01,{0},{1},Haze,,,1,EUR,NL,,"{2}"\n'
    added(
        local_operation, "a.csv", CAPTURE + "".join(line.format(n, f"seller{'abcdefg'[n] * 4}", key) for n in range(2))
    )
    bring_up_to_date(local_operation, fixed_context(), Silent())
    (pair,) = list_pairs(local_operation, fixed_context(), PairKind.ACCOUNT)
    judge(local_operation, fixed_context(), PairKind.ACCOUNT, pair["pair_id"], Verdict.SAME, reason="x")
    many = (f"other{chr(97 + n) * 5}" for n in range(24))
    added(local_operation, "b.csv", CAPTURE + "".join(line.format(n, name, key) for n, name in enumerate(many)))
    bring_up_to_date(local_operation, fixed_context(), Silent())
    assert list_pairs(local_operation, fixed_context(), PairKind.ACCOUNT) == []
    assert list_operators(local_operation, fixed_context()).operators
    judge(local_operation, fixed_context(), PairKind.ACCOUNT, pair["pair_id"], Verdict.WITHDRAWN, reason="too common")
    assert list_operators(local_operation, fixed_context()).operators == {}


def test_a_corrected_report_is_judged_anew(local_operation: Path) -> None:
    row = "X,{0}-1,event,arrest,2022-01-0{1},,{2},{0},Desk {0},persons,,{3},persons,,,"
    reported(local_operation, "one.csv", row.format("NL", 1, "DE", 1), row.format("DE", 2, "DE", 1))
    (pair,) = list_pairs(local_operation, fixed_context(), PairKind.OUTCOME)
    judge(local_operation, fixed_context(), PairKind.OUTCOME, pair["pair_id"], Verdict.SAME, reason="one arrest")
    bring_up_to_date(local_operation, fixed_context(), Silent())
    assert show_results(local_operation, fixed_context())[0].lines[0].total == 1
    reported(local_operation, "two.csv", row.format("DE", 9, "AT", 5))
    assert show_results(local_operation, fixed_context())[0].lines[0].total == 6
    judge(local_operation, fixed_context(), PairKind.OUTCOME, pair["pair_id"], Verdict.WITHDRAWN, reason="moot")


def test_a_list_sent_again_is_proposed_as_double(local_operation: Path) -> None:
    row = "X,,event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,"
    other = row.replace("2022-01-01", "2022-03-01")
    reported(local_operation, "one.csv", row)
    reported(local_operation, "two.csv", row, other)
    (result,) = show_results(local_operation, fixed_context())
    assert result.lines[0].total == 3
    assert len(result.doubles_open) == 1


@pytest.mark.parametrize("cells", ["12,5;kg;;", "3;kg;;at least"])
def test_what_a_report_cannot_mean_is_refused(local_operation: Path, cells: str) -> None:
    amount, unit, package, bound = cells.split(";")
    wrong = f'X,R-1,event,seizure,2022-01-01,,NL,NL,Desk,drugs,,"{amount}",{unit},{bound},{package},'
    reported(local_operation, "report.csv", wrong, "X,R-2,event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,")
    (result,) = show_results(local_operation, fixed_context())
    assert [line.item for line in result.lines] == ["persons"]
    assert result.refused_rows == 1


def test_a_changed_word_list_or_macro_makes_tables_stale(local_operation: Path, monkeypatch) -> None:
    added(local_operation, "pages.csv", CAPTURE + "2021-01-01,1,anna,Haze,,,1,EUR,NL,,\n")
    bring_up_to_date(local_operation, fixed_context(), Silent())
    monkeypatch.setattr(steps, "software", lambda: "another version")
    with open_operation(local_operation, fixed_context()) as operation:
        assert {step.state for step in steps.states(operation, STEPS)} == {"stale"}


@pytest.mark.usefixtures("anew")
def test_what_a_crash_left_behind_is_not_read_and_goes(local_operation: Path) -> None:
    added(local_operation, "pages.csv", CAPTURE + "2021-01-01,1,anna,Haze,,,1,EUR,NL,,\n")
    home = local_operation / "derived"
    (home / ".unfinished-abc-account.json").write_text("")
    (home / ".unfinished-abc-account.parquet").write_bytes(b"half")
    bring_up_to_date(local_operation, fixed_context(), Silent())
    assert not list(home.glob(".unfinished*"))


def test_a_package_of_undated_pages_says_so(local_operation: Path) -> None:
    header = "list,date,vendor,product,price,cat,subcat,subsubcat,feedback,from,to\n"
    added(local_operation, "pages.csv", header + "x__1.html,NA,anna,Haze,1,Drugs,Weed,NA,,Germany,EU\n")
    bring_up_to_date(local_operation, fixed_context(), Silent())
    (built,) = build_packages(local_operation, fixed_context(), Silent())
    assert show_package(local_operation, fixed_context(), built.package_id)["newest_record_on"] is None
    assert "no record here bears a readable day" in built.page.read_text(encoding="utf-8")


def test_an_unchanged_package_is_registered_once(local_operation: Path) -> None:
    added(local_operation, "pages.csv", CAPTURE + "2021-01-01,1,anna,Haze,,,1,EUR,NL,,\n")
    bring_up_to_date(local_operation, fixed_context(), Silent())
    for _ in range(3):
        build_packages(local_operation, fixed_context(), Silent())
    with open_operation(local_operation, fixed_context()) as operation:
        built = operation.ledger.entries(ActKind.PACKAGE_BUILT)
    assert [entry.payload["version"] for entry in built] == [1]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    content = b'\xef\xbb\xbf"a",b\n1,2\n'
    assert Delimited().recognises(content)
    assert Delimited().layout(io.BytesIO(content)) == {"rows": ("a", "b")}
    (batch,) = Delimited().read(io.BytesIO(content), "utf-8")
    assert isinstance(batch, RawBatch)
    assert content[batch.offsets[0] : batch.offsets[0] + batch.lengths[0]] == b"1,2\n"


@pytest.mark.parametrize("last", [b'3.5" disk,4\n', b"Total: 1\n", b'a "quoted" word,2\n'])
def test_a_whole_last_line_is_never_taken_for_a_cut(last: bytes) -> None:
    pieces = list(Delimited().read(io.BytesIO(b"a,b\n1,2\n" + last), "utf-8"))
    assert not any(isinstance(piece, Refused) and piece.is_damage for piece in pieces)


def test_odd_names_of_folders_files_and_owners_do_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operation = made_operation(tmp_path / "o'p; -- x")
    folder = tmp_path / "exhibit"
    folder.mkdir()
    text = CAPTURE + "2021-01-01,1,anna,Haze,,,1,EUR,NL,,\n"
    (folder / "line\nbreak.csv").write_text(text, encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv")).write_text(text.replace("anna", "bert"), encoding="utf-8")
    words = [
        "evidence",
        "add",
        str(operation),
        str(folder),
        "--market",
        "M",
        "--authority",
        REF,
        "--owner",
        "x[/bold]\x1b",
    ]
    assert main(words) == 0
    assert main(["run", str(operation)]) == 0
    with open_operation(operation, fixed_context()) as opened:
        exhibit = next(e.subject for e in opened.ledger.entries(ActKind.EXHIBIT_ADDED))
    capsys.readouterr()
    assert main(["evidence", "show", str(operation), exhibit]) == 0
    shown = capsys.readouterr().out
    assert "caf\\xe9.csv" in shown
    assert "x[/bold]" in shown
    assert "\x1b" not in shown


def test_a_folder_named_like_a_pattern_is_refused(tmp_path: Path) -> None:
    """The engine would read the neighbour's files."""
    with pytest.raises(BadRequest):
        made_operation(tmp_path / "op[1]")
    assert not (tmp_path / "op[1]").exists()


def test_a_manifest_reaches_no_file_outside_its_folder(local_operation: Path, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.csv").write_text(REPORT, encoding="utf-8")
    manifest = tmp_path / "inner" / "manifest.json"
    for name in ("../secret.csv", str(tmp_path / "secret.csv")):
        manifest.write_text(f'{{"authorities": [], "exhibits": [{{"path": "{name}", "authority": "{REF}"}}]}}')
        assert main(["evidence", "add", str(local_operation), "--manifest", str(manifest)]) == 65


def test_an_order_at_a_placeholder_price_has_no_value_and_the_others_keep_theirs(local_operation: Path) -> None:
    rows = (
        "INSERT INTO `users` VALUES (1,'anna','2021-02-01 00:00:00',NULL,'2021-01-01 00:00:00');\n"
        "INSERT INTO `vendors` VALUES (1,1,NULL);\n"
        "INSERT INTO `products` VALUES (5,'tea','t',NULL,1,'2021-01-01 00:00:00');\n"
        "INSERT INTO `offers` VALUES (7,5,'20.00'),(8,5,'99999.00');\n"
        "INSERT INTO `purchases` VALUES "
        "(1,7,9,1,1,'0.5','delivered','btc','2021-02-01 10:00:00'),"
        "(2,8,9,1,1,'2','delivered','btc','2021-02-01 11:00:00'),"
        "(3,7,9,1,1,'9999','delivered','btc','2021-02-01 12:00:00'),"
        "(4,7,9,1,1,'1','delivered','btc','2021-03-01 12:00:00');\n"
    )
    added(local_operation, "dump.sql", DUMP + rows + END)
    added(local_operation, "prices.csv", "Date,BTC_USD,BTC_EUR\n2021-02-01,50000,41000\n", market="")
    sales = {row["sale_server_id"]: row for row in derived(local_operation, "sale_valued")}
    assert {name: row["value_eur"] for name, row in sales.items()} == {"1": 20_500, "2": None, "3": None, "4": None}
    assert {name for name, row in sales.items() if row["is_placeholder"]} == {"2", "3"}
    prices = [row["price_is_placeholder"] for row in derived(local_operation, "listing")]
    assert len(prices) == 1
    assert build_packages(local_operation, fixed_context(), Silent()) is not None
