"""From a built package to a verified bundle: who may send what to whom, and what a tampered bundle is told."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import fixed_context
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound, UnreadableSource
from crossbearing.domain.partner import Partner
from crossbearing.domain.progress import Silent
from crossbearing.exchange import bundle
from crossbearing.interfaces.cli import main
from crossbearing.store.marks import RECALL, mark
from crossbearing.store.notes import public_key
from crossbearing.store.operation import open_operation
from crossbearing.verification.bundle import verify
from crossbearing.verification.notes import parse_key
from crossbearing.workflows import send_package as send_module
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.erase import erase_person
from crossbearing.workflows.recall_package import acknowledge, list_notices, notify_partners, recall_package
from crossbearing.workflows.register_partner import add_partner, exchange_key, list_partners, remove_partner
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.send_package import release_package, seal_package
from crossbearing.workflows.show_sent import list_sent
from crossbearing.workflows.verify_bundle import verify_bundle

OURS, THEIRS = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
SIGNS = Ed25519PrivateKey.generate()
SIGNER = public_key("desk", SIGNS)
NL = Partner(
    agency="NL police", country="NL", seal_to=str(OURS.to_public()), handling="H1", keys_until="2027-12-31",
    added_at="", added_by="",
)  # fmt: skip
SAYS: dict[str, object] = {
    "kind": "package", "package_id": "NL-001", "version": 2, "content_sha256": "ab", "expires_on": "2027-01-01",
    "handling": {"code": "H1"}, "recipients": [{"agency": "NL police", "seal_to": str(OURS.to_public())}],
}  # fmt: skip
KEEPER = fixed_context("keeper")
FILES = {"package.html": b"<p>page</p>", "package.json": b"{}"}


@pytest.fixture(scope="module")
def ready(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation with one package built by the analyst, and one partner."""
    folder = Path(shutil.copytree(story, tmp_path_factory.mktemp("sending") / "operation"))
    build_packages(folder, fixed_context(), Silent(), only=["NL"])
    add_partner(folder, KEEPER, NL, reason="read out by telephone")
    return folder


@pytest.fixture
def copy(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "copy"))


@pytest.fixture
def released(copy: Path) -> Path:
    release_package(copy, fixed_context("second"), "NL-001", reason="read every page")
    return copy


def sent_to(folder: Path, agency: str, out: Path, context: Context | None = None) -> Path:
    return seal_package(folder, context or fixed_context(), "NL-001", [agency], out)[0].path


def kept(folder: Path, identity: pyrage.x25519.Identity = OURS) -> Path:
    path = folder / "key.txt"
    path.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n", encoding="ascii")
    return path


def test_what_is_sent_opens_for_its_partner_and_holds_what_was_built(released: Path, tmp_path: Path) -> None:
    path = sent_to(released, "NL police", tmp_path / "out")
    signer = exchange_key(released, fixed_context())
    found = verify_bundle(path, fixed_context(), identity=kept(tmp_path), signer=signer, out=tmp_path / "laid")
    built = released / "packages" / "NL-001"
    for name in ("package.html", "package.json"):
        assert (tmp_path / "laid" / "data" / name).read_bytes() == (built / name).read_bytes()
    assert (tmp_path / "laid" / bundle.STATEMENT).is_file()
    assert found.statement["recipients"][0]["agency"] == "NL police"
    (one,) = list_sent(released, fixed_context())
    assert (one.agency, one.version, one.why, one.sent_by) == ("NL police", 1, "test", "analyst")
    assert one.statement_sha256 == found.sha256
    with pytest.raises(UnreadableSource, match="another recipient"):
        verify_bundle(path, fixed_context(), identity=kept(tmp_path, THEIRS), signer=signer)


def test_before_sealing_the_same_package_is_the_same_bytes(released: Path, tmp_path: Path) -> None:
    opened = [
        pyrage.decrypt(sent_to(released, "NL police", tmp_path / name).read_bytes(), [OURS]) for name in ("one", "two")
    ]
    assert opened[0] == opened[1]


def test_nothing_is_sent_without_a_second_person_and_not_if_it_is_marked(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAuthorised, match="was not released"):
        sent_to(copy, "NL police", tmp_path / "out")
    with pytest.raises(NotAuthorised, match="analyst built version 1"):
        release_package(copy, fixed_context("analyst"), "NL-001", reason="mine")
    release_package(copy, fixed_context("second"), "NL-001", reason="read")
    with open_operation(copy, fixed_context()) as operation:
        operation.ledger.record(fixed_context(), mark("NL-001", RECALL, why="an exhibit was destroyed"))
    with pytest.raises(NotAuthorised, match="recall; an exhibit was destroyed"):
        sent_to(copy, "NL police", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert list_sent(copy, fixed_context()) == []


def test_what_is_called_back_while_it_is_sealed_is_not_sent(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = send_module.sealed_for

    def meanwhile(*given: Any) -> Any:
        recall_package(released, fixed_context(), "NL-001", reason="just now")
        return own(*given)

    monkeypatch.setattr(send_module, "sealed_for", meanwhile)
    with pytest.raises(NotAuthorised, match="recall; just now"):
        sent_to(released, "NL police", tmp_path / "out")
    assert list_sent(released, fixed_context()) == []
    assert not (tmp_path / "out").exists()


def test_an_account_of_an_undercover_officer_entered_after_the_release_withholds_it(
    released: Path, tmp_path: Path
) -> None:
    document = json.loads((released / "packages" / "NL-001" / "package.json").read_text(encoding="utf-8"))
    handle = document["subjects"][0]["accounts"][0]
    enter_covert(
        released, fixed_context("keeper"), kind="undercover", market=handle["market"], account=handle["handle"]
    )
    with pytest.raises(NotAuthorised, match="withheld by the release check") as told:
        sent_to(released, "NL police", tmp_path / "out")
    assert handle["handle"] not in str(told.value)


def test_a_file_that_was_changed_on_the_disk_is_not_sent(released: Path, tmp_path: Path) -> None:
    path = released / "packages" / "NL-001" / "package.json"
    path.write_text(path.read_text(encoding="utf-8").replace("NL-001", "NL-002", 1), encoding="utf-8")
    with pytest.raises(Contradiction, match="not what was built"):
        sent_to(released, "NL police", tmp_path / "out")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"country": "XX"}, "'XX' is none"),
        ({"country": "EU"}, "'EU' is none"),
        ({"handling": "unknown"}, "H0, H1, H2, H3"),
        ({"handling": "H9"}, "H0, H1, H2, H3"),
        ({"keys_until": "soon"}, "'soon' is none"),
        ({"agency": "a/b"}, "without a slash"),
        ({"seal_to": "age1nonsense"}, "no public age key"),
    ],
)
def test_a_partner_that_lacks_something_is_refused_in_words(copy: Path, changed: Mapping[str, str], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        add_partner(copy, KEEPER, replace(NL, **{"agency": "New", **changed}), reason="met")
    with pytest.raises(BadRequest, match="--checked"):
        add_partner(copy, KEEPER, replace(NL, agency="New"), reason=" ")
    assert [one.agency for one in list_partners(copy, fixed_context())] == ["NL police"]


def test_new_keys_are_pinned_on_purpose_only(released: Path, tmp_path: Path) -> None:
    new = replace(NL, seal_to=str(THEIRS.to_public()))
    with pytest.raises(Contradiction, match="registered already"):
        add_partner(released, KEEPER, new, reason="mail")
    with pytest.raises(NotFound, match="not registered"):
        add_partner(released, KEEPER, replace(new, agency="DE police"), reason="met", replace=True)
    add_partner(released, KEEPER, new, reason="met in person", replace=True)
    path = sent_to(released, "NL police", tmp_path / "out")
    assert pyrage.decrypt(path.read_bytes(), [THEIRS])
    remove_partner(released, fixed_context(), "NL police", reason="agency dissolved")
    with pytest.raises(NotFound, match="no registered partner"):
        sent_to(released, "NL police", tmp_path / "more")


def test_a_partner_without_the_right_gets_nothing_and_neither_do_those_named_with_it(
    released: Path, tmp_path: Path
) -> None:
    for agency, changed in (
        ("DE police", {"country": "DE"}), ("NL lab", {"handling": "H0"}), ("NL old", {"keys_until": "2026-01-01"}),
    ):  # fmt: skip
        add_partner(released, KEEPER, replace(NL, agency=agency, **changed), reason="met")
        with pytest.raises(NotAuthorised):
            seal_package(released, fixed_context(), "NL-001", ["NL police", agency], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with open_operation(released, fixed_context()) as operation:
        assert operation.ledger.entries(ActKind.PACKAGE_SENT) == []


def test_what_a_package_rests_on_must_stand_as_it_was_when_it_is_sent(released: Path, tmp_path: Path) -> None:
    with open_operation(released, fixed_context()) as operation:
        (built,) = [one for one in operation.ledger.entries(ActKind.PACKAGE_BUILT) if one.subject == "NL-001"]
    exhibit = built.payload["exhibits"][0]  # type: ignore[index]
    for changed, says in (({"tlp": "RED"}, "TLP:RED by now"), ({"handling": "H3"}, "are H3 by now")):
        folder = Path(shutil.copytree(released, tmp_path / says[:3]))
        relabel(folder, fixed_context(), str(exhibit), reason="owner", **changed)
        with pytest.raises(NotAuthorised, match=says):
            sent_to(folder, "NL police", tmp_path / "out")
    withdraw(released, fixed_context(), str(exhibit), reason="wrong")
    with pytest.raises(NotAuthorised, match="does not stand any more"):
        sent_to(released, "NL police", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_release_holds_for_the_version_that_was_read_and_for_no_later_one(released: Path, tmp_path: Path) -> None:
    with open_operation(released, fixed_context()) as operation:
        built = [one for one in operation.ledger.entries(ActKind.PACKAGE_BUILT) if one.subject == "NL-001"][-1]
        again = Act(kind=ActKind.PACKAGE_BUILT, subject="NL-001", payload=built.payload)
        operation.ledger.record(fixed_context("second"), again)
    with pytest.raises(NotAuthorised, match="was not released"):
        sent_to(released, "NL police", tmp_path / "out")
    with pytest.raises(NotAuthorised, match="second built"):
        release_package(released, fixed_context(" Second "), "NL-001", reason="mine")


def test_who_pinned_a_key_does_not_seal_to_it(released: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAuthorised, match="keeper pinned the key"):
        sent_to(released, "NL police", tmp_path / "out", KEEPER)


def test_only_what_could_be_read_is_released(copy: Path) -> None:
    page = copy / "packages" / "NL-001" / "package.html"
    page.write_text("<p>harmless</p>", encoding="utf-8")
    with pytest.raises(Contradiction, match="not what was built"):
        release_package(copy, fixed_context("second"), "NL-001", reason="read")


def test_a_notice_names_no_account_of_the_registers(released: Path, tmp_path: Path) -> None:
    sent_to(released, "NL police", tmp_path / "out")
    enter_covert(released, KEEPER, kind="source", market="Kestrel", account="quietheron")
    recall_package(released, fixed_context(), "NL-001", reason="quietheron is ours")
    with pytest.raises(NotAuthorised, match="withheld by the release check"):
        notify_partners(released, fixed_context(), tmp_path / "notices")


def test_two_agencies_that_are_spelled_alike_get_a_file_each(released: Path, tmp_path: Path) -> None:
    add_partner(released, KEEPER, replace(NL, agency="NL-police"), reason="met")
    both = seal_package(released, fixed_context(), "NL-001", ["NL police", "NL-police"], tmp_path / "out")
    assert len({one.path for one in both}) == len(list((tmp_path / "out").iterdir())) == 2


def test_an_erasure_calls_back_an_older_version_that_was_sent(released: Path, tmp_path: Path, own_keys: None) -> None:
    document = json.loads((released / "packages" / "NL-001" / "package.json").read_text(encoding="utf-8"))
    account = document["subjects"][0]["accounts"][0]
    sent_to(released, "NL police", tmp_path / "out")
    with open_operation(released, fixed_context()) as operation:
        (built,) = operation.ledger.entries(ActKind.PACKAGE_BUILT)
        newer = Act(
            kind=ActKind.PACKAGE_BUILT, subject="NL-001", payload={**built.payload, "version": 2, "exhibits": []}
        )
        operation.ledger.record(fixed_context(), newer)
    (released / "packages" / "NL-001" / "package.json").write_text("{}", encoding="utf-8")
    erase_person(released, fixed_context(), Silent(), market=account["market"], account=account["handle"], reason="x")
    assert [(one.agency, one.what) for one in list_notices(released, fixed_context())] == [("NL police", "recall")]


def test_an_erasure_leaves_what_was_sent_and_told_in_the_log(released: Path, tmp_path: Path, own_keys: None) -> None:
    document = json.loads((released / "packages" / "NL-001" / "package.json").read_text(encoding="utf-8"))
    account = document["subjects"][0]["accounts"][0]
    named = replace(fixed_context(), purpose=f"campaign against {account['handle']}")
    seal_package(released, named, "NL-001", ["NL police"], tmp_path / "out")
    recall_package(released, fixed_context(), "NL-001", reason="first")
    notify_partners(released, named, tmp_path / "first")
    erase_person(released, fixed_context(), Silent(), market=account["market"], account=account["handle"], reason="x")
    (one,) = list_sent(released, fixed_context())
    assert [notice.what for notice in one.notices] == ["recall", "recall"]
    assert [notice.what for notice in list_notices(released, fixed_context()) if not notice.told_at] == ["recall"]


def made(change: Callable[[dict[str, bytes]], None] | None = None, **says: object) -> bytes:
    """A bundle of the small files; changed after signing."""
    bag = bundle.bagged(FILES, {})
    files = bundle.with_statement(bag, bundle.statement(bag, {**SAYS, **says}), "desk", SIGNS.sign)  # type: ignore[arg-type, dict-item]
    if change:
        change(files)
    return sealed(bundle.packed(files))


def sealed(content: bytes) -> bytes:
    return bytes(pyrage.encrypt(content, [OURS.to_public()]))


def told(content: bytes, *, signer: str = SIGNER, known: Mapping[str, object] | None = None) -> str:
    """What the one who got it is told; empty if everything holds."""
    from crossbearing.verification.bundle import Known

    before = {f"{parse_key(signer)} {name}": Known(*one) for name, one in (known or {}).items()}  # type: ignore[misc]
    try:
        verify(content, identity=str(OURS), signer=parse_key(signer), today="2026-12-31", known=before)
    except UnreadableSource as refused:
        return str(refused)
    return ""


def with_name(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    return sealed(out.getvalue())


def squeezed() -> bytes:
    """An archive of some hundred bytes that would unpack to 100 megabytes, in a way that cannot be stopped."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(bundle.STATEMENT, bytes(100_000_000))
    return out.getvalue()


def many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(1_001):
            archive.writestr(zipfile.ZipInfo(f"f{number}"), b"")
    return out.getvalue()


def manifest_rewritten(files: dict[str, bytes]) -> None:
    """A payload changed with its manifest, and the tag manifest taken out: a bag that is valid by itself."""
    new = bundle.bagged({**FILES, "package.html": b"<p>other</p>"}, {})
    files.update(new)
    del files["tagmanifest-sha256.txt"]


TAMPERED: dict[str, tuple[bytes, str]] = {
    "added": (made(lambda files: files.update({"data/more.html": b"x"})), "A file was added: data/more.html"),
    "left out": (made(lambda files: files.pop("data/package.json") and None), "A file was left out: data/package.json"),
    "changed": (made(lambda files: files.update({"data/package.html": b"y"})), "A file was changed: data/package.html"),
    "no manifest": (made(lambda files: files.pop("manifest-sha256.txt") and None), "manifest-sha256.txt was removed"),
    "valid as a bag": (made(manifest_rewritten), "tagmanifest-sha256.txt was removed"),
    "no statement": (made(lambda files: files.pop(bundle.STATEMENT) and None), "The signed statement was removed"),
    "broken statement": (made(lambda files: files.update({bundle.STATEMENT: b"{"})), "statement cannot be read"),
    "forwarded": (made(recipients=[{"seal_to": str(THEIRS.to_public())}]), "was made for somebody else"),
    "expired": (made(expires_on="2026-12-30"), "The bundle expired on 2026-12-30"),
    "no version": (made(version="two"), "does not say version"),
    "no number": (made(version=True), "does not say version"),
    "no kind": (made(kind="receipt"), "does not say kind"),
    "no day": (made(expires_on="z"), "does not say expires_on"),
    "no reader": (made(recipients=["x"]), "does not say recipients"),
    "squeezed": (sealed(squeezed()), "packed as no bundle is"),
    "many files": (sealed(many()), "more than 1,000 files"),
    "outside": (with_name("../up.html"), "a name that no bundle has"),
    "absolute": (with_name("/etc/x"), "a name that no bundle has"),
    "no archive": (sealed(b"plain text"), "is no bundle"),
    "cut": (made()[:-20], "changed or cut on its way"),
    "another's": (bytes(pyrage.encrypt(b"x", [THEIRS.to_public()])), "sealed to another recipient"),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_each_way_to_tamper_has_a_message_of_its_own(case: str) -> None:
    content, says = TAMPERED[case]
    assert says in told(content)


def test_an_untouched_bundle_holds_and_no_two_ways_to_tamper_are_told_alike() -> None:
    assert told(made()) == ""
    alike = {"absolute", "no number"}  # the same thing is wrong with them as with another one
    messages = [told(content) for case, (content, _) in TAMPERED.items() if case not in alike]
    assert len(set(messages)) == len(messages)


def test_a_bundle_that_somebody_else_signed_is_refused() -> None:
    other = public_key("desk", Ed25519PrivateKey.generate())
    assert "desk did not sign this statement" in told(made(), signer=other)


def test_an_older_version_and_other_content_of_the_same_are_refused_and_a_second_sending_is_not() -> None:
    assert "This is version 2 of NL-001, and you accepted version 3" in told(made(), known={"NL-001": (3, "ab")})
    assert "were taken back: wrong" in told(made(), known={"NL-001": (1, "ab", 2, "wrong")})
    assert "other content as version 2" in told(made(), known={"NL-001": (2, "cd")})
    assert told(made(sealed_on="2026-12-31"), known={"NL-001": (2, "ab")}) == ""


@settings(suppress_health_check=[HealthCheck.differing_executors])
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_in_what_was_sent_is_noticed(at: int, bit: int) -> None:
    content = bytearray(WHOLE)
    content[at % len(content)] ^= 1 << bit
    assert told(bytes(content))


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_under_the_seal_never_changes_what_is_read(at: int, bit: int) -> None:
    content = bytearray(pyrage.decrypt(WHOLE, [OURS]))
    content[at % len(content)] ^= 1 << bit
    changed = sealed(bytes(content))
    if not told(changed):  # a byte of the archive that nothing is read from
        found = verify(changed, identity=str(OURS), signer=parse_key(SIGNER), today="2026-12-31")
        assert {name.removeprefix("data/"): found.files[name] for name in found.files if "data/" in name} == FILES


WHOLE = made()


def test_the_reader_remembers_what_was_accepted(released: Path, tmp_path: Path) -> None:
    def checked(path: Path) -> None:
        verify_bundle(path, context, identity=kept(tmp_path), signer=signer, known=tmp_path / "known.json")

    context, signer = fixed_context(), exchange_key(released, fixed_context())
    path = sent_to(released, "NL police", tmp_path / "out")
    checked(path)
    later = replace(fixed_context(), clock=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    checked(sent_to(released, "NL police", tmp_path / "again", later))
    said = {f"{parse_key(signer)} NL-001": {"version": 2, "content": "ab", "ended": 0, "why": ""}}
    (tmp_path / "known.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(UnreadableSource, match="you accepted version 2 before"):
        checked(path)
    (tmp_path / "known.json").write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableSource, match="accepted versions cannot be read"):
        checked(path)


def test_a_recall_reaches_everybody_who_got_it_and_is_pending_until_acknowledged(
    released: Path, tmp_path: Path
) -> None:
    add_partner(released, KEEPER, replace(NL, agency="NL lab", seal_to=str(THEIRS.to_public())), reason="met")
    add_partner(released, KEEPER, replace(NL, agency="NL bystander"), reason="met")
    made = seal_package(released, fixed_context(), "NL-001", ["NL police", "NL lab"], tmp_path / "out")
    pending = recall_package(released, fixed_context(), "NL-001", reason="a source was withdrawn")
    assert [(one.agency, one.what, one.told_at) for one in pending] == [
        ("NL police", "recall", ""), ("NL lab", "recall", ""),
    ]  # fmt: skip
    with pytest.raises(NotAuthorised, match="recall; a source was withdrawn"):
        sent_to(released, "NL police", tmp_path / "late")
    told = notify_partners(released, fixed_context(), tmp_path / "notices").told
    assert notify_partners(released, fixed_context(), tmp_path / "notices").told == []
    assert len(notify_partners(released, fixed_context(), tmp_path / "again", again=True).told) == 2
    signer, known = exchange_key(released, fixed_context()), tmp_path / "known.json"
    for path in (made[0].path, told[0].path):
        found = verify_bundle(path, fixed_context(), identity=kept(tmp_path), signer=signer, known=known)
    assert (found.kind, found.statement["why"]) == ("recall", "a source was withdrawn")
    with pytest.raises(UnreadableSource, match="were taken back: a source was withdrawn"):
        verify_bundle(made[0].path, fixed_context(), identity=kept(tmp_path), signer=signer, known=known)
    with pytest.raises(UnreadableSource, match="another recipient"):
        verify_bundle(told[1].path, fixed_context(), identity=kept(tmp_path), signer=signer)
    acknowledge(released, fixed_context(), "NL-001", "NL police", on="2026-11-25", words="by telephone")
    states = {one.agency: one.acknowledged_on for one in list_notices(released, fixed_context())}
    assert states == {"NL police": "2026-11-25", "NL lab": ""}
    assert [one.notices[0].acknowledged_on for one in list_sent(released, fixed_context())] == ["2026-11-25", ""]
    with pytest.raises(NotFound, match="Nothing on NL-001 waits for NL police"):
        acknowledge(released, fixed_context(), "NL-001", "NL police", on="2026-11-25", words="again")


def test_a_mark_tells_only_those_who_had_got_it_before(released: Path, tmp_path: Path) -> None:
    assert recall_package(released, fixed_context(), "NL-001", reason="too early") == []
    with pytest.raises(NotFound, match="no package 'XX-001'"):
        recall_package(released, fixed_context(), "XX-001", reason="x")
    assert list_notices(released, fixed_context()) == []


def test_who_got_it_and_is_registered_no_more_is_told_by_another_way(released: Path, tmp_path: Path) -> None:
    add_partner(released, KEEPER, replace(NL, agency="NL lab"), reason="met")
    seal_package(released, fixed_context(), "NL-001", ["NL police", "NL lab"], tmp_path / "out")
    recall_package(released, fixed_context(), "NL-001", reason="error", is_correction=True)
    remove_partner(released, fixed_context(), "NL police", reason="dissolved")
    found = notify_partners(released, fixed_context(), tmp_path / "notices")
    assert [one.agency for one in found.unreachable] == ["NL police"]
    assert [one.notice.agency for one in found.told] == ["NL lab"]
    (one,) = acknowledge(released, fixed_context(), "NL-001", "NL police", on="2026-11-25", words="in person")
    assert (one.what, one.acknowledged_on) == ("correction", "2026-11-25")


def test_the_commands_of_sending_print_what_they_did(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["package", "release", str(copy), "NL-001", "--reason", "read", "--person", "second"]) == 0
    assert main(["partner", "key", str(copy), "--json"]) == 0
    signer = json.loads(capsys.readouterr().out.split("\n", 2)[-1])["key"]
    sending = ["package", "seal", str(copy), "NL-001", "--to", "NL police", "--out", str(tmp_path / "out")]
    assert main([*sending, "--purpose", "campaign", "--person", "analyst"]) == 0
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.startswith("NL-001-v1-nl-police-")
    checking = ["package", "verify", str(path), "--identity", str(kept(tmp_path)), "--signer", signer]
    assert main([*checking, "--out", str(tmp_path / "laid")]) == 0
    assert "everything holds" in capsys.readouterr().out
    assert main([*checking, "--out", str(tmp_path / "laid")]) != 0
    assert main(["package", "sent", str(copy)]) == 0
    assert "campaign" in capsys.readouterr().out
    assert main(["package", "recall", str(copy), "NL-001", "--reason", "a mistake"]) == 0
    assert "1 partner to be told" in capsys.readouterr().out
    assert main(["package", "notify", str(copy), "--out", str(tmp_path / "told"), "--purpose", "recall"]) == 0
    (notice,) = (tmp_path / "told").iterdir()
    assert main(["package", "verify", str(notice), *checking[3:]]) == 0
    assert "recall of NL-001, version 1 and earlier" in capsys.readouterr().out
    assert main(["package", "notices", str(copy)]) == 0
    assert "pending" in capsys.readouterr().out
    telling = ["package", "acknowledged", str(copy), "NL-001", "NL police", "--on", "2026-12-01", "--words", "mail"]
    assert main(telling) == 0
    assert "2026-12-01" in capsys.readouterr().out
