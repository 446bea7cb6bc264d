"""Profiles over saved pages: the simulated market's pages say what its list says; invented ones show each quirk."""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crossbearing.domain.openpgp import KeyState, read_keys
from crossbearing.intake.mapping import SourceRows
from crossbearing.intake.mapping import mapped as mapped_rows
from crossbearing.intake.part_reader import Recognised, recognise
from crossbearing.intake.reader import Refused
from crossbearing.intake.sources import Source, open_part
from crossbearing.store.records import transformer


def mapped(paths: Sequence[Path]) -> tuple[dict[str, list[dict[str, Any]]], Counter[str], set[str]]:
    """Records by table, refusals by reason, and the profiles that took the files."""
    records: dict[str, list[dict[str, Any]]] = {}
    reasons: Counter[str] = Counter()
    taken = set()
    with transformer() as engine:
        for path in paths:
            source = Source.of_file(path)
            found = recognise(source)
            assert found is not None
            assert found.profile is not None
            taken.add(found.profile.name)
            with open_part(source) as stream:
                pieces = list(found.reader.read(stream, found.profile.encoding))
            for piece in pieces:
                if isinstance(piece, Refused):
                    assert not piece.is_damage
                    reasons[piece.table] += 1
                    continue
                table = found.profile.table(piece.table)
                constants = {"exhibit_id": "E-1", "market": "M", "reader": "r"}
                given = mapped_rows(SourceRows(table, constants, [(path.name, piece)]), engine)
                reasons.update(given.refused.values())
                for record, rows, _ in given.records:
                    records.setdefault(record, []).extend(rows.to_pylist())
    return records, reasons, taken


def test_the_saved_pages_of_the_simulated_market_say_what_its_list_says(simulated: Path) -> None:
    pages, reasons, _ = mapped([simulated / "evidence" / "plover-pages.warc.gz"])
    listed, _, _ = mapped([simulated / "evidence" / "plover-listings.csv"])

    def adverts(records: dict[str, list[dict[str, Any]]]) -> set[tuple[object, ...]]:
        return {
            (int(r["listing_server_id"].removeprefix("pl")), r["seller_handle"], r["title"], r["price"],
             r["price_currency"], r["category"], r["ships_from"], r["seen_on"])
            for r in records["listing_sighting"]
        }  # fmt: skip

    assert adverts(pages) == adverts(listed)
    assert None not in {value for advert in adverts(pages) for value in advert}

    def keys(records: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str]]:
        blocks = [b for b in records["key_block"] if b["context"] == "own_profile"]
        return {(b["account_handle"], key.fingerprint) for b in blocks for key in read_keys(b["armour"])}

    assert keys(listed)
    assert keys(listed) <= keys(pages)  # a page shows every key of a profile, the list the first one
    assert {k.state for b in pages["key_block"] for k in read_keys(b["armour"])} == {KeyState.CRC_OK}
    assert set(reasons) == {"request", "warcinfo", "no web page; pictures and other files stay with the original"}


FOOT = "</div><footer><table><tr><td>Date: 2017-06-01 10:00 UTC</td></tr></table></footer></body></html>"
TOP = '<!DOCTYPE html><html><head><title>x</title></head><body><a class="navbar-brand" href="/"><img></a><div>'
TABS = '<ul class="nav-tabs"><li><a href="/vendor/alder/">Profile</a></li><li><a href="/vendor/alder/pgp/">x</a></ul>'
PATH = '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/category/1/">Goods</a></li><li>Tea</li></ol>'
HEAD = (
    '<h1> alder <span><a href="/store/alder/">Store</a></span></h1><p>Vendor</p><p class="text-muted">Last seen - '
    '2017-05-30 UTC <i></i> Vendor since - 2016-01-02 UTC</p><div class="row-vendor-profile"><h3>Orders</h3></div>'
)
ADVERT = (
    f'{TOP}{PATH}<h2>5 g of tea</h2><form action="/listing/77/" method="post"><div class="listing-price"><strong>USD'
    ' 1,234.50</strong></div><table class="no-border"><tr><td>Vendor</td><td><a href="/vendor/alder/">alder</a></td>'
    "</tr><tr><td>Ships From</td><td>The  Moon</td></tr><tr><td>Ships To</td><td>Worldwide</td></tr></table>"
    '<table class="table-aa"><thead><tr><th>Also:</th></tr></thead><tbody><tr><td><a href="/listing/78/">10 g of tea'
    "</a></td><td><strong>USD 2,000.00</strong></td></tr></tbody></table></form><h3>Details</h3><p>fresh<br>tea</p>"
    + FOOT
)
ITEM = (
    '<div class="row-item"><div class="item-details"><a href="/listing/{0}/">{1}</a></div><div class="user-details">'
    '<a href="/vendor/{2}/">{2}</a> [<strong>+7</strong>]</div>{3}<div class="listing-price"><strong>USD {4}</strong>'
    "</div>{5}</div>"
)
BELOW = (
    '<table class="table table-aa"><thead><tr><th>Also:</th></tr></thead><tbody><tr><td><a href="/listing/7/">more tea'
    '</a></td><td><strong>USD 1,007.00</strong></td></tr><tr><td><a href="/listing/8/">most tea</a></td><td><strong>USD'
    ' 8.00</strong></td></tr><tr><td colspan="2"><a href="/listing/5/">3 more</a></td></tr></tbody></table>'
)
INVENTED = {
    "advert": ADVERT,
    "list": f"{TOP}{PATH}"
    + ITEM.format(5, "tea", "alder", '<small class="text-muted-666">Ships from: The Moon</small>', "5.00", BELOW)
    + ITEM.format(6, "coffee", "birch", "", "6.00", "")
    + ITEM.format(9, "cocoa", "cedar", "", "9.00", BELOW.replace("/7/", "/10/").replace("/8/", "/11/")) + FOOT,
    "vendor": f"{TOP}{HEAD}{TABS}<h4>Vendor Profile</h4>I sell <b>tea</b>.<br>Bye." + FOOT,
    "key": f"{TOP}{HEAD}{TABS}<h4>Vendor Public PGP Key</h4><code>-----BEGIN PGP PUBLIC KEY BLOCK-----<br><br>AAAA<br>"
    "-----END PGP PUBLIC KEY BLOCK-----</code>" + FOOT,
    "no seller": ADVERT.replace('href="/vendor/alder/"', ""),
    "search": f"{TOP}<p>nothing found</p>{FOOT}",
    "elsewhere": "<!DOCTYPE html><title>x</title><p>another site",
}  # fmt: skip


def test_each_kind_of_invented_page_gives_its_records(tmp_path: Path) -> None:
    paths = []
    for name, page in INVENTED.items():
        paths.append(tmp_path / f"{name}.htm")
        paths[-1].write_text(page, encoding="utf-8")
    elsewhere = recognise(Source.of_file(paths.pop()))
    assert isinstance(elsewhere, Recognised)
    assert elsewhere.profile is None
    records, reasons, taken = mapped(paths)
    assert taken == {"hansa-2017-pages"}
    assert reasons == {
        "an advert without a seller": 1,
        "neither an advert nor a list of adverts nor a vendor's profile": 1,
    }
    names = ("listing_server_id", "seller_handle", "title", "category", "price_text", "ships_from", "ships_to")
    assert [tuple(r.get(name) for name in names) for r in records["listing_sighting"]] == [
        ("77", "alder", "5 g of tea", "Goods", "USD 1,234.50", "The Moon", "Worldwide"),
        ("78", "alder", "10 g of tea", None, "USD 2,000.00", None, None),
        ("5", "alder", "tea", "Goods / Tea", "USD 5.00", "The Moon", None),
        ("6", "birch", "coffee", "Goods / Tea", "USD 6.00", None, None),
        ("9", "cedar", "cocoa", "Goods / Tea", "USD 9.00", None, None),
        ("7", "alder", "more tea", "Goods / Tea", "USD 1,007.00", None, None),
        ("8", "alder", "most tea", "Goods / Tea", "USD 8.00", None, None),
        ("10", "cedar", "more tea", "Goods / Tea", "USD 1,007.00", None, None),
        ("11", "cedar", "most tea", "Goods / Tea", "USD 8.00", None, None),
    ]
    assert [float(r["price"]) for r in records["listing_sighting"]] == [1234.5, 2000, 5, 6, 9, 1007, 8, 1007, 8]
    assert {str(r["seen_on"]) for r in records["listing_sighting"]} == {"2017-06-01"}
    assert records["listing_sighting"][0]["description"] == "fresh\ntea"
    accounts = [(r["account_handle"], r.get("about")) for r in records["account_sighting"]]
    assert sorted(accounts, key=str) == [
        ("alder", "I sell tea.\nBye."), ("alder", None), ("alder", None), ("alder", None), ("birch", None),
        ("cedar", None),
    ]  # fmt: skip
    seen = {
        (str(r["registered_at"]), str(r["last_seen_at"])) for r in records["account_sighting"] if r.get("last_seen_at")
    }
    assert seen == {("2016-01-02 00:00:00", "2017-05-30 00:00:00")}
    (block,) = records["key_block"]
    assert block["account_handle"] == "alder"
    assert block["armour"].splitlines() == [
        "-----BEGIN PGP PUBLIC KEY BLOCK-----", "", "AAAA", "-----END PGP PUBLIC KEY BLOCK-----",
    ]  # fmt: skip


@pytest.mark.long
@pytest.mark.real_data
def test_the_real_pages_of_2017_give_every_advert_profile_and_key(real_data: Path) -> None:
    records, reasons, _ = mapped(sorted((real_data / "markets" / "hansa-2017").glob("*.htm")))
    assert not reasons
    adverts = records["listing_sighting"]
    assert len(adverts) == 9 + 27 + 66 + 171
    assert all(a["listing_server_id"] and a["seller_handle"] and a["title"] and a["price"] > 0 for a in adverts)
    assert len(records["account_sighting"]) == 18 + 66
    assert [key.state for b in records["key_block"] for key in read_keys(b["armour"])] == [KeyState.CRC_OK] * 3


# Takes in a capture, first some of it, and prints the rows of both and how much more memory all of it needed, kB.
TAKES_IN = """
import io, re, sys
from pathlib import Path
from crossbearing.intake.part_reader import PartReader, Recognised
from crossbearing.intake.profile import all_profiles
from crossbearing.intake.readers.warc import Warc
from crossbearing.store.originals import Member
from crossbearing.store.records import transformer

class Nowhere:
    def add(self, table, rows, *, set_aside=False):
        pass

def taken_in(content):
    member = Member("x.warc", "", len(content), lambda: io.BufferedReader(io.BytesIO(content)))
    (profile,) = (one for one in all_profiles() if one.name == "plover-pages")
    with transformer() as engine:
        reader = PartReader(Nowhere(), engine, {"exhibit_id": "E-1", "market": "M"}, accept_damaged=False)
        reader.read(member, Recognised(Warc(), profile, {}), lambda size: None)
        (account,) = reader.counts()
    return account.rows_out

def peak():  # kilobytes; what getrusage says begins with the parent's
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

content = sys.stdin.buffer.read()
few, before = taken_in(content[: content.index(b"WARC/", len(content) // 20)]), peak()
print(few, taken_in(content), peak() - before)
"""


OFFER = '<!DOCTYPE html><h1>Tea</h1><p><a href="/vendor/alder">alder</a><p class="price">EUR 5'


def captured(number: int, page: str = OFFER) -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.encode()
    address = f"http://plover.invalid/listing/{number}"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nContent-Length: {len(answer)}\r\n"
    return head.encode() + b"Content-Type: application/http\r\n\r\n" + answer + b"\r\n\r\n"


def test_twenty_times_the_pages_need_hardly_more_memory() -> None:
    """One tree takes some 200 kB: three thousand at once would take 600 MB."""
    content = b"".join(map(captured, range(3_000)))
    run = subprocess.run([sys.executable, "-c", TAKES_IN], input=content, capture_output=True, check=True)
    few, many, kilobytes = map(int, run.stdout.split())
    assert 100 < few < 200
    assert many == 3_000
    assert kilobytes < 60_000


@pytest.mark.parametrize(
    ("adverts_from", "profile"), [(0, "plover-pages"), (999, "plover-pages"), (1_000, None), (1_500, None)]
)
def test_a_capture_is_of_the_market_if_one_of_its_first_thousand_pages_is(
    adverts_from: int, profile: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "pages.warc"
    others = [captured(number, "<!DOCTYPE html><h1>News</h1><p>of another site") for number in range(adverts_from)]
    path.write_bytes(b"".join([*others, *map(captured, range(adverts_from, adverts_from + 3))]))
    found = recognise(Source.of_file(path))
    assert isinstance(found, Recognised)
    assert (found.profile and found.profile.name) == profile
    assert not found.beginning
    cut = recognise(Source.of_file(path), may_be_cut=True)
    assert isinstance(cut, Recognised)
    assert (cut.profile and cut.profile.name) == profile
