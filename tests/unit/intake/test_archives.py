"""Archives give back what was packed, say what they could not give, and stop where a bomb begins."""

import bz2
import gzip
import io
import lzma
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbearing.domain.errors import BadConfiguration, CrossbearingError, UnreadableSource
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers import limits
from crossbearing.intake.containers.archives import unpacked
from crossbearing.intake.containers.member_names import member_name
from crossbearing.intake.kinds import kind_of
from crossbearing.intake.sources import Places, Source, open_part

PACKERS = {
    "gzip": partial(gzip.compress, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}
ZIP_METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
TAR_FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
Files = list[tuple[str, bytes]]


def source_of(content: bytes, part: str = "outer") -> Source:
    return Source(part, len(content), lambda: io.BufferedReader(io.BytesIO(content)))


def sealed(content: bytes, part: str = "outer") -> Source:
    """A source that can only be read on from its beginning, as a sealed copy."""

    class Forward(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError

    return Source(part, len(content), lambda: io.BufferedReader(Forward(content)))


@dataclass
class Found:
    files: list[tuple[str, bytes]] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    gaps: list[tuple[str, Gap]] = field(default_factory=list)

    @property
    def damage(self) -> list[str]:
        return [gap.reason for _, gap in self.gaps if gap.is_damage]


def opened(content: bytes, make: Callable[[bytes, str], Source] = source_of) -> Found:
    """Everything in an archive, level by level, as the staging does it."""
    found = Found()

    def go(part: str, content: bytes, unpack: Callable[[Source], Iterator[object]]) -> None:
        for piece in unpack(make(content, part)):
            if isinstance(piece, Gap):
                found.gaps.append((part, piece))
                continue
            name, inner = f"{part}/{piece.name}", piece.stream.read()
            found.files.append((name, inner))
            found.gaps += [(name, gap) for gap in piece.gaps]
            if piece.unread:
                found.unread[name] = piece.unread
            else:
                go(name, inner, piece.unpacked)

    go("outer", content, unpacked)
    return found


class Onward(io.BytesIO):
    """A place to write to that cannot go back: the sizes of a zip member then stand behind it."""

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise AttributeError


def zipped(
    files: Files, method: int = zipfile.ZIP_DEFLATED, *, zip64: bool = False, out: type[io.BytesIO] = io.BytesIO
) -> bytes:
    target = out()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files:
            with archive.open(name, "w", force_zip64=zip64) as entry:
                entry.write(content)
    return target.getvalue()


def tarred(files: Files, tar_format: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tar_format) as archive:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def tar_entry(name: str, kind: bytes, target: str = "", size: int = 0) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.size = kind, target, size
    return entry.tobuf(tarfile.GNU_FORMAT)


def locked(content: bytes, name: str) -> bytes:
    """The zip file with one member marked as encrypted, in both of its headers."""
    changed = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rfind(mark, 0, content.index(name.encode(), content.find(mark)))
        changed[at + flags] |= 1
    return bytes(changed)


# What the standard library packs comes back whole


CONTENTS = st.one_of(st.binary(max_size=300), st.sampled_from([b"", b"a" * 5_000, b"1,2\n" * 700]))
NAMES = st.text("abcdefgh.-ü", min_size=1, max_size=12).filter(lambda name: name not in {".", ".."})
LONG_NAMES = st.lists(NAMES, min_size=1, max_size=30).map("/".join)
FLAT = st.lists(st.tuples(LONG_NAMES, CONTENTS), min_size=1, max_size=4, unique_by=lambda file: file[0])


@st.composite
def archives(draw: st.DrawFn, files: Files) -> bytes:
    """The files in one archive of any kind."""
    if draw(st.booleans()):
        return zipped(files, draw(st.sampled_from(ZIP_METHODS)))
    tar = tarred(files, draw(st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])))
    return draw(st.sampled_from([lambda content: content, *PACKERS.values()]))(tar)


@st.composite
def nests(draw: st.DrawFn, levels: int = limits.DEEPEST) -> tuple[bytes, Files]:
    """An archive of archives, and all that is in it by its path."""
    files = draw(FLAT)
    expected = [(f"/{name}", content) for name, content in files]
    if levels > 1 and draw(st.booleans()):
        inner, below = draw(nests(levels - 1))
        files = [*files, ("inner.archive", inner)]
        expected += [("/inner.archive", inner), *((f"/inner.archive{name}", content) for name, content in below)]
    return draw(archives(files)), expected


@given(nests(), st.sampled_from([source_of, sealed]))
def test_what_was_packed_comes_back_whole_with_every_nesting(nest: tuple[bytes, Files], make) -> None:
    found = opened(nest[0], make)
    assert [(name.removeprefix("outer"), content) for name, content in found.files] == nest[1]
    assert not found.gaps
    assert not found.unread


@given(FLAT.filter(lambda files: all(len(name.encode()) < 90 for name, _ in files)), st.sampled_from(TAR_FORMATS))
def test_every_kind_of_tar_header_is_read(files: Files, tar_format: int) -> None:
    assert opened(tarred(files, tar_format)).files == [(f"outer/{name}", content) for name, content in files]


@pytest.mark.parametrize("method", ZIP_METHODS)
@pytest.mark.parametrize("zip64", [True, False])
@pytest.mark.parametrize("out", [io.BytesIO, Onward])
def test_zip_files_with_large_numbers_or_sizes_behind_the_bytes_are_read(method: int, zip64: bool, out) -> None:
    files = [("a.sql", b"INSERT" * 900), ("empty", b""), ("b", bytes(range(256)))]
    found = opened(zipped(files, method, zip64=zip64, out=out))
    assert found.files == [(f"outer/{name}", content) for name, content in files]
    assert not found.gaps


def test_a_zip_file_with_a_zip64_directory_is_read() -> None:
    content = zipped([("a", b"x" * 99)])
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, end - start, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    large = content[:end] + record + locator + last
    assert zipfile.ZipFile(io.BytesIO(large)).read("a") == b"x" * 99
    assert opened(large).files == [("outer/a", b"x" * 99)]


@pytest.mark.parametrize("codec", PACKERS)
@given(st.lists(CONTENTS, min_size=1, max_size=3), st.integers(0, 40))
def test_a_compressed_file_reads_as_all_its_streams_and_zeros_behind_them_are_padding(
    codec: str, contents: list[bytes], padding: int
) -> None:
    packed = b"".join(map(PACKERS[codec], contents)) + bytes(padding)
    with open_part(source_of(packed)) as stream:
        assert stream.read() == b"".join(contents)


@given(st.binary(max_size=3_000), st.lists(st.tuples(st.integers(0, 3_500), st.integers(0, 900)), max_size=12))
def test_places_are_found_forwards_and_backwards(content: bytes, wanted: list[tuple[int, int]]) -> None:
    for make in (source_of, sealed):
        places = Places(make(content * 400))
        for at, size in wanted:
            assert places.at(at * 300, size * 100) == (content * 400)[at * 300 : at * 300 + size * 100]


# What cannot be taken is said


def test_an_encrypted_member_stays_a_part_with_its_reason_and_the_others_are_taken() -> None:
    content = locked(zipped([("a", b"A" * 50), ("secret", b"S" * 50), ("b", b"B" * 50)]), "secret")
    found = opened(content)
    assert [name for name, _ in found.files] == ["outer/a", "outer/secret", "outer/b"]
    assert "encrypted" in found.unread["outer/secret"]
    assert found.files[0][1] == b"A" * 50
    assert found.files[1][1] in content, "its bytes as they lie there"
    assert not found.gaps


def test_an_unknown_compression_is_named_and_its_bytes_are_kept() -> None:
    content = bytearray(zipped([("a", b"A" * 50)], zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(mark) + at] = 9
    found = opened(bytes(content))
    assert "method 9" in found.unread["outer/a"]
    assert found.files == [("outer/a", b"A" * 50)]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (tarfile.SYMTYPE, "symbolic link"), (tarfile.LNKTYPE, "hard link"), (tarfile.CHRTYPE, "character device"),
        (tarfile.BLKTYPE, "block device"), (tarfile.FIFOTYPE, "pipe"),
    ],
)  # fmt: skip
def test_links_and_devices_are_named_and_followed_nowhere(kind: bytes, words: str) -> None:
    content = tar_entry("x", kind, "/etc/passwd") + tarred([("after", b"yes")])
    found = opened(content)
    assert found.files == [("outer/after", b"yes")]
    ((_, gap),) = found.gaps
    assert words in gap.reason
    assert (gap.offset, gap.length, gap.is_damage) == (0, 512, False)


def test_a_link_in_a_zip_file_is_named_and_followed_nowhere() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    found = opened(out.getvalue())
    assert found.files == []
    assert [gap.reason for _, gap in found.gaps] == ["a symbolic link: link"]


@pytest.mark.parametrize("extra", [b"hello", b"x" * 60_000, bytes(600) + b"y"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_bytes_after_the_end_are_on_record_and_no_damage(pack, extra: bytes) -> None:
    content = pack([("a", b"x" * 50)])
    found = opened(content + extra)
    ((_, gap),) = found.gaps
    assert gap.offset + gap.length == len(content + extra)
    assert gap.length in {len(extra), len(extra.lstrip(b"\x00"))}
    assert not gap.is_damage
    assert found.files == [("outer/a", b"x" * 50)]


@pytest.mark.parametrize("codec", PACKERS)
def test_bytes_after_a_compressed_file_are_on_record_and_no_damage(codec: str) -> None:
    gaps: list[Gap] = []
    with open_part(source_of(PACKERS[codec](b"abc") + b"hidden behind"), gaps.append) as stream:
        assert stream.read() == b"abc"
    assert [(gap.offset, gap.length, gap.is_damage) for gap in gaps] == [(3, 13, False)]


def test_bytes_between_the_members_of_a_zip_file_are_on_record() -> None:
    """A member that was taken out of the directory, as some programs delete."""
    content = zipped([("a", b"A" * 50), ("b", b"B" * 50), ("c", b"C" * 50)], zipfile.ZIP_STORED)
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 1)
    third = content.index(b"PK\x01\x02", second + 1)
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    struct.pack_into("<2HI", end, 8, 2, 2, len(content) - len(end) - first - (third - second))
    found = opened(content[:second] + content[third : len(content) - len(end)] + bytes(end))
    assert [name for name, _ in found.files] == ["outer/a", "outer/c"]
    ((_, gap),) = found.gaps
    assert b"B" * 50 in content[gap.offset : gap.offset + gap.length]


@pytest.mark.parametrize("said", [0, 10, 5_000])
def test_a_size_that_lies_is_damage_and_is_not_believed(said: int) -> None:
    content = bytearray(zipped([("a", b"A" * 500)]))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, said)
    found = opened(bytes(content))
    assert found.files == [("outer/a", b"A" * 500)]
    assert len(found.damage) == 1


def test_a_changed_byte_in_a_stored_member_is_damage() -> None:
    content = zipped([("a", b"A" * 500)], zipfile.ZIP_STORED).replace(b"AAAA", b"AAAB", 1)
    assert "checksum" in opened(content).damage[0]


def test_a_broken_header_in_a_tar_file_costs_one_member() -> None:
    content = bytearray(tarred([(name, name.encode() * 600) for name in "abc"]))
    content[512 * 3 + 150] ^= 1  # the checksum of the second member
    found = opened(bytes(content))
    assert [name for name, _ in found.files] == ["outer/a", "outer/c"]
    ((_, gap),) = found.gaps
    assert (gap.offset, gap.length, gap.is_damage) == (512 * 3, 512 * 3, True)


FILES = [("a.sql", b"INSERT INTO t VALUES (1);\n" * 40), ("b/c.csv", b"1,2\n" * 400), ("d", bytes(range(256)) * 9)]


@pytest.mark.parametrize(
    "pack", [*(partial(zipped, method=method) for method in ZIP_METHODS), partial(zipped, out=Onward), tarred]
)
def test_of_an_archive_cut_anywhere_what_is_whole_is_taken_and_the_rest_is_damage(pack) -> None:
    content = pack(FILES)
    whole = {f"outer/{name}": content for name, content in FILES}
    end = len(content) if pack is not tarred else len(content.rstrip(b"\x00"))
    for cut in [*range(600, end, 41), end - 1]:
        found = opened(content[:cut])
        assert found.damage, cut
        broken = {part for part, gap in found.gaps if gap.is_damage}
        for name, piece in found.files:
            assert whole[name].startswith(piece)
            assert piece == whole[name] or name in broken


@pytest.mark.parametrize("codec", PACKERS)
def test_of_a_compressed_file_cut_anywhere_the_beginning_is_read_and_the_rest_is_damage(codec: str) -> None:
    content = random.Random(1).randbytes(3_000)
    packed = PACKERS[codec](content)
    for cut in range(12, len(packed), 97):
        gaps: list[Gap] = []
        with open_part(source_of(packed[:cut]), gaps.append) as stream:
            assert content.startswith(stream.read())
        assert [gap.is_damage for gap in gaps] == [True]
        with open_part(source_of(packed[:cut])) as stream, pytest.raises(UnreadableSource, match="too early"):
            stream.read()


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_broken_header_before_a_file_with_a_long_name_is_damage(form: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, pax_headers={"x.y": "any\x00bytes"}) as archive:
        archive.addfile(tarfile.TarInfo("long/" * 40))
        archive.addfile(tarfile.TarInfo("short"))
    whole = out.getvalue()
    assert not opened(whole).gaps
    at = whole.index(b"long/") + 30
    found = opened(whole[:at] + bytes(20) + whole[at + 20 :])
    assert len(found.damage) == 1
    assert "header" in found.damage[0]
    assert found.files[-1] == ("outer/short", b"")


def test_a_tar_file_that_is_no_whole_number_of_blocks_is_on_record() -> None:
    """A hole from one file into the zeros at the end leaves a file that seems to end well."""
    whole = tarred(FILES)
    end = len(whole.rstrip(b"\x00"))
    found = opened(whole[:1024] + whole[end + 700 :])
    assert [(gap.is_damage, "whole number of blocks" in gap.reason) for _, gap in found.gaps] == [(False, True)]


def test_a_file_whose_header_gives_it_another_name_than_the_directory_is_on_record() -> None:
    whole = zipped([("alder.txt", b"1")])
    found = opened(whole.replace(b"alder", b"birch", 1))
    assert [name for name, _ in found.files] == ["outer/alder.txt"]
    assert [(part, gap.is_damage) for part, gap in found.gaps] == [("outer/alder.txt", False)]
    assert "birch.txt" in found.gaps[0][1].reason


# Names are data


def hostile_names() -> list[str]:
    """Five hundred names that a careless program would follow, hide or choke on."""
    steps = [
        "..",
        ".",
        "",
        "/",
        "//",
        "C:\\",
        "\\\\host\\share",
        "~",
        "a",
        "CON",
        "..\\..",
        "%2e%2e",
        "-rf",
        "$(id)",
        "'",
    ]
    marks = [
        "\x00",
        "\u202e",
        "\u200f",
        "\u2066",
        "\ufeff",
        "\n",
        "\r",
        "\x1b[2J",
        "\x7f",
        "\u2028",
        "\ue000",
        "é",
        "😀",
    ]
    chance = random.Random(7)
    made = [f"{a}/{b}{mark}{c}" for a in steps for b in steps[:4] for c in ("txt", "") for mark in marks[:4]]
    made += ["/".join(chance.choices([*steps, *marks], k=chance.randint(1, 9))) for _ in range(300)]
    made += ["x" * 5_000, "/" * 3_000, "../" * 900 + "etc/passwd", "\u202e" * 2_000, ""]
    return made[:120] + made[-380:]


def test_hostile_names_lead_nowhere_and_can_be_seen() -> None:
    names = hostile_names()
    assert len(names) == 500
    for raw in names:
        for name in (member_name(raw), member_name(raw.encode("utf-8", "surrogatepass"))):
            assert 0 < len(name) <= limits.LONGEST_NAME
            assert not name.startswith("/")
            assert not {"..", ".", ""} & set(name.split("/"))
            assert name.isprintable()


@given(st.text(max_size=40) | st.binary(max_size=40))
def test_every_name_becomes_one_that_can_be_seen(raw: str | bytes) -> None:
    name = member_name(raw)
    assert name.isprintable()
    assert not {"..", ".", ""} & set(name.split("/"))
    if isinstance(raw, str) and raw.isalnum():
        assert name == raw


@pytest.mark.parametrize("tar_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_very_long_name_is_cut_and_its_file_is_taken(tar_format: int) -> None:
    ((name, content),) = opened(tarred([("n" * 50_000, b"x")], tar_format)).files
    assert len(name) == len("outer/") + limits.LONGEST_NAME
    assert content == b"x"


# Kinds


def test_an_office_file_is_a_file() -> None:
    from openpyxl import Workbook

    book = io.BytesIO()
    Workbook().save(book)
    assert opened(book.getvalue()) == Found()
    assert kind_of(book.getvalue()) == "an Excel workbook"
    late = zipped([("xl/workbook.xml", b"<x/>"), ("[Content_Types].xml", b"<x/>")])
    assert opened(late) == Found()
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    sheet = zipped([("mimetype", mimetype), ("content.xml", b"<x/>")], zipfile.ZIP_STORED)
    assert opened(sheet) == Found()
    assert kind_of(sheet) == "an OpenDocument spreadsheet"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive"), (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"%PDF-1.7\n", "a PDF document"), (b"\x7fELF\x02", "an ELF program"),
        (b"PGDMP\x01\x0e", "a PostgreSQL custom dump"), (b"SQLite format 3\x00", "an SQLite database"),
        (b'{"a": 1}', "JSON"), (b"<!DOCTYPE html>", "a web page"), (b"just words\n", "text"),
        (b"\x00\x01", ""), (b"", ""),
        (zipped([("a", b"x")]), "a zip archive"), (tarred([("a", b"x")]), "a tar archive"),
        *((pack(b"x"), f"a {codec} file") for codec, pack in PACKERS.items()),
    ],
)  # fmt: skip
def test_the_likely_kind_is_named_by_its_mark(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


@given(st.binary(max_size=700))
def test_no_bytes_make_the_naming_of_kinds_fail(junk: bytes) -> None:
    assert isinstance(kind_of(junk), str)


def test_without_the_library_for_zstd_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with open_part(source_of(zstandard.compress(b"x"))) as stream, pytest.raises(BadConfiguration) as missing:
        stream.read()
    assert "crossbearing[formats]" in missing.value.remedy


# Limits


def nested(depth: int) -> bytes:
    content = b"the innermost"
    for level in range(depth):
        content = zipped([(f"level{level}", content)])
    return content


def test_archives_are_opened_down_to_the_stated_depth() -> None:
    assert opened(nested(limits.DEEPEST)).files[-1][1] == b"the innermost"
    found = opened(nested(limits.DEEPEST + 2))
    assert len(found.files) == limits.DEEPEST
    assert kind_of(found.files[-1][1]) == "a zip archive"


def test_members_are_counted_over_all_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_MEMBERS", 6)
    inner = tarred([(str(number), b"x") for number in range(3)])
    assert len(opened(zipped([("a", inner), ("b", b"")])).files) == 5
    with pytest.raises(UnreadableSource, match="more than 6 files"):
        opened(zipped([("a", inner), ("b", inner)]))


def test_a_directory_beyond_the_cap_is_refused_before_it_is_read() -> None:
    content = bytearray(zipped([("a", b"x")]) * 2)
    at = content.rindex(b"PK\x05\x06")
    struct.pack_into("<2H", content, at + 8, 0xFFFF, 0xFFFF)
    found = opened(bytes(content))
    assert any("names" in reason for reason in found.damage), "it names fewer than it says"
    huge = zipped([("a", b"x")]) + b"PK\x01\x02" + bytes(33 << 20)
    with pytest.raises(UnreadableSource, match="directory"):
        opened(huge + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, (33 << 20) + 4, 99, 0))


def test_a_tar_header_beyond_the_cap_is_damage_and_the_next_member_is_found() -> None:
    size = limits.LARGEST_HEADER + 512
    content = tarred([("a", b"A")])[:1024] + tar_entry("x", b"L", size=size) + b"n" * size + tarred([("b", b"B")])
    found = opened(content)
    assert found.files == [("outer/a", b"A"), ("outer/b", b"B")]
    assert [(gap.offset, gap.length, gap.is_damage) for _, gap in found.gaps] == [(1024, size + 512, True)]


def test_the_many_links_of_a_tar_file_are_named_up_to_a_cap_and_then_as_one_sum() -> None:
    content = b"".join(tar_entry(f"l{n}", tarfile.SYMTYPE, "x") for n in range(limits.MOST_GAPS + 500)) + bytes(1024)
    gaps = [gap for _, gap in opened(content).gaps]
    assert len(gaps) == limits.MOST_GAPS + 1
    assert sum(gap.length for gap in gaps) == len(content) - 1024


# No bytes make it fail


SEEDS = [
    zipped(FILES), zipped(FILES, zip64=True), zipped(FILES, out=Onward), tarred(FILES),
    tarred([("n" * 300, b"x")], tarfile.PAX_FORMAT),
    gzip.compress(tarred(FILES)), bz2.compress(tarred(FILES)), lzma.compress(tarred(FILES)),
    zstandard.compress(tarred(FILES)), zipped(FILES, zipfile.ZIP_BZIP2), zipped(FILES, zipfile.ZIP_LZMA),
    zipped([("inner.zip", zipped(FILES)), ("inner.tgz", gzip.compress(tarred(FILES)))]),
    tar_entry("s", b"S", size=30) + bytes(512) + tar_entry("l", b"2", "x") + tarred(FILES),
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at, size = draw(st.integers(0, len(content))), draw(st.integers(0, 600))
        how = draw(st.sampled_from(["cut", "flip", "double", "drop", "junk", "number"]))
        if how == "cut":
            content = content[:at]
        elif how == "flip" and at < len(content):
            content[at] ^= 1 << draw(st.integers(0, 7))
        elif how == "double":
            content[at:at] = content[at : at + size]
        elif how == "drop":
            del content[at : at + size]
        elif how == "junk":
            content[at : at + 8] = draw(st.binary(max_size=16))
        else:  # a large number where headers have sizes and places
            content[at : at + 4] = draw(st.sampled_from([b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)]))
    return bytes(content)


JUNK = st.one_of(
    st.binary(max_size=300), *(st.binary(max_size=300).map(lambda junk, seed=seed: seed[:512] + junk) for seed in SEEDS)
)


@settings(max_examples=max(500, settings.default.max_examples))
@given(mutated() | JUNK, st.sampled_from([source_of, sealed]))
def test_no_bytes_make_the_unpacking_fail(content: bytes, make) -> None:
    try:
        found = opened(content, make)
    except CrossbearingError:
        return
    sizes = {"outer": len(content), **{name: len(piece) for name, piece in found.files}}
    for part, gap in found.gaps:
        assert gap.reason
        assert gap.offset >= 0
        assert gap.length >= 0
        if kind_of(content) == "a zip archive" and part == "outer":
            assert gap.offset + gap.length <= sizes[part]


@settings(max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(list(PACKERS)), st.integers(0, 400), st.integers(0, 255))
def test_no_bytes_make_a_compressed_file_fail(junk: bytes, codec: str, at: int, byte: int) -> None:
    packed = bytearray(PACKERS[codec](b"1,2\n" * 900))
    packed[at % len(packed)] = byte
    for content in (bytes(packed), bytes(packed[:10]) + junk, bytes(packed) + junk):
        gaps: list[Gap] = []
        with open_part(source_of(content), gaps.append) as stream:
            stream.read()
        assert len(gaps) <= 1


# Bombs


def overlapping(files: int, kernel_bytes: int) -> bytes:
    """Files that quote one another's headers and share one kernel, after Fifield's better zip bomb (2019)."""
    content, data = bytes(kernel_bytes), zlib.compress(bytes(kernel_bytes), 9)[2:-4]
    checksum, size = zlib.crc32(content), kernel_bytes
    body, entries = b"", []
    for number in reversed(range(files)):
        name = f"{number:06}".encode()
        about = struct.pack("<5H3I2H", 20, 0, 8, 0, 0x21, checksum, len(data), size, len(name), 0)
        header = b"PK\x03\x04" + about + name
        entries.append((about, name, len(header) + len(data)))
        body = header + data
        data = struct.pack("<B2H", 0, len(header), len(header) ^ 0xFFFF) + body
        content = header + content
        checksum, size = zlib.crc32(content), len(content)
    total = len(body)
    directory = b"".join(
        b"PK\x01\x02\x14\x00" + about + struct.pack("<3H2I", 0, 0, 0, 0, total - length) + name
        for about, name, length in reversed(entries)
    )
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, files, files, len(directory), total, 0)


def test_of_files_that_share_bytes_only_the_last_is_taken() -> None:
    content = overlapping(40, 1_000)
    assert sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()) > 40_000, "it is one"
    first = zipfile.ZipFile(io.BytesIO(content)).infolist()[0]
    assert zlib.crc32(zlib.decompress(content[36 : 36 + first.compress_size], -15)) == first.CRC, "and it unpacks"
    found = opened(content)
    assert [name for name, _ in found.files] == ["outer/000039"]
    assert len(found.damage) == 39


BOMB = """
import io, re, sys, time
from pathlib import Path
from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.archives import unpacked
from crossbearing.intake.sources import Source, open_part
import zstandard

content = sys.stdin.buffer.read()
source = Source("bomb", len(content), lambda: io.BufferedReader(io.BytesIO(content)))
damage = []

def read(stream):
    held = bytearray()
    while block := stream.read(1 << 20):
        held += block[: max(0, (1 << 20) - len(held))]
    return bytes(held)

def opened(source, unpack):
    for piece in unpack(source):
        if isinstance(piece, Gap):
            damage.extend([piece] * piece.is_damage)
            continue
        held = read(piece.stream)
        inner = Source(piece.name, len(held), lambda held=held: io.BufferedReader(io.BytesIO(held)))
        opened(inner, piece.unpacked)

def peak():  # kilobytes; what getrusage says begins with the parent's
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before, start = peak(), time.process_time()
error = ""
try:
    opened(source, unpacked)
    with open_part(source) as stream:
        read(stream)
except UnreadableSource as stopped:
    error = stopped.problem
error = error or (damage[0].reason if damage else "")
print(peak() - before, time.process_time() - start, error, sep="|")
"""
ZEROS = bytes(128 << 20)  # more than a bomb may take of memory


def sixteens() -> bytes:
    """As 42.zip: sixteen in sixteen, and in each of those a file that is far larger unpacked."""
    content = zipped([("zeros", bytes(4 << 20))])
    for _ in range(limits.DEEPEST - 1):
        content = zipped([(f"{number}", content) for number in range(16)])
    return content


BOMBS = {
    "gzip": lambda: gzip.compress(ZEROS),
    "bzip2": lambda: bz2.compress(ZEROS),
    "xz": lambda: lzma.compress(ZEROS, preset=0),
    "zstd": lambda: zstandard.compress(ZEROS),
    "tar.gz": lambda: gzip.compress(tarred([("zeros", ZEROS)])),
    "tar.bz2": lambda: bz2.compress(tarred([("zeros", ZEROS)])),
    "tar.xz": lambda: lzma.compress(tarred([("zeros", ZEROS)]), preset=0),
    "tar.zst": lambda: zstandard.compress(tarred([("zeros", ZEROS)])),
    "zip, deflate": lambda: zipped([("zeros", ZEROS)]),
    "zip, bzip2": lambda: zipped([("zeros", ZEROS)], zipfile.ZIP_BZIP2),
    "zip, lzma": lambda: zipped([("zeros", ZEROS)], zipfile.ZIP_LZMA),
    "zip in zip": lambda: zipped([(f"{number}", zipped([("zeros", ZEROS[: 40 << 20])])) for number in range(5)]),
    "sixteens": sixteens,
    "quoted overlap": lambda: overlapping(250, 1 << 20),
    "a tar header of 128 MB": lambda: gzip.compress(
        tarred([("a", b"A")])[:1024] + tar_entry("x", b"L", size=len(ZEROS)) + ZEROS
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_stops_early_with_one_error_and_little_memory(name: str) -> None:
    """Memory is what the process needs beyond what it began with; time is that of its processor."""
    run = subprocess.run([sys.executable, "-c", BOMB], input=BOMBS[name](), capture_output=True, check=True)
    kilobytes, seconds, error = run.stdout.decode().strip().split("|")
    assert error
    assert int(kilobytes) < 100_000
    assert float(seconds) < 2
