"""Archives in pg_dump's custom form, of any version, as its source says; a test has pg_restore check them."""

import struct
import zlib
from collections.abc import Mapping, Sequence

import pyarrow as pa

NONE, GZIP, LZ4, ZSTD = range(4)


def _number(value: int) -> bytes:
    return bytes([value < 0]) + struct.pack("<I", abs(value))


def _text(value: str | None) -> bytes:
    if value is None:
        return _number(-1)
    return _number(len(value.encode())) + value.encode()


def packed(rows: bytes, compression: int) -> bytes:
    if compression == GZIP:
        return zlib.compress(rows)
    if compression in {LZ4, ZSTD}:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "lz4" if compression == LZ4 else "zstd") as stream:
            stream.write(rows)
        return sink.getvalue().to_pybytes()
    return rows


def _entry(
    version: int, number: int, *, tag: str, kind: str, section: int, definition: str = "", copy: str | None = None,
    data: bool = False,
) -> bytes:  # fmt: skip
    parts = [_number(number), _number(data), _text("0"), _text("0"), _text(tag), _text(kind), _number(section)]
    parts += [_text(definition), _text(""), _text(copy), _text("public"), _text(None)]
    parts += [_text(None)] if version >= 14 else []
    parts += [_number(0)] if version >= 16 else []
    parts += [_text("owner"), _text("false"), _text(None)]
    return b"".join(parts) + struct.pack("<BQ", 1 if data else 3, 0)


def pg_archive(
    tables: Mapping[str, tuple[Sequence[str], bytes]], *, version: int = 15, compression: int = NONE, piece: int = 4096
) -> bytes:
    """An archive of some tables.

    Args:
        tables: Columns and rows (with their closing line) by name.
        version: Minor version of the archive.
        compression: Of the rows.
        piece: Size of the pieces they are cut into, bytes.
    """
    kind = bytes([compression]) if version >= 15 else _number(-1 if compression else 0)
    head = b"PGDMP" + bytes([1, version, 0, 4, 8, 1]) + kind
    head += b"".join(map(_number, (0, 0, 12, 1, 0, 126, 0))) + _text("market") + _text("16.1") + _text("16.1")
    entries = [
        _entry(version, 1, tag="ENCODING", kind="ENCODING", section=2, definition="SET client_encoding = 'UTF8';\n"),
        _entry(version, 2, tag="STDSTRINGS", kind="STDSTRINGS", section=2,
               definition="SET standard_conforming_strings = 'on';\n"),
    ]  # fmt: skip
    blocks = []
    for number, (name, (columns, rows)) in enumerate(tables.items(), start=3):
        made = f"CREATE TABLE public.{name} (\n    " + ",\n    ".join(f"{one} text" for one in columns) + "\n);\n"
        entries.append(_entry(version, number, tag=name, kind="TABLE", section=2, definition=made))
        copy = f"COPY public.{name} ({', '.join(columns)}) FROM stdin;\n"
        entries.append(_entry(version, number + 1000, tag=name, kind="TABLE DATA", section=3, copy=copy, data=True))
        content = packed(rows, compression)
        pieces = [content[at : at + piece] for at in range(0, len(content), piece)]
        block = b"\x01" + _number(number + 1000)
        blocks.append(block + b"".join(_number(len(one)) + one for one in pieces) + _number(0))
    return head + _number(len(entries)) + b"".join(entries) + b"".join(blocks)
