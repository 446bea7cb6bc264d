"""Web captures as wget writes them: .warc.gz, one gzip member per record, with digests."""

import hashlib
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import BinaryIO, Final, Self
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

WGET: Final = "Wget/1.21.3 (linux-gnu)"
_CONFORMS: Final = {
    "1.0": "http://bibnum.bnf.fr/WARC/WARC_ISO_28500_version1_latestdraft.pdf",
    "1.1": "http://bibnum.bnf.fr/WARC/WARC_ISO_28500_version1-1_latestdraft.pdf",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One saved answer.

    Attributes:
        url: Asked for.
        at: When, with its offset.
        body: As it came.
        status: Of the answer.
        kind: Its Content-Type.
        headers: Further headers of the answer, before those that every answer has.
    """

    url: str
    at: datetime
    body: bytes
    status: str = "200 OK"
    kind: str = "text/html; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = (("Server", "nginx"),)


class Warc:
    """One capture written into a stream; a context manager."""

    def __init__(
        self,
        out: BinaryIO,
        *,
        name: str,
        begun: datetime,
        version: str = "1.0",
        software: str = WGET,
        arguments: Sequence[str] = (),
        with_requests: bool = True,
    ) -> None:
        """Prepare a capture.

        Args:
            out: Stream.
            name: Of the file; also what the record identifiers are made from.
            begun: When the crawler was started, with its offset.
            version: Of the format: "1.0" (wget puts addresses in angle brackets there) or "1.1".
            software: That made the capture.
            arguments: It was started with.
            with_requests: Whether requests were kept too.
        """
        self._version, self._name, self._begun = version, name, begun
        self._software, self._arguments, self._with_requests = software, arguments, with_requests
        self._writer = WARCWriter(out, gzip=True, warc_version=f"WARC/{version}")
        self._records = 0
        self._info = self._identifier()

    def __enter__(self) -> Self:
        quoted = " ".join(f'"{argument}"' for argument in self._arguments)
        fields = {
            "software": self._software, "format": f"WARC File Format {self._version}",
            "conformsTo": _CONFORMS[self._version], "robots": "off", "wget-arguments": quoted,
        }  # fmt: skip
        block = "".join(f"{key}: {value}\r\n" for key, value in fields.items() if value) + "\r\n"
        headers = [("WARC-Type", "warcinfo"), ("Content-Type", "application/warc-fields")]
        headers += [("WARC-Date", _date(self._begun)), ("WARC-Record-ID", self._info), ("WARC-Filename", self._name)]
        self._record("warcinfo", headers, block.encode(), None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing follows the last record."""

    def page(self, page: Page) -> None:
        """Write one answer, after the request if requests are kept."""
        address = f"<{page.url}>" if self._version == "1.0" else page.url
        common = [("WARC-Target-URI", address), ("WARC-Date", _date(page.at))]
        asked = self._identifier()
        if self._with_requests:
            headers = [("WARC-Type", "request"), *common, ("Content-Type", "application/http;msgtype=request")]
            headers += [("WARC-Record-ID", asked), ("WARC-Warcinfo-ID", self._info)]
            self._record("request", headers, b"", _request(page.url, self._software))
        headers = [("WARC-Type", "response"), ("WARC-Record-ID", self._identifier())]
        headers += [("WARC-Warcinfo-ID", self._info)]
        headers += [("WARC-Concurrent-To", asked)] if self._with_requests else []
        headers += [*common, ("Content-Type", "application/http;msgtype=response")]
        answer = [
            *page.headers,
            ("Date", format_datetime(page.at.astimezone(UTC), usegmt=True)),
            ("Content-Type", page.kind),
        ]
        answer += [("Content-Length", str(len(page.body))), ("Connection", "keep-alive")]
        self._record("response", headers, page.body, StatusAndHeaders(page.status, answer, protocol="HTTP/1.1"))

    def _identifier(self) -> str:
        """The next record's: it looks random and is not."""
        self._records += 1
        digest = hashlib.sha256(f"{self._name}\x1f{self._begun.isoformat()}\x1f{self._records}".encode()).digest()
        return f"<urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}>"

    def _record(self, kind: str, headers: list[tuple[str, str]], body: bytes, http: StatusAndHeaders | None) -> None:
        record = self._writer.create_warc_record(
            "", kind, payload=io.BytesIO(body), length=len(body), http_headers=http,
            warc_headers=StatusAndHeaders("", headers, protocol=f"WARC/{self._version}"),
        )  # fmt: skip
        self._writer.write_record(record)


def _request(url: str, software: str) -> StatusAndHeaders:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("User-Agent", software.partition(" ")[0]), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    headers += [("Host", parts.netloc), ("Connection", "Keep-Alive")]
    return StatusAndHeaders(f"GET {path} HTTP/1.1", headers, is_http_request=True)


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
