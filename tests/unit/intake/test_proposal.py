"""A proposed profile rests on names and contents, says so line by line, and never maps what it is not sure of."""

import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake.mapping import SourceRows
from crossbearing.intake.mapping import mapped as mapped_rows
from crossbearing.intake.part_reader import Recognised
from crossbearing.intake.profile import Profile, parse_profile, record_query
from crossbearing.intake.proposing import sample as sampling
from crossbearing.intake.proposing.expressions import expression
from crossbearing.intake.proposing.facts import Facts
from crossbearing.intake.proposing.kinds import ELSEWHERE, KINDS, REFERENCES
from crossbearing.intake.proposing.looks import _SEES
from crossbearing.intake.proposing.proposal import Proposal, propose
from crossbearing.intake.proposing.words import CUT, LAST, WHOLE, column_words, fit, lists, table_words, words_of
from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.sources import Source
from crossbearing.store.records import transformer
from made_identifiers import base58check

Table = tuple[Sequence[str], Sequence[Sequence[str | None]]]
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQENBF\n-----END PGP PUBLIC KEY BLOCK-----"
SEALED = "-----BEGIN PGP MESSAGE-----\nhQEMA\n-----END PGP MESSAGE-----"
NAMES = ("amberquay", "bluetern", "coldmarsh", "dunfell", "eastwharf", "fenlark", "greyholm", "hollowbay")


class Rows:
    """A reader of tables that stand in memory."""

    version = "1"
    format_reference = "none: rows in memory"

    def __init__(self, tables: Mapping[str, Table], name: str = "mysqldump", rows_at_once: int = 1000) -> None:
        self.name = name
        self._tables, self._size = tables, rows_at_once

    def recognises(self, head: bytes) -> bool:  # noqa: ARG002 - as the protocol has it
        return True

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002 - likewise
        return {name: tuple(columns) for name, (columns, _) in self._tables.items()}

    def read(self, stream: BinaryIO, encoding: str) -> Iterator[RawBatch | Refused]:  # noqa: ARG002 - likewise
        for name, (columns, rows) in self._tables.items():
            for start in range(0, len(rows), self._size):
                piece = rows[start : start + self._size]
                yield RawBatch.of_rows(name, columns, piece, [(start + at + 1, 0, 1) for at in range(len(piece))])


def proposed(tables: Mapping[str, Table], *, reader: str = "mysqldump", file: str = "dump.sql") -> Proposal:
    found = Recognised(rows := Rows(tables, reader), None, rows.layout(io.BytesIO()))
    return propose(Source(file, 1, lambda: io.BufferedReader(io.BytesIO(b"x"))), found, "2026-01-01")


def mapped(proposal: Proposal) -> dict[str, str]:
    """Source column by record table and column, of what is mapped."""
    return {f"{one.record}.{one.column}": one.source for one in proposal.columns if one.is_mapped and one.source}


def accounts(**extra: Sequence[str | None]) -> Table:
    """Eight accounts, and whatever is wanted beside."""
    rows = [(str(number), name, f"2021-0{number}-02 10:00:00") for number, name in enumerate(NAMES, start=1)]
    return ("id", "username", "created_at", *extra), [
        (*row, *(values[at] for values in extra.values())) for at, row in enumerate(rows)
    ]


def test_every_slot_is_a_record_column_or_feeds_one_elsewhere() -> None:
    for kind in KINDS:
        own = {column.name for column in RECORD_TABLES[kind.record].columns}
        assert {slot for slot in kind.slots if slot not in ELSEWHERE} <= own
        assert all(slot in kind.slots for group in kind.needs for slot in group if slot)
        assert set(kind.words) <= set(lists().thing)
        for slot, looks in kind.slots.items():
            assert looks in _SEES or looks in {"reference", "shared id", "foreign handle"}
            assert (looks == "reference") == (slot in REFERENCES and looks not in {"shared id", "own id"})
    for wanted in REFERENCES.values():
        assert {*wanted.words, *wanted.also} <= set(lists().thing)
        assert set(wanted.kinds) <= {kind.name for kind in KINDS}


def test_lists_name_record_columns_and_say_nothing_twice() -> None:
    columns = {column.name for table in RECORD_TABLES.values() for column in table.columns}
    assert set(lists().column) <= columns
    secret = {"".join(words) for words in lists().secret}
    assert not secret & {"".join(words) for several in lists().column.values() for words in several}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tblUser_btcAddress", ("tbl", "user", "btc", "address")), ("PGPKey", ("pgp", "key")),
        ("user-name", ("user", "name")),
        ("lastlogin", ("lastlogin",)), ("__", ("__",)), ("", ("",)), ("sales2021", ("sales", "2021")),
    ],
)  # fmt: skip
def test_names_are_taken_apart(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_words_that_all_names_share_say_nothing() -> None:
    assert column_words(["usrId", "usrName", "usrDate"]) == {
        "usrId": ("id",), "usrName": ("name",), "usrDate": ("date",),
    }  # fmt: skip
    assert column_words(["id", "usrName"])["usrName"] == ("usr", "name")
    assert table_words("wp_users", ["wp_users", "wp_posts", "wp_links"]) == ("users",)
    assert table_words("tblUsers", ["tblUsers"]) == ("users",)


@pytest.mark.parametrize(
    ("name", "wanted", "score"),
    [
        ("users", "user", WHOLE), ("user_name", "username", WHOLE), ("categories", "category", WHOLE),
        ("usr", "user", CUT),
        ("prod", "product", CUT), ("buyr", "buyer", CUT), ("old_users", "user", LAST), ("us", "user", 0),
        ("ox", "overdose", 0),
        ("mess", "address", 0), ("progress", "product", 0),
    ],
)  # fmt: skip
def test_a_name_fits_a_word_whole_cut_or_at_its_end(name: str, wanted: str, score: float) -> None:
    assert fit(words_of(name), [(wanted,)]) == score


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["2021-03-04 05:06:07", "2021-03-04T05:06:07Z", "2021-03-04 05:06"], "time"), (["2021-03-04"], "day"),
        (["1614834367", "1614834367.25", "0"], "seconds"), (["1614834367000"], "milliseconds"),
        (["4.3.2021 05:06", "14.03.2021"], "dotted"), (["14/03/2021"], "slashed"),
        (["03/04/2021"], "slashed, month first"),
        (["1", "2"], ""), (["0", "0"], ""), (["9999999999"], ""), (["2021"], ""), ([], ""),
        (["soon", "2021-03-04"], ""),
    ],
)  # fmt: skip
def test_a_time_is_known_in_its_forms(values: list[str], form: str) -> None:
    assert Facts.of("t", "c", 0, values).time_form == form


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2021-03-04 05:06:07", "2021-03-04 05:06:07"), ("1614834367", "2021-03-04 05:06:07"),
        ("1614834367999", "2021-03-04 05:06:07"), ("4.3.2021 05:06:07", "2021-03-04 05:06:07"),
        ("14/03/2021 05:06", "2021-03-14 05:06:00"), ("03/14/2021", "2021-03-14 00:00:00"),
    ],
)  # fmt: skip
def test_each_form_of_a_time_is_read_by_its_expression(value: str, wanted: str) -> None:
    import pyarrow as pa

    column = Facts.of("t", "when", 0, [value])
    with transformer() as engine:
        raw = pa.table({"when": [value]})
        for is_day in (False, True):
            text = expression("time", column, is_day=is_day, is_database=True)
            found = engine.apply(raw, f"SELECT {text} AS x FROM raw")[0].column(0)[0].as_py()
            assert str(found) == (wanted[:10] if is_day else wanted)


def test_columns_are_found_by_their_contents_where_names_say_nothing() -> None:
    proposal = proposed({"users": accounts(xq=[KEY, None] * 4, zz=["x@y.invalid"] * 8)})
    assert mapped(proposal) == {
        "account_sighting.account_server_id": "id", "account_sighting.account_handle": "username",
        "account_sighting.registered_at": "created_at", "key_block.account_server_id": "id",
        "key_block.account_handle": "username", "key_block.armour": "xq",
    }  # fmt: skip
    assert "'xq', a name that says nothing" in proposal.text
    assert 'optional = ["zz"]' in proposal.text


def test_what_a_column_points_at_is_found_by_its_values() -> None:
    members = [f"{number:032x}" for number in range(50)]
    adverts = [f"{number:032x}" for number in range(1000, 1030)]
    tables = {
        "users": (("id", "username"), [(one, f"user{at}x") for at, one in enumerate(members)]),
        "products": (
            ("id", "title", "blub"),
            [(one, f"good thing number {at}", members[at % 7]) for at, one in enumerate(adverts)],
        ),
        "orders": (
            ("id", "aa", "bb", "cc", "price"),
            [
                (f"{9000 + at:032x}", adverts[at % 30], members[20 + at % 20], members[at % 7], f"{at}.50")
                for at in range(60)
            ],
        ),
    }
    found = mapped(proposed(tables))
    assert found["listing_sighting.seller_server_id"] == "blub"
    assert found["sale.listing_server_id"] == "aa"
    assert found["sale.seller_server_id"] == "cc"
    assert found["sale.buyer_server_id"] == "bb"


def test_two_columns_that_cannot_be_told_apart_are_not_mapped() -> None:
    tables = {
        "users": accounts(),
        "messages": (
            ("id", "u1", "u2", "body", "created_at"),
            [
                (
                    str(at + 900),
                    str(at % 8 + 1),
                    str((at + 3) % 8 + 1),
                    f"hello there friend {at}",
                    "2021-01-01 10:00:00",
                )
                for at in range(30)
            ],
        ),
    }
    proposal = proposed(tables)
    assert not {"message.sender_server_id", "message.recipient_server_id"} & set(mapped(proposal))
    assert "would do as well" in proposal.text


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("password", ["hunter2x", "secretword"] * 4), ("user_pwd", ["hunter2x", "secretword"] * 4),
        ("privateKey", [KEY] * 8),
        ("pgp_private_key", ["x"] * 8), ("withdrawal_pin", ["1234"] * 8), ("mnemonic", ["amber " * 12] * 8),
        ("about", ["$2y$10$abcdefghijklmnopqrstuv"] * 8), ("about", [" ".join(["amber"] * 12)] * 8),
        ("pgp", ["-----BEGIN PGP PRIVATE KEY BLOCK-----"] * 8), ("bio", ["5" + "K" * 50] * 8),
    ],
)  # fmt: skip
def test_passwords_phrases_and_private_keys_are_never_mapped(name: str, values: list[str]) -> None:
    """Neither by name nor, under a harmless name, by content; not even in a comment."""
    proposal = proposed({"users": accounts(**{name: values})})
    assert not [one for one in proposal.columns if one.source == name]
    assert f"# never mapped: {name}" in proposal.text


def test_sealed_texts_go_into_sealed_tables_only() -> None:
    tables = {
        "users": accounts(about=[SEALED] * 8),
        "feedback": (
            ("id", "user_id", "stars", "comment"),
            [(str(at + 900), str(at % 8 + 1), str(at % 5 + 1), SEALED) for at in range(20)],
        ),
    }
    lines = [one for one in proposed(tables).columns if one.source in {"about", "comment"}]
    assert not [one for one in lines if one.is_mapped]
    says_of_it = {"is_encrypted", "body_length"}
    assert not [one for one in lines if one.column not in says_of_it and not RECORD_TABLES[one.record].protection]


def test_a_sale_gives_its_payment_and_its_delivery() -> None:
    words = [
        (
            str(at + 500),
            str(at % 8 + 1),
            str(at * 3 % 8 + 1),
            base58check(0, bytes([at] * 20)),
            SEALED,
            f"0.0{at}1",
            "BTC",
        )
        for at in range(30)
    ]
    tables = {
        "users": accounts(),
        "orders": (("id", "buyer_id", "vendor_id", "xx", "yy", "zz", "coin"), words),
    }
    found = mapped(proposed(tables))
    assert found["payment.address"] == "xx"
    assert found["payment.currency"] == "coin"
    assert found["delivery.address_text"] == found["delivery.is_encrypted"] == "yy"
    assert found["sale.amount"] == "zz"


def test_a_role_is_read_from_its_words_and_from_a_yes_or_no() -> None:
    spelled = proposed({"users": accounts(role=["Vendor", "buyer", "Admin", "guest"] * 2)})
    assert "WHEN 'vendor' THEN 'seller'" in spelled.text
    assert "WHEN 'admin' THEN 'staff'" in spelled.text
    assert "guest" not in spelled.text
    assert "THEN 'seller' WHEN" in proposed({"users": accounts(is_vendor=["0", "1"] * 4)}).text


def test_no_value_of_the_file_stands_in_the_proposal_but_words_for_roles() -> None:
    text = proposed(
        {"users": accounts(bio=[f"I sell since {at} and live in Nowhereton, ask away" for at in range(8)])}
    ).text
    assert not [name for name in NAMES if name in text]
    assert "Nowhereton" not in text


def test_a_price_states_its_currency_by_its_name_or_asks() -> None:
    def listing(price: str) -> Table:
        return ("id", "seller", "title", price), [
            (str(at), "amberquay", f"some fine thing {at}", f"{at}.50") for at in range(9)
        ]

    assert "price_currency = \"'EUR'\"" in proposed({"products": listing("price_eur")}).text
    assert (
        "# price_currency = \"'USD'\"  # not sure: nothing states it" in proposed({"products": listing("price")}).text
    )


def test_columns_named_like_words_of_the_language_are_quoted() -> None:
    columns = ("id", "Seller Name", "title", "desc", "from", "to", 'a"b', "select")
    rows = [
        (str(at), "amberquay", f"some fine thing {at}", "word " * 20 + str(at), "Germany", "France", str(at), "x")
        for at in range(9)
    ]
    proposal = proposed({"order by": (columns, rows), "products": (columns, rows)})
    found = mapped(proposal)
    assert {found[f"listing_sighting.{one}"] for one in ("seller_handle", "description", "ships_from", "ships_to")} == {
        "Seller Name", "desc", "from", "to",
    }  # fmt: skip
    assert """seller_handle = 'folded("Seller Name")'""" in proposal.text
    assert_profile(proposal, dict.fromkeys(("order by", "products"), columns))


@pytest.mark.parametrize("name", ["", "last\0login", "ID"])
def test_columns_that_the_engine_cannot_name_are_not_mapped(name: str) -> None:
    columns, rows = accounts(x=["2022-01-01 10:00:00"] * 8)
    layout = {"users": (*columns[:-1], name)}
    proposal = proposed({"users": (layout["users"], rows)})
    assert name not in mapped(proposal).values()
    assert_profile(proposal, layout)


def test_an_expression_that_does_not_read_the_values_is_not_mapped() -> None:
    listing = (
        ("id", "seller", "title", "price"),
        [(str(at), "amberquay", f"some fine thing {at}", "12.50 or so") for at in range(9)],
    )
    decimal_comma = (listing[0], [(*row[:3], "1.234.567.50") for row in listing[1]])
    for table in (listing, decimal_comma):
        assert "listing_sighting.price" not in mapped(proposed({"products": table}))


def test_an_expression_that_the_engine_refuses_takes_back_its_own_line_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from crossbearing.intake.proposing import drafting

    def broken(looks: str, column: Facts, *, is_day: bool, is_database: bool) -> str:
        text = expression(looks, column, is_day=is_day, is_database=is_database)
        return "no_such_word(created_at)" if column.name == "created_at" else text

    monkeypatch.setattr(drafting, "expression", broken)
    proposal = proposed({"users": accounts(last_login=["2022-01-01 10:00:00"] * 8)})
    found = mapped(proposal)
    assert "account_sighting.registered_at" not in found
    assert found["account_sighting.last_seen_at"] == "last_login"
    assert "but only 0 of 8 values are read" in proposal.text


def test_bytes_that_are_no_utf_8_ask_for_another_encoding() -> None:
    assert proposed({"users": accounts(bio=[r"gr\xfc\xdfe"] * 8)}).text.count('encoding = "cp1252"') == 1
    assert 'encoding = "utf-8"' in proposed({"users": accounts()}).text


def test_a_table_that_says_nothing_is_named_with_its_columns() -> None:
    proposal = proposed({"users": accounts(), "captchas": (("k", "v"), [("a b", "c d")] * 3), "empty": ((), ())})
    assert proposal.left_out == {"captchas": ["k", "v"], "empty": []}
    assert "# Left out: table captchas (k, v): nothing was recognised." in proposal.text
    assert parse_profile(proposal.text, where="test").table("captchas") is None


def test_nothing_sure_is_no_profile_and_says_so() -> None:
    proposal = proposed({"t": (("a", "b"), [(name, f"2021-0{at + 1}-01 10:00:00") for at, name in enumerate(NAMES)])})
    assert proposal.columns
    assert not proposal.is_usable
    assert "this is no profile until" in proposal.text.replace("\n# ", " ")
    assert "table" not in tomllib.loads(proposal.text)


def test_a_name_alone_is_no_proposal() -> None:
    proposal = proposed({"users": accounts(), "pictures": (("",), []), "staff": (("x",), [("a b",)])})
    assert set(proposal.left_out) == {"pictures", "staff"}
    assert set(proposal.kinds) == {"users"}


def test_an_empty_schema_is_proposed_by_its_names() -> None:
    proposal = proposed({"users": (("id", "username", "created_at"), []), "x": (("y",), [])})
    assert mapped(proposal)["account_sighting.account_handle"] == "username"
    assert "no row" in proposal.text


def test_the_proposal_does_not_depend_on_how_rows_come() -> None:
    table = {"users": (("id", "username"), [(str(at), f"name{at}x") for at in range(1200)])}
    every = set()
    for size in (1, 7, 499, 500, 501, 5000):
        rows = Rows(table, rows_at_once=size)
        found = Recognised(rows, None, rows.layout(io.BytesIO()))
        every.add(propose(Source("d", 1, lambda: io.BufferedReader(io.BytesIO(b"x"))), found, "2026-01-01").text)
    assert len(every) == 1


def test_reading_stops_after_the_most_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "_MOST_ROWS", 1000)
    proposal = proposed(
        {"users": (("id", "username"), [(str(at), f"name{at}x") for at in range(5000)]), "x": (("y",), [])}
    )
    assert proposal.rows == 1000
    assert "reading stopped before the end" in proposal.text


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "id",
        "user_id",
        "from",
        "select",
        "username",
        "price",
        "created_at",
        'a"b',
        "it's",
        "x\ny",
        "#",
        "[t]",
        "a.b",
        "\x7f",
        "\\",
    ]
)
cells = st.none() | st.text(max_size=12) | st.sampled_from(
    ["1", "2", "12.50", "2021-01-02 10:00:00", "1614834367", KEY, SEALED, "amberquay", "BTC", "", " ", "Germany", "t"]
)  # fmt: skip


@st.composite
def any_tables(draw: st.DrawFn) -> dict[str, Table]:
    tables = {}
    for name in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        columns = draw(st.lists(names, min_size=1, max_size=6, unique_by=str.casefold))
        kinds = [draw(st.lists(cells, min_size=1, max_size=3)) for _ in columns]
        rows = [[draw(st.sampled_from(kind)) for kind in kinds] for _ in range(draw(st.integers(0, 12)))]
        tables[name] = (columns, rows)
    return tables


@given(any_tables(), st.sampled_from(["mysqldump", "delimited"]))
def test_whatever_names_and_values_are_the_proposal_is_a_profile_that_fits(
    tables: dict[str, Table], reader: str
) -> None:
    proposal = proposed(tables, reader=reader)
    assert_profile(proposal, {name: tuple(columns) for name, (columns, _) in tables.items()})


def assert_profile(proposal: Proposal, layout: Mapping[str, Sequence[str]]) -> Profile | None:
    """It is TOML, also with everything taken out of the comments; it fits, and the engine takes every expression."""
    for text in (proposal.text, out_of_comments(proposal.text)):
        if "table" not in tomllib.loads(text):
            continue
        profile = parse_profile(text, where="proposal")
        assert profile.fits(layout)
        with transformer() as engine:
            for table in profile.tables:
                none = RawBatch.of_rows(table.name, (*table.required, *table.optional), [], [])
                raw = SourceRows(table, {}, [("", none)]).raw()
                mapped_rows(SourceRows(table, {}, [("", none)]), engine)
                for mapping in table.mappings:
                    engine.apply(raw, record_query(table, mapping, {"exhibit_id": "E-000000000000", "market": "m"}))
    return parse_profile(proposal.text, where="proposal") if proposal.is_usable else None


def out_of_comments(text: str) -> str:
    """Every proposed line taken over: whole tables, and single columns of tables that are mapped."""
    return re.sub(r"(?m)^# (?=\[table|\w+ = |    \{ when|\]$|    [\"'])", "", text)
