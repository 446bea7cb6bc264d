"""Exports of forensic tools in an operation: one number is found on several devices, and nothing lies in the clear."""

import json
from pathlib import Path

from conftest import REF
from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.show_protected import list_protected, show_protected

CONTACTS = """#,Related Application,Name,Tel
1,Device,Bittern Blackreed,+1 202 555 0142
2,Device,Heron Greyreed,0152 28817386
"""
CHAT = {
    "device": "D-2", "app": "Heron", "conversation": "9", "recipients": [], "direction": "in",
    "sender": {"name": "B.", "number": "0012025550142"}, "sent": "2021-03-05T14:05:11Z",
    "text": "the bluebellwood parcel",
}  # fmt: skip


def me() -> Context:
    return Context(person="analyst", purpose="find who wrote")


def test_a_number_is_found_on_two_devices_however_each_writes_it(local_operation: Path, tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    (tmp_path / "chats.jsonl").write_text(json.dumps(CHAT) + "\n")
    given = [Submission(path=tmp_path / name, authority=REF) for name in ("contacts.csv", "chats.jsonl")]
    contacts, chats = add_evidence(local_operation, me(), given, Silent())

    (named,) = show_protected(local_operation, me(), "device_contact", where={"phone": "+12025550142"})
    (wrote,) = show_protected(local_operation, me(), "device_text", where={"sender_phone": "+12025550142"})
    assert (named["display_name"], named["exhibit_id"]) == ("Bittern Blackreed", contacts.exhibit.exhibit_id)
    assert (wrote["body"], wrote["exhibit_id"]) == (CHAT["text"], chats.exhibit.exhibit_id)
    rows = {table.table: table.rows for table in list_protected(local_operation, me())}
    assert (rows["device_contact"], rows["device_text"]) == (2, 1)

    on_disk = b"".join(path.read_bytes() for path in local_operation.rglob("*") if path.is_file())
    for word in (b"Blackreed", b"12025550142", b"202 555", b"bluebellwood"):
        assert word not in on_disk
