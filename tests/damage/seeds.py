"""Valid files for every built-in reader: the smallest, some made here with awkward values, and simulated evidence."""

import base64
import gzip
import io
import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import bson
import xlsxwriter
from PIL import Image
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crossbearing.intake.readers import BUILT_IN
from crossbearing.simulation.formats.mysqldump import MysqlDump
from crossbearing.simulation.formats.table import Table
from damage.account import WITHOUT_ROWID
from pg_archive_writer import GZIP, LZ4, NONE, ZSTD, pg_archive
from samples import SAMPLES

LARGEST = 100_000  # bytes of a simulated file that is used; larger ones would make the long form very long
FEW = 3  # rows of a small file: enough for an escape, a deleted row and a long one
_WORDS = ("alder", "birch's", 'ce"dar', "dog\\wood", "elder, dried", "fir\nneedles", "ginkgo;", "häzel", "ivy\ttea", "")
_COLUMNS = ("id", "handle", "note", "amount")


def seeds(simulated: Path) -> dict[str, list[bytes]]:
    """Valid files by the name of the reader that takes them.

    Args:
        simulated: Folder of a simulated operation.
    """
    found = {name: [SAMPLES[name], *(make() for make in makers)] for name, makers in _MAKERS.items()}
    for path in sorted((simulated / "evidence").rglob("*")):
        if path.is_file() and path.stat().st_size <= LARGEST:
            content = path.read_bytes()
            reader = next((one.name for one in BUILT_IN if one.recognises(content[:65_536])), "")
            if reader and len(found[reader]) < 9:  # enough of one kind
                found[reader].append(content)
    pages = gzip.decompress((simulated / "evidence" / "plover-pages.warc.gz").read_bytes())
    found["warc"].append(pages[: pages.index(b"WARC/1.0", 60_000)])
    return found


def small(name: str) -> list[bytes]:
    """Valid files for one reader with ``FEW`` rows each; they have everything that the longer ones have."""
    return [SAMPLES[name], *(make(count=FEW) for make in _MAKERS[name])]


def rows(count: int, seed: int = 1) -> list[tuple[str, ...]]:
    """Rows of text with what the formats must escape."""
    chance = random.Random(seed)
    return [
        (
            str(n),
            f"seller{n:04}",
            " ".join(chance.choices(_WORDS, k=chance.randint(1, 6))),
            f"{chance.randint(1, 999)}.50",
        )
        for n in range(1, count + 1)
    ]


def _delimited(delimiter: str, encoding: str, line_end: str, count: int = 40) -> bytes:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if set(text) & {delimiter, '"', "\n"} else text

    lines = [delimiter.join(map(cell, row)) for row in [_COLUMNS, *rows(count)]]
    return (line_end.join(lines) + line_end).encode(encoding)


def _plain(count: int = 60) -> bytes:
    return b"a,b,c\n" + b"".join(b"%d,seller%d,%d.5\n" % (n, n, n) for n in range(count))


def _objects(count: int) -> list[dict[str, object]]:
    return [
        {"id": int(a), "user": {"handle": b, "tags": [c, None, True]}, "note": c, "amount": float(d)}
        for a, b, c, d in rows(count)
    ]


def _json(form: str, count: int = 30) -> bytes:
    lines = [json.dumps(one, ensure_ascii=form == "lines") for one in _objects(count)]
    if form == "lines":
        return "\n".join(lines).encode() + b"\n"
    array = "[\n" + ",\n".join(lines) + "\n]"
    tables = f'{{"listings": {array}, "export": {{"messages": [{lines[0]}, {lines[1]}]}}}}'
    return (array if form == "array" else tables).encode()


def _mysqldump(count: int = 30) -> bytes:
    out = io.BytesIO()
    kinds = ("int(11) NOT NULL", "varchar(99) DEFAULT NULL", "text DEFAULT NULL", "decimal(9,2) DEFAULT NULL")
    with MysqlDump(out, database="d", finished="2021-12-28  3:14:15") as dump:
        for name in ("listings", "users"):
            table = Table(name, tuple(zip(_COLUMNS, kinds, strict=True)))
            dump.table(table, iter([[list(column) for column in zip(*rows(count), strict=True)]]))
    return out.getvalue()


def _copied(count: int) -> bytes:
    escapes = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})
    return "".join("\t".join(cell.translate(escapes) for cell in row) + "\n" for row in rows(count)).encode()


def _pg_dump(*, inserts: bool, count: int = 30) -> bytes:
    parts = [b"--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"]
    for name in (b"listings", b"users"):
        parts.append(
            b"CREATE TABLE public.%s (\n    id integer NOT NULL,\n    handle text,\n    note text,\n"
            b"    amount numeric(9,2)\n);\n\n--\n-- Data for Name: %s; Type: TABLE DATA\n--\n\n" % (name, name)
        )
        if inserts:
            for row in rows(count):
                quoted = ", ".join("'" + cell.replace("'", "''") + "'" for cell in row)
                parts.append(b"INSERT INTO public.%s VALUES (%s);\n" % (name, quoted.encode()))
        else:
            parts.append(b"COPY public.%s (id, handle, note, amount) FROM stdin;\n%s\\.\n\n\n" % (name, _copied(count)))
    return b"".join([*parts, b"--\n-- PostgreSQL database dump complete\n--\n"])


def _pg_custom(compression: int, count: int = 30) -> bytes:
    tables = {name: (_COLUMNS, _copied(count) + b"\\.\n\n\n") for name in ("listings", "users")}
    return pg_archive(tables, compression=compression, piece=10 * count)


def _mongodump(count: int = 40) -> bytes:
    return b"".join(
        bson.encode({"_id": bson.ObjectId(f"{int(a):024x}"), "handle": b, "in": {"note": c}, "amount": float(d)})
        for a, b, c, d in rows(count)
    )


def _warc(count: int = 12) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="WARC/1.1")
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "test"}))
    for number in range(count):
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        body = f"<title>page {number}</title><h1>seller{number:04}</h1><p>{rows(1, number)[0][2]}".encode()
        record = writer.create_warc_record(
            f"http://one.invalid/{number}", "response", payload=io.BytesIO(body), length=len(body), http_headers=http,
            warc_headers_dict={"WARC-Date": "2021-06-01T08:00:00Z", "WARC-Record-ID": f"<urn:x:{number}>"},
        )  # fmt: skip
        writer.write_record(record)
    return out.getvalue()


def _web_page(count: int = 20) -> bytes:
    cells = "".join(f"<tr><td>{a}<td class=h>{b}<td>{c}<td>&euro;{d}</tr>" for a, b, c, d in rows(count))
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title><table>{cells}</table>'.encode()


def _mail(count: int = 12) -> bytes:
    letters = []
    for number in range(count):
        packed = base64.encodebytes(random.Random(number).randbytes(90)).decode()
        letters.append(
            f"From x Tue Jun  1 08:00:00 2021\nFrom: =?utf-8?q?S=C3=A9ller?= <s{number}@example.invalid>\nTo: b\n"
            f'Subject: about seller{number:04}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="zz"\n\n'
            f"--zz\nContent-Type: text/plain; charset=utf-8\n\n{rows(1, number)[0][2]}\n>From here on\n"
            f"--zz\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n{packed}--zz--\n\n"
        )
    return "".join(letters).encode()


def _letter(count: int = 1) -> bytes:
    return _mail(count).partition(b"\n")[2].partition(b"--zz--\n\n")[0] + b"--zz--\n\n"


def _picture(form: str, mode: str, count: int = 23) -> bytes:
    out, size = io.BytesIO(), (count, 17)
    image = Image.frombytes("RGB", size, random.Random(form).randbytes(3 * size[0] * size[1])).convert(mode)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Model"
    image.save(out, form, **({"exif": exif} if form in {"JPEG", "PNG", "WEBP", "TIFF"} else {}))
    return out.getvalue()


def _sqlite(script: str, size: int, count: int = 40) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(f"PRAGMA page_size = {size}; {script}")
        for table in ("listings", WITHOUT_ROWID if "WITHOUT" in script else "users"):
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows(count))
        connection.execute("UPDATE listings SET note = ? WHERE id = ?", ["long " * min(500, 40 * count), count // 2])
        connection.execute("DELETE FROM listings WHERE id % ? = 0", [min(9, count - 1)])
        connection.commit()
        return connection.serialize()


_LISTINGS = "CREATE TABLE listings (id INTEGER PRIMARY KEY, handle TEXT, note, amount REAL);"
_ROWIDS = f"{_LISTINGS} CREATE TABLE users (id, handle, note, amount); CREATE INDEX i ON users (handle);"
_WITHOUT = f"{_LISTINGS} CREATE TABLE {WITHOUT_ROWID} (id INTEGER PRIMARY KEY, handle, note, amount) WITHOUT ROWID;"


def _workbook(count: int = 40) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name in ("listings", "users"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([_COLUMNS, *rows(count)]):
                sheet.write_row(number, 0, row)
            for column, code in enumerate((22, "[h]:mm", "yyyy-mm-dd hh:mm", "dd.mm.yyyy"), start=4):
                sheet.write_number(1, column, 44_348.35, book.add_format({"num_format": code}))
    return out.getvalue()


def _tagpack(indent: str, count: int = 40) -> bytes:
    tags = "".join(
        f"{indent}- address: {b}\n{indent}  label: {json.dumps(c)}\n{indent}  lastmod: 2021-06-01\n"
        for _, b, c, _ in rows(count)
    )
    return f"title: Invented services\ncreator: nobody\ncurrency: BTC\ntags:\n{tags}confidence: forensic\n".encode()


_MAKERS: dict[str, list[Callable[..., bytes]]] = {
    "delimited": [
        _plain, partial(_delimited, ",", "utf-8-sig", "\n"), partial(_delimited, ";", "latin-1", "\r\n"),
        partial(_delimited, "\t", "utf-8", "\r"),
    ],
    "json": [partial(_json, form) for form in ("lines", "array", "tables")],
    "mysqldump": [_mysqldump],
    "pg_dump": [partial(_pg_dump, inserts=False), partial(_pg_dump, inserts=True)],
    "pg_custom": [partial(_pg_custom, one) for one in (NONE, GZIP, LZ4, ZSTD)],
    "mongodump": [_mongodump],
    "tagpack": [partial(_tagpack, ""), partial(_tagpack, "  ")],
    "warc": [_warc],
    "web_page": [_web_page],
    "mail": [_mail, _letter],
    "picture": [
        partial(_picture, "JPEG", "RGB"), partial(_picture, "PNG", "RGB"), partial(_picture, "GIF", "P"),
        partial(_picture, "WEBP", "RGB"), partial(_picture, "BMP", "RGB"), partial(_picture, "TIFF", "L"),
    ],
    "sqlite": [partial(_sqlite, _ROWIDS, 512), partial(_sqlite, _WITHOUT, 1024)],
    "workbook": [_workbook],
}  # fmt: skip
