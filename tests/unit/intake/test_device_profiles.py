"""Exports of forensic tools: each kind of thing on a device becomes a record, sealed, with its numbers and moments."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pytest
import xlsxwriter

from crossbearing.domain.tables import PROTECTED_TABLES, RECORD_TABLES
from crossbearing.intake.part_reader import PartReader, Recognised, recognise
from crossbearing.intake.profile import all_profiles
from crossbearing.intake.profile_words import profile_words
from crossbearing.intake.sources import Source
from crossbearing.store.arrow import record_schema
from crossbearing.store.originals import Member
from crossbearing.store.records import transformer

Rows: TypeAlias = dict[str, list[dict[str, Any]]]
TABLES = {"device_fact", "device_account", "device_contact", "device_call", "device_text"}
SHEETS: dict[str, Sequence[Sequence[Any]]] = {
    "Device Info": [
        ("#", "Name", "Value"),
        (1, "MSISDN", "+1 202 555 0101"),
        (2, "Owner name", "Sal T. Marsh"),
        (3, "IMEI", ""),
        (4, "Serial", "0046701740605"),
    ],
    "Installed Applications": [
        ("#", "Name", "Version", "Identifier", "Purchase date: Date", "Purchase date: Time", "Categories"),
        (1, "Heron Wallet", "2.1", "invalid.heron", date(2021, 3, 4), "04/03/2021 10:00:00(UTC+0)", "Finance"),
    ],
    "User Accounts": [
        ("#", "Username", "Name", "Entries", "Source", "Password", "Deleted"),
        (1, "salt_marsh", "Sal", "User ID-Id: 77\nPhone-: +12025550101", "Telegram", "do not read", "Intact"),
    ],
    "Contacts": [
        ("#", "Name", "Entries", "Source", "Deleted", "Interaction Statuses", "Created: Date"),
        (1, "Bittern", "Phone-Mobile: +12025550142\r\n\nUser ID-Username: bittern_77", "WhatsApp", "Deleted", "x", ""),
        (2, "Only a name", "", "Native", "", "", ""),
        (3, "", "", "", "", "", ""),
    ],
    "Call Log": [
        ("#", "Direction", "Parties", "Duration", "Timestamp: Date", "Timestamp: Time", "Status", "Deleted - Call"),
        (1, "Outgoing", "To: +12025550142 Bittern", "00:01:07", "2021-03-05", "05/03/2021 14:05:11(UTC+2)", "", ""),
        (2, "Incoming", "0152 28817386", "00:00:00", "03/04/2021", "03/04/2021 14:05:11(UTC+0)", "Missed", "Yes"),
    ],
    "Chats": [
        ("#", "Chat #", "Identifier", "From", "To", "Body", "Timestamp: Date", "Timestamp: Time", "Source",
         "Deleted - Instant Message", "Attachment #1", "Attachment #12 - Details", "Participant photo #3"),
        (1, 4, "chat-9", "12025550142@s.whatsapp.net Bittern", "12025550101@s.whatsapp.net Sal", "wickr: salt_1",
         "05.03.2021", "05.03.2021 14:05:11(UTC-5)", "WhatsApp", "Deleted", "", "", ""),
        (2, 4, "chat-9", "", "", "", "", "", "WhatsApp", "", "photo.jpg", "", ""),
    ],
    "SMS Messages": [
        ("#", "Folder", "Parties", "Message", "Timestamp: Date", "Timestamp: Time", "Status"),
        (1, "Inbox", "From: +12025550142 Bittern", "call me", "2021-03-05", "2021-03-05 14:05:11", "Read"),
        (2, "Sent", "+12025550142 Bittern", "later", "2021-03-05", "2021-03-05 14:06:11", "Sent"),
        (3, "Inbox", "HERON", "code 1234", "2021-03-05", "2021-03-05 14:07:11", "Read"),
    ],
    "Notes": [("#", "Title", "Body", "Source"), (1, "seeds", "twelve words", "Notes")],
    "Locations": [("#", "Latitude", "Longitude"), (1, "0.0", "0.0")],
}  # fmt: skip


def report(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], *, with_title: bool) -> Path:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if with_title:
                sheet.write(0, 0, f"{name} ({len(rows) - 1})")
            for number, row in enumerate(rows, start=int(with_title)):
                for at, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, at, value, day)
                    else:
                        sheet.write(number, at, value)
    return path


def written(path: Path, *rows: Sequence[str]) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return path


class Kept:
    """Records by table, as they are added."""

    def __init__(self) -> None:
        self.rows: Rows = {}

    def add(self, table: str, rows: pa.Table, *, set_aside: bool = False) -> None:
        assert not (set_aside and rows.num_rows)
        full = rows.cast(pa.schema([record_schema(RECORD_TABLES[table]).field(name) for name in rows.column_names]))
        self.rows.setdefault(table, []).extend(full.to_pylist())


def records_of(*paths: Path) -> tuple[Rows, set[str]]:
    """Records of files, refusals among them, and the profiles that took them."""
    kept, taken = Kept(), set()
    with transformer(profile_words()) as engine:
        for path in paths:
            source = Source.of_file(path)
            found = recognise(source)
            assert isinstance(found, Recognised)
            assert found.profile is not None
            taken.add(found.profile.name)
            member = Member(path.name, "", source.size_bytes, source.opened)
            reader = PartReader(kept, engine, {"exhibit_id": "E-1"}, accept_damaged=False)
            reader.read(member, found, lambda _: None)
            (count,) = reader.counts()
            assert count.rows_in == count.rows_out + count.rows_refused
    return kept.rows, taken


def reasons_of(records: Rows) -> Counter[str]:
    return Counter(row["reason"] for row in records.get("refusal", ()))


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def shown(rows: Sequence[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(name) for name in names) for row in rows]


@pytest.mark.parametrize("with_title", [True, False])
class TestReport:
    @pytest.fixture
    def records(self, tmp_path: Path, with_title: bool) -> Rows:
        records, taken = records_of(report(tmp_path / "r.xlsx", SHEETS, with_title=with_title))
        assert taken == {"device-report"}
        assert reasons_of(records) == Counter(
            {
                "the row states nothing that the profile maps": 2,
                "a message without words and sender": 1,
                "table 'Locations' is not mapped by the profile": 1,
                **({"a title above the columns is not read": len(SHEETS)} if with_title else {}),
            }
        )
        return records

    def test_facts_and_programs_of_the_device_are_kept_as_stated(self, records: Rows) -> None:
        assert shown(records["device_fact"], "topic", "name", "stated", "phone", "noted_at") == [
            ("device", "MSISDN", "+1 202 555 0101", "+12025550101", None),
            ("device", "Owner name", "Sal T. Marsh", None, None),
            ("device", "Serial", "0046701740605", None, None),
            ("program", "Heron Wallet", "invalid.heron 2.1", None, moment(2021, 3, 4, 10)),
        ]

    def test_accounts_are_kept_without_their_passwords(self, records: Rows) -> None:
        assert shown(records["device_account"], "service", "account_name", "display_name", "phone", "is_deleted") == [
            ("Telegram", "salt_marsh", "Sal", "+12025550101", False)
        ]
        assert "do not read" not in str(records)

    def test_every_entry_of_a_contact_is_a_record_and_a_bare_name_is_one_too(self, records: Rows) -> None:
        assert shown(records["device_contact"], "display_name", "entry_kind", "entry", "phone", "is_deleted") == [
            ("Bittern", "Phone-Mobile", "+12025550142", "+12025550142", True),
            ("Bittern", "User ID-Username", "bittern_77", None, True),
            ("Only a name", None, None, None, None),
        ]

    def test_a_call_has_its_moment_in_utc_unless_its_day_is_in_doubt(self, records: Rows) -> None:
        assert shown(records["device_call"], "direction", "phone", "duration", "called_at", "is_deleted") == [
            ("Outgoing", "+12025550142", "00:01:07", moment(2021, 3, 5, 12, 5, 11), None),
            ("Incoming", None, "00:00:00", None, True),
        ]
        assert "03/04/2021 14:05:11(UTC+0)" in records["device_call"][1]["time_text"]

    def test_chats_messages_and_notes_are_texts_with_their_sides(self, records: Rows) -> None:
        assert shown(records["device_text"], "kind", "sender_phone", "recipients", "body", "sent_at") == [
            (
                "chat",
                "+12025550142",
                "12025550101@s.whatsapp.net Sal",
                "wickr: salt_1",
                moment(2021, 3, 5, 19, 5, 11),
            ),
            ("text message", "+12025550142", None, "call me", moment(2021, 3, 5, 14, 5, 11)),
            ("text message", None, "+12025550142 Bittern", "later", moment(2021, 3, 5, 14, 6, 11)),
            ("text message", None, None, "code 1234", moment(2021, 3, 5, 14, 7, 11)),
            ("note", None, None, "twelve words", None),
        ]


def test_a_report_with_some_of_the_sheets_fits_and_one_without_any_does_not(tmp_path: Path) -> None:
    for name in set(SHEETS) - {"Locations"}:
        records, taken = records_of(report(tmp_path / f"{name}.xlsx", {name: SHEETS[name]}, with_title=True))
        assert taken == {"device-report"}
        assert set(records) <= TABLES | {"refusal"}
    found = recognise(Source.of_file(report(tmp_path / "x.xlsx", {"Locations": SHEETS["Locations"]}, with_title=True)))
    assert isinstance(found, Recognised)
    assert found.profile is None


def test_a_report_with_a_column_that_nobody_named_does_not_fit(tmp_path: Path) -> None:
    header, *rows = SHEETS["Contacts"]
    sheet = {"Contacts": [(*header, "Mood"), *rows]}
    found = recognise(Source.of_file(report(tmp_path / "r.xlsx", sheet, with_title=True)))
    assert isinstance(found, Recognised)
    assert found.profile is None


def test_one_file_for_each_kind_of_thing_gives_the_same_kinds_of_records(tmp_path: Path) -> None:
    paths = [
        written(
            tmp_path / "contacts.csv",
            ("#", "Related Application", "Name", "Tel", "Mobile", "User ID", "Deleted"),
            ("1", "Heron Messenger", "Bittern", "+1 202 555 0142", "0152 28817386", "bittern_77", "Yes"),
            ("2", "Device", "Only a name", "", "", "", ""),
        ),
        written(
            tmp_path / "calls.csv",
            ("#", "Related Application", "Direction", "Time", "Duration", "Tel", "Name (Matched)"),
            ("1", "Device", "Dialed", "05.03.2021 14:05:11 UTC+1", "00:01:07", "+12025550142", "Bittern"),
            ("2", "Device", "Missed", "", "", "", ""),
        ),
        written(
            tmp_path / "messages.csv",
            ("Sender", "Recipient(s)", "Message", "Message Sent Date/Time - UTC+00:00 (yyyy-MM-dd)", "Artifact"),
            ("+12025550142", "+12025550101", "two of the\nblue ones", "2021-03-05 14:05:11", "Heron Messages"),
        ),
        written(
            tmp_path / "accounts.csv",
            ("Source", "Account name", "Account ID", "Phone number", "Password", "Created"),
            ("Heron Wallet", "", "wallet-1", "+12025550101", "do not read", "2021-03-01"),
        ),
    ]
    chat = {
        "device": "D-1", "app": "Heron", "conversation": "9", "sender": {"name": "Bittern", "number": "+12025550142"},
        "recipients": ["+12025550101"], "direction": "in", "sent": "2021-03-05T14:05:11+01:00",
        "text": "tg: @bittern_77",
    }  # fmt: skip
    paths.append(tmp_path / "chats.jsonl")
    paths[-1].write_text(json.dumps(chat) + "\n" + json.dumps(chat | {"text": "x", "deleted": True}) + "\n")
    records, taken = records_of(*paths)
    assert taken == {"device-contacts", "device-calls", "device-messages", "device-accounts", "device-chats"}
    assert reasons_of(records) == {"a call without party and time": 1}
    assert shown(records["device_contact"], "display_name", "entry_kind", "entry", "phone", "is_deleted") == [
        ("Bittern", "Tel", "+1 202 555 0142", "+12025550142", True),
        ("Bittern", "Mobile", "0152 28817386", None, True),
        ("Bittern", "User ID", "bittern_77", None, True),
        ("Only a name", None, None, None, None),
    ]
    assert shown(records["device_call"], "party", "phone", "called_at") == [
        ("+12025550142 Bittern", "+12025550142", moment(2021, 3, 5, 13, 5, 11))
    ]
    assert shown(records["device_account"], "service", "account_ref", "phone", "opened_on") == [
        ("Heron Wallet", "wallet-1", "+12025550101", date(2021, 3, 1))
    ]
    assert shown(records["device_text"], "extract_ref", "sender_phone", "body", "sent_at", "is_deleted") == [
        (None, "+12025550142", "two of the\nblue ones", moment(2021, 3, 5, 14, 5, 11), None),
        ("D-1", "+12025550142", "tg: @bittern_77", moment(2021, 3, 5, 13, 5, 11), None),
        ("D-1", "+12025550142", "x", moment(2021, 3, 5, 13, 5, 11), True),
    ]
    assert "do not read" not in str(records)


def test_whatever_a_device_holds_is_protected() -> None:
    filled = {
        mapping.record
        for profile in all_profiles()
        if profile.name.startswith("device-")
        for table in profile.tables
        for mapping in table.mappings
    }
    assert filled == TABLES | {"device_extract", "referral"}
    assert filled <= PROTECTED_TABLES
