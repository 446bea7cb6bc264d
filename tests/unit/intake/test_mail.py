"""Mail: what Python's own mailbox and email modules write is read back; broken letters cost only themselves."""

import hashlib
import json
import mailbox
from email.header import Header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.intake import mail_message
from crossbearing.intake.readers import mail
from crossbearing.intake.readers.mail import Mail
from reading import ordinals_are_whole, read, rows_of, spoiled, unaccounted


def message(body: str = "hello\n", subject: str = "about alder", **fields: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Alder <alder@example.invalid>", "birch@example.invalid", subject
    made["Date"], made["Message-ID"] = "Tue, 01 Jun 2021 08:00:00 +0000", "<1@example.invalid>"
    for name, value in fields.items():
        made[name] = value
    made.set_content(body, cte="8bit" if body.isascii() else None)
    return made


def box(folder: Path, *messages: EmailMessage) -> bytes:
    path = folder / "x.mbox"
    path.unlink(missing_ok=True)
    made = mailbox.mbox(path)
    for one in messages:
        made.add(one)
    made.close()
    return path.read_bytes()


ONE = message().as_bytes()
TWO = b"From x Tue Jun  1 08:00:00 2021\n" + ONE + b"\nFrom y Tue Jun  1 08:00:00 2021\n" + ONE + b"\n"


def only(content: bytes, encoding: str = "utf-8") -> dict[str, str | None]:
    batches, refused = read(Mail(), content, encoding)
    assert not refused
    (row,) = rows_of(batches)
    return row


def test_a_message_gives_its_fields_as_they_stand() -> None:
    row = only(ONE)
    assert row.pop("headers").splitlines()[0] == "From: Alder <alder@example.invalid>"
    assert row == {
        "message_id": "<1@example.invalid>", "date": "Tue, 01 Jun 2021 08:00:00 +0000", "to": "birch@example.invalid",
        "from": "Alder <alder@example.invalid>", "cc": None, "subject": "about alder", "body": "hello\n",
        "attachments": None, "defects": None,
    }  # fmt: skip


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=80)
bodies = st.lists(
    st.sampled_from(["From here", ">From x", "From: a", "", "x", "é 😀", "From a b\nSubject: c"]), max_size=6
)


@given(st.lists(st.tuples(words, bodies), min_size=1, max_size=4))
def test_what_the_mailbox_module_writes_is_read_back(tmp_path: Path, letters) -> None:
    made = []
    for subject, lines in letters:
        one = message("\n".join(lines) + "\n")
        del one["Subject"]
        one["Subject"] = Header(subject, "utf-8").encode(maxlinelen=0)
        made.append(one)
    content = box(tmp_path, *made)
    batches, refused = read(Mail(), content)
    rows = rows_of(batches)
    assert [" ".join((row["subject"] or "").split()) for row in rows] == [" ".join(s.split()) for s, _ in letters]
    # The module quotes "From " and leaves ">From " as it is (mboxo), so the file cannot tell them apart.
    wanted = [("\n".join(lines) + "\n").replace("\n>From ", "\nFrom ").removeprefix(">") for _, lines in letters]
    assert [row["body"].replace("\n>From ", "\nFrom ").removeprefix(">") for row in rows] == wanted
    assert not refused
    assert not unaccounted(content, batches, refused)


def test_lines_that_an_mboxrd_quoted_get_one_mark_less() -> None:
    body = b"From a\n>From b\n>>From c\n > From d\n"
    quoted = body.replace(b">From", b">>From", 2).replace(b"From a", b">From a")
    content = b"From x\nSubject: s\nTo: t\n\n" + quoted.replace(b">>>From c", b">>>From c") + b"\n"
    assert only(content)["body"] == body.decode()


def test_a_single_message_is_never_split_and_nothing_in_it_is_unquoted() -> None:
    content = ONE + b"\nFrom x Tue Jun  1\nSubject: no\n\n>From y\n"
    assert only(content)["body"] == "hello\n\nFrom x Tue Jun  1\nSubject: no\n\n>From y\n"


def test_each_place_in_a_box_is_one_message_with_its_from_line() -> None:
    batches, _ = read(Mail(), b"\n\n" + TWO)
    (places,) = [list(zip(b.offsets.tolist(), b.lengths.tolist(), strict=True)) for b in batches]
    assert [(b"\n\n" + TWO)[o : o + n] for o, n in places] == [TWO[: len(TWO) // 2], TWO[len(TWO) // 2 :]]


def test_attachments_are_named_with_the_hash_of_their_bytes() -> None:
    one = message("see this\n")
    one.add_attachment(b"\x00\x01", maintype="image", subtype="png", filename="grüße.png")
    one.add_attachment("words\n", filename="words.txt")
    one.add_attachment(message("inner\n"), filename="inner.eml")
    row = only(one.as_bytes())
    assert row["body"] == "see this\n"
    digests = [hashlib.sha256(content).hexdigest() for content in (b"\x00\x01", b"words\n")]
    assert json.loads(row["attachments"]) == [
        {"name": "grüße.png", "media_type": "image/png", "size": 2, "sha256": digests[0]},
        {"name": "words.txt", "media_type": "text/plain", "size": 6, "sha256": digests[1]},
        {"name": "inner.eml", "media_type": "message/rfc822", "size": None, "sha256": None},
    ]


def test_the_body_is_the_plain_text_or_else_what_the_page_shows() -> None:
    one = EmailMessage()
    one["Subject"], one["To"] = "s", "t@example.invalid"
    one.set_content("<p>one<p>two", subtype="html")
    assert only(one.as_bytes())["body"] == "one\ntwo"
    one.make_alternative()
    one.add_alternative("plain\n")
    assert only(one.as_bytes())["body"] == "plain\n"


@given(words, st.sampled_from(["utf-8", "iso-8859-5", "koi8-r", "shift_jis"]), st.integers(20, 76))
def test_encoded_words_are_read_as_the_standard_library_writes_them(text: str, charset: str, width: int) -> None:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    written = Header(text, charset, maxlinelen=width).encode()
    row = only(b"To: t\r\nSubject: " + written.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert row["subject"].split() == text.split()


@pytest.mark.parametrize("line", [b"F\xffom x\n", b"From x\nno field\n", b"\x00\x00\x00\n"])
def test_a_box_whose_first_line_is_broken_loses_that_message_only(line: bytes) -> None:
    batches, refused = read(Mail(), line + TWO.partition(b"\n")[2])
    assert len(rows_of(batches)) == 2
    assert rows_of(batches)[1]["subject"] == "about alder"
    assert not refused


def test_a_media_type_with_bytes_that_are_no_text_is_shown_with_escapes() -> None:
    row = only(b"From: x\nTo: y\nContent-Type: image/p\xe4g\n\nz\n")
    assert json.loads(row["attachments"] or "")[0]["media_type"] == r"image/p\xe4g"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (b"=?utf-8?q?a_=C3=A9?= b =?utf-8?B?w6k=?=", "a é b é"),
        (b"=?utf-8?B?ww==?= =?UTF-8?B?qQ==?=", "é"),
        (b"=?utf-8*de?q?x?=", "x"),
        (b"=?no-such?q?=E9?=", "\\xe9"),
        (b"=?rot13?q?abc?=", "abc"),
        (b"=?utf-8?B?@@@?=", ""),
        (b"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
        (b"Gr\xfc", "Gr\\xfc"),
        (b"\\u0041 =?utf-8?q?x?=", "\\u0041 x"),
        (b"a\r\n\tb", "a\tb"),
    ],
)  # fmt: skip
def test_fields_are_decoded_leniently(written: bytes, read_as: str) -> None:
    assert only(b"To: t\r\nFrom: f\r\nSubject: " + written + b"\r\n\r\n")["subject"] == read_as


def test_a_charset_that_is_unknown_or_wrong_leaves_every_byte_visible() -> None:
    for charset in ("no-such", "rot13", "utf-8"):
        content = f'To: t\nSubject: s\nContent-Type: text/plain; charset="{charset}"\n\n'.encode() + b"\xff\n"
        assert only(content)["body"] == "\\xff\n"
    assert only(b"To: t\nSubject: s\n\n\xe6\n", "cp1251")["body"] == "ж\n"


def test_what_is_wrong_with_a_message_is_named() -> None:
    content = b'To: t\nSubject: s\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nwords\n'
    row = only(content)
    assert row["body"] == "words"  # the line end belongs to the boundary that is missing
    assert row["defects"] == "CloseBoundaryNotFoundDefect"


HOSTILE = {
    "comments within comments": b"To: " + b"(" * 100_000 + b"\nSubject: s\n\n",
    "parts within parts": b"To: t\nSubject: s\n"
    + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)),
    "a field that is long": b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\nTo: t\n\n",
    "a disposition that breaks the parser": b"To: t\nSubject: s\nContent-Disposition: attachment; filename*0*=\n\nx",
    "a page of unclosed blocks": b"To: t\nSubject: s\nContent-Type: text/html\n\n" + b"<div>" * 300_000,
    "one line without end": b"To: t\nSubject: s\n\n" + b"a" * 5_000_000,
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_message_gives_a_row_or_a_refusal_and_the_next_one_is_read(hostile: str) -> None:
    content = b"From x\n" + HOSTILE[hostile] + b"\n\n" + TWO
    batches, refused = read(Mail(), content)
    assert rows_of(batches)[-1]["subject"] == "about alder"
    assert ordinals_are_whole(batches, refused, "messages")
    assert sum(map(len, batches)) + len(refused) == 3
    assert not unaccounted(content, batches, refused)


def test_more_parts_than_are_read_are_named(monkeypatch) -> None:
    monkeypatch.setattr(mail_message, "MOST_PARTS", 3)
    one = message()
    for _ in range(5):
        one.add_attachment(b"x", maintype="image", subtype="png")
    row = only(one.as_bytes())
    assert len(json.loads(row["attachments"])) == 2
    assert row["defects"] == "MorePartsThanAreRead"


def test_a_message_that_is_too_large_is_refused_and_the_next_is_read(monkeypatch) -> None:
    monkeypatch.setattr(mail, "LARGEST_MESSAGE", 1_000)
    content = b"From x\nSubject: s\nTo: t\n\n" + b"a\n" * 1_000 + b"\n" + TWO
    batches, refused = read(Mail(), content)
    assert len(rows_of(batches)) == 2
    assert [(r.ordinal, r.rows, r.is_damage) for r in refused] == [(1, 1, False)]
    assert not unaccounted(content, batches, refused)


@pytest.mark.parametrize(
    ("head", "is_mail"),
    [
        (TWO, True),
        (ONE, True),
        (ONE.replace(b"\n", b"\r\n"), True),
        (b"Received: from x\n by y; now\nTo: t\n\nbody", True),
        (b"From the start, this is prose.\nAnd on.\n", False),
        (b"subject,to\na,b\n", False),
        (b"To: nobody\nthis is a note\n", False),
        (b"name: x\nage: 3\n", False),
        (b"HTTP/1.1 200 OK\nDate: x\nContent-Type: y\n", False),
    ],
)
def test_mail_is_known_by_its_header(head: bytes, is_mail: bool) -> None:
    assert Mail().recognises(head) == is_mail


LARGER = message("x\n")
LARGER.add_attachment(b"\x00\x01", maintype="image", subtype="png", filename="a.png")
LARGER = b"From x\n" + LARGER.as_bytes() + b"\n" + TWO


@given(st.binary(max_size=300) | spoiled(TWO) | spoiled(ONE) | spoiled(LARGER))
def test_no_bytes_make_the_reader_fail_and_every_byte_is_accounted_for(content: bytes) -> None:
    batches, refused = read(Mail(), content)
    assert not set(unaccounted(content, batches, refused)) - set(b"\r\n")
    assert ordinals_are_whole(batches, refused, "messages")
