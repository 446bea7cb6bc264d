"""The smallest valid file of each kind that a built-in reader takes."""

import io
import struct

import apsw
import xlsxwriter

from pg_archive_writer import pg_archive


def _sqlite_file() -> bytes:
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA page_size = 512; CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    return connection.serialize("main")


def _workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("t")
        for number, row in enumerate([("a", "b"), (1, "x"), (2, "y")]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


SAMPLES = {
    "tagpack": b"title: Invented\ncreator: nobody\ntags:\n- address: one\n  label: x\n- address: two\n",
    "workbook": _workbook(),
    "sqlite": _sqlite_file(),
    "json": b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
    "mysqldump": b"-- MySQL dump 10.13\nCREATE TABLE `t` (\n  `a` int\n);\nINSERT INTO `t` VALUES ('1'),('2');\n"
    b"-- Dump completed on 2026-01-01\n",
    "delimited": b"a,b\n1,2\n3,4\n",
    "mongodump": b"\x11\x00\x00\x00\x10_id\x00\x01\x00\x00\x00\x0a\x62\x00\x00"
    b"\x0e\x00\x00\x00\x10_id\x00\x02\x00\x00\x00\x00",
    "pg_dump": b"--\n-- PostgreSQL database dump\n--\n\nCOPY public.t (a, b) FROM stdin;\n1\tx\n2\t\\N\n\\.\n\n"
    b"--\n-- PostgreSQL database dump complete\n--\n",
    "pg_custom": pg_archive({"t": (("a", "b"), b"1\tx\n2\t\\N\n\\.\n\n\n")}),
    "warc": b"\r\n\r\n".join(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://one.invalid/%d\r\n"
        b"Content-Type: application/http\r\nContent-Length: 47\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>" % number
        for number in (1, 2)
    ),
    "web_page": b"<!DOCTYPE html><title>a</title><p>b",
    "mail": b"From x\nTo: a\nSubject: b\n\nc\n\nFrom y\nTo: d\nSubject: e\n\nf\n",
    "picture": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + bytes(4),
}
ROWS = {"web_page": 1, "picture": 1}  # of their samples; the others hold two
