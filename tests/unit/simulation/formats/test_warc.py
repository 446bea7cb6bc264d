"""Captures that warcio reads, with digests that hold."""

import gzip
import io
import zlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from warcio.archiveiterator import ArchiveIterator

from crossbearing.simulation.formats.warc import Page, Warc

BEGUN = datetime(2021, 6, 1, 8, 0, 0, tzinfo=UTC)
PAGES = [
    Page("http://kestrel.invalid/vendor/alder?page=2", BEGUN + timedelta(seconds=5), "<p>é 😀\r\n\r\n</p>".encode()),
    Page("http://kestrel.invalid/gone", BEGUN.astimezone(timezone(timedelta(hours=2))), b"", "404 Not Found"),
    Page("http://kestrel.invalid/image", BEGUN, bytes(range(256)) * 100, kind="image/jpeg"),
]


def capture(version: str = "1.0", *, with_requests: bool = True) -> bytes:
    out = io.BytesIO()
    options = {"name": "kestrel-2021-06.warc.gz", "begun": BEGUN, "arguments": ("--mirror", "--warc-file=kestrel")}
    with Warc(out, version=version, with_requests=with_requests, **options) as warc:
        for page in PAGES:
            warc.page(page)
    return out.getvalue()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_warcio_reads_every_page_and_the_digests_hold(version: str) -> None:
    found = []
    for record in ArchiveIterator(io.BytesIO(capture(version)), check_digests="raise"):
        body = record.content_stream().read()
        assert record.rec_headers.protocol == f"WARC/{version}"
        assert record.digest_checker.passed
        if record.rec_type == "response":
            headers = record.rec_headers
            found.append((headers.get_header("WARC-Target-URI"), record.http_headers.get_statuscode(), body))
            assert record.http_headers.get_header("Content-Length") == str(len(body))
            assert headers.get_header("WARC-Payload-Digest")
    assert found == [(page.url, page.status[:3], page.body) for page in PAGES]


def test_records_come_as_wget_writes_them_and_point_at_each_other() -> None:
    headers = [record.rec_headers for record in ArchiveIterator(io.BytesIO(capture()))]
    assert [each.get_header("WARC-Type") for each in headers] == ["warcinfo", *["request", "response"] * 3]
    identifiers = [each.get_header("WARC-Record-ID") for each in headers]
    assert len(set(identifiers)) == 7
    assert {each.get_header("WARC-Warcinfo-ID") for each in headers[1:]} == {identifiers[0]}
    assert [each.get_header("WARC-Concurrent-To") for each in headers[2::2]] == identifiers[1::2]
    assert headers[4].get_header("WARC-Date") == "2021-06-01T08:00:00Z"


def test_the_request_asks_for_the_page() -> None:
    record = next(each for each in ArchiveIterator(io.BytesIO(capture())) if each.rec_type == "request")
    assert record.http_headers.statusline == "/vendor/alder?page=2 HTTP/1.1"
    assert record.http_headers.get_header("Host") == "kestrel.invalid"


def test_each_record_is_a_gzip_member_of_its_own() -> None:
    content, members = capture(with_requests=False), 0
    while content:
        member = zlib.decompressobj(zlib.MAX_WBITS + 16)
        assert member.decompress(content).startswith(b"WARC/1.0\r\nWARC-Type: ")
        content, members = member.unused_data, members + 1
    assert members == 1 + len(PAGES)


def test_equal_pages_give_equal_bytes() -> None:
    assert capture() == capture()
    assert b"2021-06-01T08:00:00Z" in gzip.decompress(capture())
