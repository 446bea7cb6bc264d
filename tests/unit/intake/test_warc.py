"""Web captures: warcio writes, we read; what it reads, we read; what is broken is named, and nothing else is lost."""

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crossbearing.intake.pages import http_answer
from crossbearing.intake.readers import warc
from crossbearing.intake.readers.warc import Warc
from reading import ordinals_are_whole, read, rows_of, spoiled, unaccounted

HTML = "text/html; charset=utf-8"
PAGE = b"<title>Alder &amp; co</title><h1>Alder</h1><script>x()</script><p>5 g<br>10 g"


def capture(
    *answers: tuple[str, list[tuple[str, str]], bytes],
    version: str = "1.0",
    others: bool = False,
    status: str = "200 OK",
) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version=f"WARC/{version}")
    if others:
        writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "test"}))
    for url, headers, body in answers:
        date = {"WARC-Date": "2021-06-01T08:00:00Z"}
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        if others:
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x.invalid")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=date))
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=date
            )
        )
    return out.getvalue()


TWO = capture(
    ("http://one.invalid/a", [("Content-Type", HTML)], PAGE),
    ("http://one.invalid/b", [("Content-Type", "image/jpeg")], bytes(range(256))),
    others=True,
)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_page_gives_its_address_day_title_and_visible_text(version: str) -> None:
    batches, refused = read(Warc(), capture(("http://one.invalid/a", [("Content-Type", HTML)], PAGE), version=version))
    (row,) = rows_of(batches)
    assert row.pop("sha1").startswith("sha1:")
    assert row == {
        "url": "http://one.invalid/a", "fetched_at": "2021-06-01T08:00:00Z", "status": "200", "media_type": "text/html",
        "charset": "utf-8", "title": "Alder & co", "text": "Alder\n5 g\n10 g", "html": PAGE.decode(), "file": None,
    }  # fmt: skip
    assert not refused


def test_requests_and_notes_are_counted_under_their_own_kind_and_are_no_damage() -> None:
    batches, refused = read(Warc(), TWO)
    assert [row["html"] is None for row in rows_of(batches)] == [False, True]
    assert [(r.table, r.ordinal, r.rows, r.is_damage) for r in refused] == [
        ("warcinfo", 1, 1, False), ("request", 1, 1, False), ("request", 2, 1, False),
    ]  # fmt: skip
    assert set(unaccounted(TWO, batches, refused)) <= set(b"\r\n")


def test_a_file_with_one_gzip_member_per_record_is_unpacked_before_it_is_read(tmp_path) -> None:
    from crossbearing.intake.part_reader import recognise
    from crossbearing.intake.sources import Source, open_part

    ends = [i for i in range(1, len(TWO)) if TWO.startswith(b"WARC/", i)] + [len(TWO)]
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"".join(gzip.compress(TWO[a:b], mtime=0) for a, b in zip([0, *ends], ends, strict=False)))
    found = recognise(Source.of_file(path))
    assert found is not None
    assert found.reader.name == "warc"
    with open_part(Source.of_file(path)) as stream:
        assert rows_of([p for p in Warc().read(stream, "utf-8") if hasattr(p, "values")]) == rows_of(
            read(Warc(), TWO)[0]
        )


bodies = st.binary(max_size=200) | st.text(max_size=80).map(lambda text: f"<p>{text}".encode("utf-8", "replace"))
kinds = st.sampled_from([HTML, "text/html", "image/png", "application/json"])


@given(st.lists(st.tuples(kinds, bodies), min_size=1, max_size=6), st.booleans(), st.sampled_from(["1.0", "1.1"]))
def test_what_warcio_writes_is_read_back_with_places_that_warcio_reads_alone(pages, others, version) -> None:
    made = [(f"http://one.invalid/{n}", [("Content-Type", k)], b) for n, (k, b) in enumerate(pages)]
    content = capture(*made, version=version, others=others)
    batches, refused = read(Warc(), content)
    rows = rows_of(batches)
    assert [row["url"] for row in rows] == [url for url, _, _ in made]
    assert not any(r.is_damage for r in refused)
    places = [p for b in batches for p in zip(b.offsets.tolist(), b.lengths.tolist(), strict=True)]
    for row, (offset, length), (kind, body) in zip(rows, places, pages, strict=True):
        (record,) = ArchiveIterator(io.BytesIO(content[offset : offset + length] + b"\r\n\r\n"))
        assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
        assert row["sha1"] == record.rec_headers.get_header("WARC-Payload-Digest")
        text = body.decode("utf-8", "backslashreplace") if "html" in kind else None
        if text is None or not body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            assert row["html"] == text


def chunked(body: bytes, sizes: list[int]) -> bytes:
    pieces = []
    for size in sizes:
        if body[:size]:
            pieces.append(b"%x;name=value\r\n%b\r\n" % (len(body[:size]), body[:size]))
            body = body[size:]
    return b"".join(pieces) + (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


@given(
    st.text(st.characters(codec="utf-8"), max_size=300),
    st.lists(st.integers(1, 90), max_size=5) | st.none(),
    st.sampled_from(["", "gzip", "deflate", "identity"]),
)
def test_encodings_of_an_answer_are_undone_as_warcio_undoes_them(text, sizes, encoding) -> None:
    body = b"<html>" + text.encode()
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)(body)
    headers = [("Content-Type", HTML)] + ([("Content-Encoding", encoding)] if encoding else [])
    headers += [("Transfer-Encoding", "chunked")] if sizes is not None else []
    content = capture(("http://one.invalid/", headers, packed if sizes is None else chunked(packed, sizes)))
    (row,) = rows_of(read(Warc(), content)[0])
    record = next(ArchiveIterator(io.BytesIO(content)))
    assert row["html"] == record.content_stream().read().decode() == body.decode()


def test_deflate_without_its_frame_and_several_encodings_are_undone_too() -> None:
    for encoding, packed in (
        ("deflate", raw_deflate(PAGE)),
        ("gzip, deflate", zlib.compress(gzip.compress(PAGE, mtime=0))),
    ):
        headers = [("Content-Type", HTML), ("Content-Encoding", encoding)]
        (row,) = rows_of(read(Warc(), capture(("http://one.invalid/", headers, packed)))[0])
        assert row["html"] == PAGE.decode()


@pytest.mark.parametrize(
    ("headers", "body", "reason", "kept"),
    [
        ([("Content-Length", "9999")], PAGE, "the answer is cut: ", PAGE),
        ([("Transfer-Encoding", "chunked")], chunked(PAGE, [9])[:-5], "its last chunk is not there", PAGE),
        ([("Content-Encoding", "gzip")], gzip.compress(PAGE, mtime=0)[:-9], "its encoding does not end", PAGE),
        ([("Content-Encoding", "gzip")], PAGE, "the answer's encoding is broken", b""),
        ([("Content-Encoding", "br")], PAGE, "encoded in a way that is not read: 'br'", None),
    ],
)
def test_an_answer_that_is_not_whole_gives_what_there_is_and_says_so(headers, body, reason, kept) -> None:
    batches, (said,) = read(Warc(), capture(("http://one.invalid/", [("Content-Type", HTML), *headers], body)))
    assert rows_of(batches)[0]["html"] == (None if kept is None else kept.decode())
    assert reason in said.reason
    assert (said.rows, said.is_damage) == (0, False)


def test_a_small_answer_that_unpacks_to_very_much_is_cut_at_the_limit(monkeypatch) -> None:
    monkeypatch.setattr(http_answer, "LARGEST_BODY", 100_000)
    bomb = gzip.compress(b"<p>" + b"a" * 10_000_000, mtime=0)
    headers = [("Content-Type", HTML), ("Content-Encoding", "gzip")]
    batches, (said,) = read(Warc(), capture(("http://one.invalid/", headers, bomb)))
    assert len(rows_of(batches)[0]["html"]) == 100_000
    assert "unpacks to more than 100,000 bytes" in said.reason


def test_a_digest_that_does_not_fit_is_damage_beside_the_row() -> None:
    content = TWO.replace(b"Alder &amp; co", b"Alder &amp; go")
    batches, refused = read(Warc(), content)
    assert len(rows_of(batches)) == 2
    (damage,) = [r for r in refused if r.is_damage]
    assert damage.reason == "the digest in warc-block-digest does not fit the bytes"
    assert content[damage.offset : damage.offset + 5] == b"WARC/"


def test_a_payload_digest_may_be_of_the_chunks_or_of_what_is_in_them() -> None:
    import base64
    import hashlib

    headers = [("Content-Type", HTML), ("Transfer-Encoding", "chunked")]
    content = capture(("http://one.invalid/", headers, chunked(PAGE, [7])))
    (stated,) = {line for line in content.splitlines() if line.startswith(b"WARC-Payload-Digest")}
    other = b"WARC-Payload-Digest: sha1:" + base64.b32encode(hashlib.sha1(PAGE, usedforsecurity=False).digest())
    for digest, is_damage in ((stated, False), (other, False), (other[:-1] + b"7", other[-1:] != b"7")):
        _, refused = read(Warc(), content.replace(stated, digest))
        assert bool(refused) == is_damage


def test_charsets_come_from_the_server_then_the_page_then_the_profile() -> None:
    text = "Grüße"
    for stated, meta, used in (("latin-1", "utf-8", "latin-1"), (None, "latin-1", "latin-1"), (None, None, "cp1251")):
        kind = "text/html" + (f"; charset={stated}" if stated else "")
        body = ((f'<meta charset="{meta}">' if meta else "") + text).encode(used, "replace")
        batches, _ = read(Warc(), capture(("http://one.invalid/", [("Content-Type", kind)], body)), "cp1251")
        (row,) = rows_of(batches)
        assert row["html"].endswith(text.encode(used, "replace").decode(used))
        assert row["charset"] == (stated or meta)


@pytest.mark.parametrize("charset", ["rot13", "zlib", "unicode_escape", "undefined", "no-such", "idna", "x" * 30])
def test_a_charset_that_is_none_is_never_run(charset: str) -> None:
    kind = f"text/html; charset={charset}"
    (row,) = rows_of(read(Warc(), capture(("http://one.invalid/", [("Content-Type", kind)], b"<p>\\u0041bc")))[0])
    assert row["text"] == "\\u0041bc"


def test_resources_revisits_and_answers_of_other_servers_are_told_apart() -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)

    def add(kind: str, url: str, media: str, body: bytes) -> None:
        record = writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), warc_content_type=media,
        )  # fmt: skip
        writer.write_record(record)

    add("resource", "https://one.invalid/r", HTML, PAGE)
    add("resource", "ftp://one.invalid/r", "text/plain", b"x")
    add("response", "dns:one.invalid", "text/dns", b"x")
    add("metadata", "http://one.invalid/r", "text/plain", b"x")
    headless = capture(("http://one.invalid/s", [], b"")).replace(b"HTTP/1.1 200", b"XTTP/1.1 200")
    batches, refused = read(Warc(), out.getvalue() + headless)
    assert [(row["url"], row["status"], row["title"]) for row in rows_of(batches)] == [
        ("https://one.invalid/r", None, "Alder & co")
    ]
    assert [(r.table, r.rows, r.is_damage) for r in refused] == [
        ("resource", 1, False), ("response", 1, False), ("metadata", 1, False), ("pages", 1, False),
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", [b"999999999999", b"1", b"x", b"-5"])
def test_a_length_that_does_not_lead_to_the_next_record_is_damage_and_the_next_is_found(wrong: bytes) -> None:
    content = capture(*[(f"http://one.invalid/{n}", [("Content-Type", HTML)], PAGE) for n in range(3)])
    second = content.index(b"WARC/", content.index(b"/0"))
    at = content.index(b"Content-Length: ", second) + len(b"Content-Length: ")
    broken = content[:at] + wrong + content[content.index(b"\r", at) :]
    batches, refused = read(Warc(), broken)
    assert [row["url"][-1] for row in rows_of(batches)] == ["0", "2"]
    (gap,) = refused
    assert gap.is_damage
    assert broken[gap.offset :].startswith(b"WARC/1.0")
    assert not set(unaccounted(broken, batches, refused)) - set(b"\r\n")


def test_a_record_that_is_too_large_gives_a_row_without_its_page(monkeypatch) -> None:
    monkeypatch.setattr(warc, "LARGEST_BLOCK", 1_000)
    pages = [
        (f"http://one.invalid/{n}", [("Content-Type", HTML)], b"<p>" + b"a" * n) for n in (5, 300_000, 3_000_000, 7)
    ]
    content = capture(*pages)
    batches, refused = read(Warc(), content)
    assert [row["html"] is None for row in rows_of(batches)] == [False, True, True, False]
    assert [r.reason for r in refused] == ["the record has more than 1,000 bytes"] * 2
    assert not set(unaccounted(content, batches, refused)) - set(b"\r\n")


@given(st.binary(max_size=300) | spoiled(TWO) | spoiled(TWO + TWO))
def test_no_bytes_make_the_reader_fail_and_every_byte_is_accounted_for(content: bytes) -> None:
    batches, refused = read(Warc(), content)
    assert not set(unaccounted(content, batches, refused)) - set(b"\r\n")
    for table in ("pages", "request", "warcinfo"):
        assert ordinals_are_whole(batches, refused, table)


@given(st.data())
def test_a_hole_between_two_records_loses_no_record_outside_it(data) -> None:
    pages = [(f"http://one.invalid/{n}", [("Content-Type", HTML)], PAGE) for n in range(5)]
    content = capture(*pages)
    starts = [i for i in range(len(content)) if content.startswith(b"WARC/1.0\r\n", i)]
    hit = data.draw(st.integers(0, 4))
    end = starts[hit + 1] if hit < 4 else len(content)
    first = data.draw(st.integers(starts[hit], end - 5))
    last = data.draw(st.integers(first + 1, end - 4))
    batches, _ = read(Warc(), content[:first] + content[last:])
    found = {row["url"] for row in rows_of(batches)}
    assert {url for n, (url, _, _) in enumerate(pages) if n != hit} <= found
