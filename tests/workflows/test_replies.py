"""What partners answer: signed by them, sealed to us, taken in once; and what is overdue."""

import base64
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from conftest import REPORT, fixed_context
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, CrossbearingError, UnreadableSource
from crossbearing.domain.partner import Partner
from crossbearing.domain.progress import Silent
from crossbearing.exchange.inbox import LARGEST
from crossbearing.interfaces.cli import main
from crossbearing.store.notes import made_key, private_key
from crossbearing.store.operation import open_operation
from crossbearing.store.register import Authorisation, exhibits
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.erase import erase_person
from crossbearing.workflows.new_operation import add_authority
from crossbearing.workflows.recall_package import acknowledge, list_notices, notify_partners, recall_package
from crossbearing.workflows.register_partner import add_partner, exchange_key, remove_partner
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.send_package import release_package, seal_package
from crossbearing.workflows.show_sent import list_due, list_sent, remind_partners
from crossbearing.workflows.show_status import show_status
from crossbearing.workflows.take_replies import Taken, list_replies, take_replies
from crossbearing.workflows.verify_bundle import reply_to_bundle, verify_bundle

OWN = pyrage.x25519.Identity.generate()
PRIVATE, PUBLIC = made_key("nl-police/desk")
OTHER_PRIVATE, OTHER_PUBLIC = made_key("nl-police/desk")
NL = Partner(
    agency="NL police", country="NL", seal_to=str(OWN.to_public()), handling="H1", keys_until="2027-12-31",
    added_at="", added_by="", signs_with=PUBLIC,
)  # fmt: skip
KEEPER = fixed_context("keeper")


def on(day: str, person: str = "analyst", hour: int = 12) -> Context:
    return replace(fixed_context(person), clock=lambda: datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00"))


@pytest.fixture(scope="module")
def sent(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation that sent its Dutch package to one partner; the bundle lies beside it."""
    folder = Path(shutil.copytree(story, tmp_path_factory.mktemp("replies") / "operation"))
    build_packages(folder, fixed_context(), Silent(), only=["NL"])
    add_partner(folder, KEEPER, NL, reason="read out by telephone")
    release_package(folder, fixed_context("second"), "NL-001", reason="read")
    seal_package(folder, fixed_context(), "NL-001", ["NL police"], folder / "out", reply_days=14)
    return folder


@pytest.fixture
def copy(sent: Path, tmp_path: Path) -> Path:
    (tmp_path / "key.txt").write_text(f"{OWN}\n", encoding="ascii")
    (tmp_path / "sign.txt").write_text(PRIVATE + "\n", encoding="ascii")
    return Path(shutil.copytree(sent, tmp_path / "copy"))


def bundle_of(folder: Path) -> Path:
    (path,) = (folder / "out").iterdir()
    return path


def answered(folder: Path, answer: str, *, about: Path | None = None, day: str = "2026-11-24", words: str = "") -> Path:
    home = folder.parent
    return reply_to_bundle(
        about or bundle_of(folder), on(day), answer, home / "replies", identity=home / "key.txt",
        signer=exchange_key(folder, fixed_context()), key=home / "sign.txt", words=words,
    )  # fmt: skip


def taken(folder: Path, *paths: Path, day: str = "2026-11-25") -> list[Taken]:
    return take_replies(folder, on(day), paths)


def forged(folder: Path, path: Path, changed: Mapping[str, object], private: str = PRIVATE) -> Path:
    """A reply with something else in it, signed with a key and sealed as a partner would."""
    with open_operation(folder, fixed_context()) as operation:
        reply_key = operation.keyring.reply_key
    envelope = json.loads(pyrage.decrypt(path.read_bytes(), [reply_key]))
    body = json.dumps({**json.loads(base64.b64decode(envelope["payload"])), **changed}).encode()
    kind = envelope["payloadType"].encode()
    name, key = private_key(private, where="here")
    signature = key.sign(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body))
    envelope["payload"] = base64.b64encode(body).decode()
    envelope["signatures"] = [{"keyid": name, "sig": base64.b64encode(signature).decode()}]
    made = path.with_name(f"forged-{len(list(path.parent.iterdir()))}.reply.age")
    made.write_bytes(pyrage.encrypt(json.dumps(envelope).encode(), [reply_key.to_public()]))
    return made


def acts_of(folder: Path, *kinds: ActKind) -> int:
    with open_operation(folder, fixed_context()) as operation:
        return len(operation.ledger.entries(*kinds))


@pytest.mark.parametrize(
    ("answer", "words", "waits"),
    [
        ("receipt", "", True), ("accepted", "", False), ("already known", "our case 7", False),
        ("declined", "no capacity", False), ("more information", "which orders?", False),
    ],
)  # fmt: skip
def test_an_answer_comes_back_signed_and_stands_beside_what_was_sent(
    copy: Path, answer: str, words: str, waits: bool
) -> None:
    assert [one.state for one in list_sent(copy, fixed_context())] == ["no answer"]
    path = answered(copy, answer, words=words)
    (one,) = taken(copy, path)
    assert (one.state, one.agency, one.package_id, one.version, one.answer) == (
        "taken in", "NL police", "NL-001", 1, answer,
    )  # fmt: skip
    (found,) = list_sent(copy, fixed_context())
    assert (found.state, found.waits, [r.words for r in found.replies]) == (answer, waits, [words])
    assert [r.statement_sha256 for r in list_replies(copy, fixed_context())] == [found.statement_sha256]


def test_a_reply_verifies_with_another_implementation_and_opens_for_the_coordinator_alone(copy: Path) -> None:
    path = answered(copy, "accepted")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(path.read_bytes(), [OWN])
    with open_operation(copy, fixed_context()) as operation:
        envelope = json.loads(pyrage.decrypt(path.read_bytes(), [operation.keyring.reply_key]))
    _, key = private_key(PRIVATE, where="here")
    public = SSlibKey("x", "ed25519", "ed25519", {"public": key.public_key().public_bytes_raw().hex()})
    Envelope.from_dict({**envelope, "signatures": [{**envelope["signatures"][0], "keyid": "x"}]}).verify([public], 1)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"version": 2}, "speaks of NL-001 version 2 and answers NL-001 version 1"),
        ({"package_id": "DE-001"}, "speaks of DE-001 version 1 and answers NL-001"),
        ({"statement_sha256": "0" * 64}, "was not sent from here"),
        ({"to": "crossbearing/0000"}, "answers another operation"),
        ({"replied_at": "2026-11-01T10:00:00.000000Z"}, "dated 2026-11-01, before"),
        ({"replied_at": "2027-11-01T10:00:00.000000Z"}, "after today"),
        ({"replied_at": "yesterday"}, "does not say when"),
        ({"answer": "acknowledged"}, "is not answered with 'acknowledged'"),
        ({"answer": 7}, "does not say answer"),
        ({"version": True}, "does not say version"),
        ({"words": "x" * 2_001}, "more than 2,000 characters"),
        ({"schema": "crossbearing/reply/9"}, "does not know: 'crossbearing/reply/9'"),
        ({"agency": "DE police"}, "no registered partner"),
    ],
)
def test_a_signed_reply_that_says_something_wrong_is_refused_with_its_own_message(
    copy: Path, changed: Mapping[str, object], says: str
) -> None:
    (one,) = taken(copy, forged(copy, answered(copy, "accepted"), changed))
    assert one.state == "refused"
    assert says in one.problem
    assert acts_of(copy, ActKind.REPLY_TAKEN_IN) == 0


def test_nobody_answers_for_another_partner(copy: Path) -> None:
    _, lab = made_key("nl-lab/desk")
    add_partner(copy, KEEPER, replace(NL, agency="NL lab", signs_with=lab), reason="met")
    path = answered(copy, "accepted")
    (one,) = taken(copy, forged(copy, path, {"agency": "NL lab"}))
    assert "NL lab did not sign this reply" in one.problem
    add_partner(copy, KEEPER, replace(NL, agency="NL lab"), reason="met", replace=True)
    (one,) = taken(copy, forged(copy, path, {"agency": "NL lab"}))
    assert "NL lab answers what was sent to NL police" in one.problem


def test_a_reply_counts_only_with_the_pinned_key_while_it_lasts(copy: Path) -> None:
    path = answered(copy, "accepted")
    (one,) = taken(copy, forged(copy, path, {}, OTHER_PRIVATE))
    assert "did not sign this reply with the key that is pinned" in one.problem
    for pinned, says in (
        (replace(NL, signs_with=""), "No signing key is pinned for NL police"),
        (replace(NL, signs_with=OTHER_PUBLIC), "did not sign this reply"),
        (replace(NL, keys_until="2026-11-24"), "The key of NL police ended on 2026-11-24"),
    ):
        add_partner(copy, KEEPER, pinned, reason="met", replace=True)
        (one,) = taken(copy, path)
        assert (one.state, says in one.problem) == ("refused", True)
    remove_partner(copy, fixed_context(), "NL police", reason="gone")
    assert "no registered partner" in taken(copy, path)[0].problem
    assert acts_of(copy, ActKind.REPLY_TAKEN_IN) == 0
    add_partner(copy, KEEPER, replace(NL, keys_until="2026-11-25"), reason="met")
    assert taken(copy, path)[0].state == "taken in"


def test_what_is_no_reply_is_refused_in_words(copy: Path, tmp_path: Path) -> None:
    path = answered(copy, "accepted")
    content = path.read_bytes()
    with open_operation(copy, fixed_context()) as operation:
        to = operation.keyring.reply_key.to_public()
        whole = json.loads(pyrage.decrypt(content, [operation.keyring.reply_key]))
    wrong = {
        "changed or cut": [content[:-1], content[:200], content + b"x", bytes([content[0] ^ 1]) + content[1:], b""],
        "larger than": [bytes(LARGEST + 1)],
        "is no reply": [pyrage.encrypt(b"{", [to]), pyrage.encrypt(b"[" * 9_000, [to]), pyrage.encrypt(b"", [to])],
        "something else that was signed": [pyrage.encrypt(json.dumps({**whole, "payloadType": "x"}).encode(), [to])],
    }
    (tmp_path / "wrong").write_bytes(pyrage.encrypt(json.dumps(whole).encode(), [OWN.to_public()]))
    assert "sealed to another recipient" in taken(copy, tmp_path / "wrong")[0].problem
    for says, contents in wrong.items():
        for one in contents:
            (tmp_path / "wrong").write_bytes(one)
            assert says in taken(copy, tmp_path / "wrong")[0].problem
    assert "cannot be read" in taken(copy, tmp_path / "nowhere")[0].problem
    assert taken(copy, path, tmp_path / "nowhere")[0].state == "taken in"


def test_every_changed_byte_of_what_was_signed_is_refused(copy: Path) -> None:
    path = answered(copy, "accepted")
    with open_operation(copy, fixed_context()) as operation:
        reply_key = operation.keyring.reply_key
    whole = json.loads(pyrage.decrypt(path.read_bytes(), [reply_key]))
    body = base64.b64decode(whole["payload"])
    wrong = path.with_name("wrong")
    for at in range(0, len(body), 7):
        flipped = base64.b64encode(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]).decode()
        wrong.write_bytes(pyrage.encrypt(json.dumps({**whole, "payload": flipped}).encode(), [reply_key.to_public()]))
        assert taken(copy, wrong)[0].state == "refused"
    assert acts_of(copy, ActKind.REPLY_TAKEN_IN) == 0


def test_the_same_reply_again_changes_nothing_and_an_old_one_never_comes_back(copy: Path) -> None:
    first, second = answered(copy, "accepted"), answered(copy, "declined", day="2026-11-25", words="no capacity")
    assert [one.state for one in taken(copy, first, first, second, first)] == [
        "taken in", "taken in before", "taken in", "taken in before",
    ]  # fmt: skip
    assert taken(copy, first)[0].problem == "an old answer sent again; declined of 2026-11-25T12:00 stands"
    assert [one.state for one in list_sent(copy, fixed_context())] == ["declined"]
    assert acts_of(copy, ActKind.REPLY_TAKEN_IN) == 2
    # Wrapped anew, it is still the same reply.
    with open_operation(copy, fixed_context()) as operation:
        reply_key = operation.keyring.reply_key
    again = pyrage.decrypt(first.read_bytes(), [reply_key]) + b"\n\n"
    first.write_bytes(pyrage.encrypt(again, [reply_key.to_public()]))
    assert taken(copy, first)[0].state == "taken in before"


def test_a_late_reply_is_kept_and_the_newest_stands_and_two_at_one_time_are_asked_about(copy: Path) -> None:
    first, second = answered(copy, "receipt"), answered(copy, "accepted", day="2026-11-25")
    assert taken(copy, second, first)[1].problem == "it came late; accepted of 2026-11-25T12:00 stands"
    assert [(s.state, len(s.replies)) for s in list_sent(copy, fixed_context())] == [("accepted", 2)]
    third = answered(copy, "already known", day="2026-11-25")
    assert "another answer at the very same time" in taken(copy, third)[0].problem


def test_two_people_who_take_one_reply_in_at_once_take_it_in_once(copy: Path) -> None:
    path, found = answered(copy, "accepted"), []
    threads = [threading.Thread(target=lambda: found.extend(taken(copy, path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.state for one in found) == ["taken in", "taken in before"]
    assert acts_of(copy, ActKind.REPLY_TAKEN_IN) == 1


def test_a_recall_is_pending_until_a_signed_reply_acknowledges_it(copy: Path, tmp_path: Path) -> None:
    recall_package(copy, fixed_context(), "NL-001", reason="a source was withdrawn")
    (told,) = notify_partners(copy, fixed_context(), tmp_path / "notices").told
    with pytest.raises(BadRequest, match="recall is not answered with 'accepted'"):
        answered(copy, "accepted", about=told.path)
    (one,) = taken(copy, answered(copy, "acknowledged", about=told.path, words="deleted"))
    assert one.state == "taken in"
    (notice,) = list_notices(copy, fixed_context())
    assert notice.acknowledged_on == "2026-11-24"
    assert list_due(copy, on("2027-06-01"), every=True) == []
    assert taken(copy, answered(copy, "acknowledged", about=told.path, day="2026-11-25"))[0].state == "taken in"
    assert acts_of(copy, ActKind.NOTICE_ACKNOWLEDGED) == 1


def test_an_acknowledgement_by_hand_still_ends_the_waiting(copy: Path, tmp_path: Path) -> None:
    recall_package(copy, fixed_context(), "NL-001", reason="x", is_correction=True)
    notify_partners(copy, fixed_context(), tmp_path / "notices")
    assert [one.what for one in list_due(copy, on("2027-06-01"))] == ["acknowledgement"]
    acknowledge(copy, fixed_context(), "NL-001", "NL police", on="2026-11-25", words="by telephone")
    assert list_due(copy, on("2027-06-01")) == []


def test_no_notice_or_reminder_is_sealed_to_a_key_that_has_ended(copy: Path, tmp_path: Path) -> None:
    late = on("2028-01-01")
    made = remind_partners(copy, late, tmp_path / "reminders")
    assert made.made == []
    assert [why for _, why in made.unreachable] == ["The key of NL police ended on 2027-12-31"]
    recall_package(copy, fixed_context(), "NL-001", reason="error")
    found = notify_partners(copy, late, tmp_path / "notices")
    assert (found.told, [one.agency for one in found.ended], found.unreachable) == ([], ["NL police"], [])
    assert not (tmp_path / "notices").exists()
    assert acts_of(copy, ActKind.NOTICE_SENT, ActKind.REMINDER_SENT) == 0
    assert [one.told_at for one in list_notices(copy, fixed_context())] == [""]
    assert show_status(copy, late).notices_pending == 1


def test_an_answer_is_due_on_the_day_stated_when_it_was_sealed(copy: Path) -> None:
    assert [one.reply_by for one in list_sent(copy, fixed_context())] == ["2026-12-07"]
    assert list_due(copy, on("2026-12-07")) == []
    (one,) = list_due(copy, on("2026-12-09"))
    assert (one.what, one.agency, one.due_on, one.days_late) == ("answer", "NL police", "2026-12-07", 2)
    assert [show_status(copy, on(day)).answers_due for day in ("2026-12-07", "2026-12-09")] == [0, 1]
    taken(copy, answered(copy, "receipt"))
    assert [one.days_late for one in list_due(copy, on("2026-12-09"))] == [2]
    taken(copy, answered(copy, "more information", day="2026-11-25", words="which orders?"))
    assert [(one.what, one.days_late) for one in list_due(copy, on("2026-12-09"))] == [("wants more information", 0)]
    taken(copy, answered(copy, "accepted", day="2026-11-26"), day="2026-11-26")
    assert list_due(copy, on("2026-12-09"), every=True) == []


def test_a_reminder_is_a_sealed_file_and_its_answer_counts_for_the_package(copy: Path, tmp_path: Path) -> None:
    late, home = on("2026-12-10"), tmp_path / "reminders"
    assert remind_partners(copy, on("2026-12-07"), home).made == []
    with pytest.raises(BadRequest, match="needs a purpose"):
        remind_partners(copy, replace(late, purpose=" "), home)
    (one,) = remind_partners(copy, late, home).made
    assert remind_partners(copy, late, home).made == []
    assert remind_partners(copy, on("2026-12-16"), home).made == []
    assert len(remind_partners(copy, late, home, again=True).made) == 1
    assert len(remind_partners(copy, on("2026-12-17"), home).made) == 1
    signer, known = exchange_key(copy, fixed_context()), tmp_path / "known.json"
    for path in (bundle_of(copy), one.path, bundle_of(copy)):  # a reminder takes nothing back
        found = verify_bundle(path, late, identity=tmp_path / "key.txt", signer=signer, known=known)
    found = verify_bundle(one.path, late, identity=tmp_path / "key.txt", signer=signer)
    assert (found.kind, found.package_id) == ("reminder", "NL-001")
    assert b"answer by 2026-12-07" in found.files["data/NOTICE.txt"]
    (reply,) = taken(copy, answered(copy, "accepted", about=one.path, day="2026-12-11"), day="2026-12-11")
    assert reply.state == "taken in"
    (sent_,) = list_sent(copy, fixed_context())
    assert (sent_.state, len(sent_.reminded_at)) == ("accepted", 3)
    assert list_due(copy, on("2027-12-11"), every=True) == []


def test_what_is_answered_while_a_reminder_is_sealed_is_not_reminded_of(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.workflows import show_sent

    reply, own = answered(copy, "accepted"), show_sent.sealed_for

    def meanwhile(*given: Any) -> Any:
        taken(copy, reply)
        return own(*given)

    monkeypatch.setattr(show_sent, "sealed_for", meanwhile)
    with pytest.raises(CrossbearingError, match="An answer came in"):
        remind_partners(copy, on("2026-12-10"), tmp_path / "reminders")
    assert not (tmp_path / "reminders").exists()
    assert acts_of(copy, ActKind.REMINDER_SENT) == 0


def test_an_answer_that_evidence_states_is_shown_as_unsigned_and_ends_nothing(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text(
        "agency,package_ref,answer,replied_on\nNL Police,nl-001,Accepted,2026-12-01\nDE police,NL-001,declined,\n"
        "NL police,NL-001,declined,2026-01-01\n",
        encoding="utf-8",
    )
    grant = Authorisation(ref="R-1", issued_by="desk", basis="agreement", valid_from="2020-01-01", valid_until="")
    add_authority(copy, fixed_context(), grant)
    (added,) = add_evidence(copy, fixed_context(), [Submission(path=path, authority="R-1")], Silent())
    (one,) = list_sent(copy, fixed_context())
    assert [(s.answer, s.replied_on, s.exhibit_id) for s in one.stated] == [
        ("accepted", "2026-12-01", added.exhibit.exhibit_id)
    ]
    assert (one.state, one.waits) == ("no answer", True)
    assert [(d.what, d.stated) for d in list_due(copy, on("2026-12-10"))] == [("answer", "accepted")]
    withdraw(copy, fixed_context(), added.exhibit.exhibit_id, reason="wrong")
    assert list_sent(copy, fixed_context())[0].stated == ()


def test_an_erasure_takes_a_name_out_of_a_reply_and_leaves_what_was_answered(
    copy: Path, own_keys: None, keys_of_this_run: Path
) -> None:
    with open_operation(copy, fixed_context()) as operation:
        path = operation.folder / "packages" / "NL-001" / "package.json"
    account = json.loads(path.read_text(encoding="utf-8"))["subjects"][0]["accounts"][0]
    taken(copy, answered(copy, "already known", words=f"{account['handle']} is ours"))
    assert account["handle"] in list_replies(copy, fixed_context())[0].words
    erase_person(copy, fixed_context(), Silent(), market=account["market"], account=account["handle"], reason="order")
    assert [(one.answer, one.words) for one in list_replies(copy, fixed_context())] == [("already known", "")]


def test_a_recipient_is_told_what_its_reply_lacks(copy: Path, tmp_path: Path) -> None:
    for answer, says in (("declined", "needs a word"), ("more information", "needs a word"), ("maybe", "It takes")):
        with pytest.raises(BadRequest) as told:
            answered(copy, answer)
        assert says in f"{told.value.problem} {told.value.remedy}"
    with pytest.raises(BadRequest, match="at most 2,000"):
        answered(copy, "accepted", words="x" * 2_001)
    (tmp_path / "sign.txt").write_text("nonsense", encoding="ascii")
    with pytest.raises(UnreadableSource, match="not a private key"):
        answered(copy, "accepted")
    assert not (tmp_path / "replies").exists()


def test_answering_needs_none_of_what_an_operation_needs() -> None:
    script = "import sys, crossbearing.verification.reply; print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"duckdb", "pyarrow", "numpy", "numba", "apsw", "jinja2", "babel"}
    assert heavy.isdisjoint(loaded)


def test_the_commands_of_answering_say_what_they_did(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = copy.parent
    signer = exchange_key(copy, fixed_context())
    sealing = ["package", "seal", str(copy), "NL-001", "--to", "NL police", "--out", str(home / "now"), "--person", "x"]
    assert main([*sealing, "--purpose", "campaign"]) == 0
    (bundle,) = (home / "now").iterdir()
    given = ["package", "reply", str(bundle), "accepted", "--identity", str(home / "key.txt"), "--signer"]
    given += [signer, "--key", str(home / "sign.txt"), "--out", str(home / "replies")]
    assert main(given) == 0
    (path,) = (home / "replies").iterdir()
    capsys.readouterr()
    assert main(["package", "replies", str(copy), str(path)]) == 0
    assert "taken in" in capsys.readouterr().out
    assert main(["package", "sent", str(copy)]) == 0
    assert "accepted" in capsys.readouterr().out
    (home / "bad").write_bytes(b"x")
    assert main(["package", "replies", str(copy), str(home / "bad"), "--json"]) == 65
    said = capsys.readouterr()
    assert json.loads(said.out)[0]["state"] == "refused"
    assert json.loads(said.err)["error"] == "UnreadableSource"
    assert main(["package", "replies", str(copy)]) == 0
    assert main(["package", "due", str(copy), "--every"]) == 0
    assert main(["package", "remind", str(copy), "--out", str(home / "r"), "--purpose", "x"]) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"about": "recall", "answer": "acknowledged"},
        {"about": "correction", "answer": "acknowledged"},
        {"about": "reminder"},
    ],
)
def test_an_answer_to_another_kind_of_bundle_than_was_sent_is_refused(
    copy: Path, changed: Mapping[str, object]
) -> None:
    first = answered(copy, "receipt")
    (one,) = taken(copy, forged(copy, first, changed))
    assert (one.state, one.agency) == ("refused", "")
    assert f"answers a {changed['about']}" in one.problem
    assert acts_of(copy, ActKind.REPLY_TAKEN_IN, ActKind.NOTICE_ACKNOWLEDGED) == 0


def test_an_answer_to_a_package_ends_no_waiting_of_a_recall(copy: Path) -> None:
    recall_package(copy, on("2026-11-25"), "NL-001", reason="wrong account")
    notice = notify_partners(copy, on("2026-11-25"), copy / "notices").told[0].path
    first = answered(copy, "acknowledged", about=notice, day="2026-11-25")
    (one,) = taken(copy, forged(copy, first, {"about": "package", "answer": "accepted"}))
    assert one.state == "refused"
    assert "answers a package" in one.problem


@pytest.mark.parametrize("private", [PRIVATE, OTHER_PRIVATE], ids=["pinned key", "any key"])
@pytest.mark.parametrize("name", ["agency", "words", "operation", "package_id", "to"])
def test_half_a_letter_in_a_reply_is_refused_and_the_next_reply_is_taken_in(
    copy: Path, name: str, private: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answered(copy, "receipt")
    bad = forged(copy, first, {name: "\ud800"}, private)
    one, other = taken(copy, bad, first)
    assert (one.state, other.state) == ("refused", "taken in")
    one.problem.encode()
    assert main(["package", "replies", str(copy), str(bad)]) != 0
    assert "refused" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["label", "covert"])
def test_a_package_whose_source_is_decided_on_while_it_is_sealed_is_not_sent(
    copy: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.workflows import send_package as module

    own = module.sealed_for
    with open_operation(copy, fixed_context()) as operation:
        (built,) = operation.ledger.entries(ActKind.PACKAGE_BUILT, subject="NL-001")
    exhibits: Any = built.payload["exhibits"]

    def meanwhile(*given: Any) -> Any:
        if what == "label":
            relabel(copy, KEEPER, exhibits[0], handling="H3", reason="its owner says so")
        else:
            enter_covert(copy, KEEPER, kind="source", market="Larkspur", account="somebody")
        return own(*given)

    monkeypatch.setattr(module, "sealed_for", meanwhile)
    before = acts_of(copy, ActKind.PACKAGE_SENT)
    with pytest.raises(Contradiction, match="rests on was decided meanwhile"):
        seal_package(copy, fixed_context(), "NL-001", ["NL police"], copy / "again")
    assert acts_of(copy, ActKind.PACKAGE_SENT) == before
    assert not (copy / "again").exists()


def reported(copy: Path, *rows: str, name: str = "what we did.csv", answer: str = "accepted", hour: int = 12) -> Path:
    home = copy.parent
    form = home / name
    form.write_text(REPORT + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return reply_to_bundle(
        bundle_of(copy), on("2026-11-24", hour=hour), answer, home / "replies", identity=home / "key.txt",
        signer=exchange_key(copy, fixed_context()), key=home / "sign.txt", outcomes=form,
    )  # fmt: skip


ARREST = "Nightjar,NL-77,event,arrest,2022-03-01,2022-03-02,NL,NL,NL police,persons,,1,persons,exact,NL-001,"


def test_a_report_that_comes_with_an_answer_is_an_exhibit_of_the_agency_and_counts_once(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = reported(copy, ARREST, ARREST.replace("NL-77", "NL-78").replace(",1,persons", ",-1,persons"))
    said = ["package", "replies", str(copy), str(path), "--person", "analyst"]
    assert main(said) == 64
    assert "no authority for it is named" in capsys.readouterr().err
    assert list_replies(copy, fixed_context()) == []
    for state in ("taken in", "taken in before"):
        assert main([*said, "--authority", "SIM-2022-004", "--json"]) == 0
        (shown,) = json.loads(capsys.readouterr().out)
        assert shown["state"] == state
    with open_operation(copy, fixed_context()) as operation:
        (exhibit,) = [one for one in exhibits(operation.ledger).values() if one.name == "what we did.csv"]
        assert shown["report"] == exhibit.exhibit_id
        assert [(part.rows_in, part.rows_refused) for part in exhibit.parts] == [(2, 1)]
        assert exhibit.label.owners == {"NL police"}
        stated = [
            one for one in operation.ledger.entries(ActKind.ACQUISITION_STATED) if one.subject == exhibit.exhibit_id
        ]
    (reply,) = list_replies(copy, fixed_context())
    assert [one.payload["source_sha256"] for one in stated] == [reply.reply_sha256]
    assert reply.report_sha256 == exhibit.sha256


def test_an_answer_stands_though_its_report_is_refused(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = reported(copy, name="empty.csv")
    assert main(["package", "replies", str(copy), str(path), "--authority", "SIM-2022-004", "--person", "x"]) != 0
    captured = capsys.readouterr()
    assert "report refused" in captured.out
    assert f"where  {path}, report 'empty.csv'" in captured.err
    assert [one.answer for one in list_replies(copy, fixed_context())] == ["accepted"]


@pytest.mark.parametrize(
    ("report", "why"),
    [
        ({"name": "../x.csv", "content": "YQ=="}, "no file named"),
        ({"name": "x.sql", "content": "YQ=="}, "no file named"),
        ({"name": "x.csv", "content": ""}, "empty"), ({"name": "x.csv", "content": "?"}, "carries is no report"),
        ("x", "carries is no report"), ({"name": ".csv", "content": "YQ=="}, "no file named"),
        ({"name": "x.csv", "content": base64.b64encode(bytes((2 << 20) + 1)).decode()}, "more than 2,097,152 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_report_refuses_the_reply(copy: Path, report: object, why: str) -> None:
    path = forged(copy, answered(copy, "accepted"), {"report": report})
    (one,) = take_replies(copy, on("2026-11-25"), [path], takes_reports=True)
    assert (one.state, why in one.problem, one.report) == ("refused", True, None)
    assert list_replies(copy, fixed_context()) == []


def test_a_report_goes_only_with_the_answer_to_a_package(copy: Path) -> None:
    recall_package(copy, on("2026-11-25"), "NL-001", reason="x")
    (told,) = notify_partners(copy, on("2026-11-25"), copy.parent / "notices").told
    (copy.parent / "form.csv").write_text(REPORT + ARREST + "\n", encoding="utf-8")
    with pytest.raises(BadRequest, match="carries no report"):
        reply_to_bundle(
            told.path, on("2026-11-25"), "acknowledged", copy.parent / "replies", identity=copy.parent / "key.txt",
            signer=exchange_key(copy, fixed_context()), key=copy.parent / "sign.txt", outcomes=copy.parent / "form.csv",
        )  # fmt: skip
