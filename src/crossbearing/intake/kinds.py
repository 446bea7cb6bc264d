"""What a file looks like by its first bytes: for files that no reader takes, so that people know what to do.

Marks: the formats' own documents, and the list of magic numbers that comes with file(1). A mark says what a file
claims to be, not that it is whole.
"""

from typing import Final

from crossbearing.intake.containers.compression import codec_of

_SEVEN_ZIP, _RAR, _CABINET = "a 7z archive", "a RAR archive", "a Windows cabinet archive"
_ZIP, _TAR = "a zip archive", "a tar archive"
# Offset of the mark, the mark, and what it is; the first that fits is taken.
_MARKS: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"7z\xbc\xaf\x27\x1c", _SEVEN_ZIP),
    (0, b"Rar!\x1a\x07", _RAR),
    (0, b"MSCF\x00\x00\x00\x00", _CABINET),
    (257, b"ustar", _TAR),
    (0, b"%PDF-", "a PDF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (doc, xls, msg)"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\x7fELF", "an ELF program"),
    (0, b"\xca\xfe\xba\xbe", "a Java class or a macOS program"),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program"),
    (0, b"PGDMP", "a PostgreSQL custom dump"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"\xfe\xfe\x07\x01", "a MyISAM table"),
    (0, b"REDIS", "a Redis snapshot"),
    (4, b"\xef\xcd\xab\x89", "an LMDB database"),
    (4, b"Standard Jet DB", "an Access database"),
    (4, b"Standard ACE DB", "an Access database"),
    (12, b"\x62\x31\x05\x00", "a Berkeley DB file, such as a coin wallet"),
    (0, b"\xf9\xbe\xb4\xd9", "Bitcoin blocks"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"Obj\x01", "an Avro file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"WARC/", "a web archive (WARC)"),
    (0, b"\xd4\xc3\xb2\xa1", "a network capture (pcap)"),
    (0, b"\xa1\xb2\xc3\xd4", "a network capture (pcap)"),
    (0, b"\x0a\x0d\x0d\x0a", "a network capture (pcapng)"),
    (0, b"EVF\x09\x0d\x0a\xff\x00", "an EnCase disk image (E01)"),
    (0, b"QFI\xfb", "a QEMU disk image (qcow2)"),
    (0, b"KDMV", "a VMware disk image"),
    (64, b"\x7f\x10\xda\xbe", "a VirtualBox disk image"),
    (0, b"vhdxfile", "a Hyper-V disk image"),
    (0, b"LUKS\xba\xbe", "an encrypted LUKS volume"),
    (510, b"\x55\xaa", "a disk image"),
    (1080, b"\x53\xef", "an ext file system"),
    (32_769, b"CD001", "a CD or DVD image"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftyp", "a video or picture (MP4, HEIC)"),
    (0, b"\x1aE\xdf\xa3", "a video (Matroska)"),
    (0, b"OggS", "sound or video (Ogg)"),
    (0, b"ID3", "sound (MP3)"),
    (0, b"-----BEGIN PGP", "an OpenPGP text"),
    (0, b"-----BEGIN ", "a key or certificate (PEM)"),
    (0, b"age-encryption.org/", "a file encrypted with age"),
    (0, b"Salted__", "a file encrypted with OpenSSL"),
    (0, b"!<arch>\n", "a Debian package or a library"),
    (0, b"\xed\xab\xee\xdb", "an RPM package"),
    (0, b"MZ", "a Windows program"),
)
_IN_ZIP: Final = (
    (b"mimetypeapplication/epub+zip", "an e-book (EPUB)"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument text"),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file"),
    (b"xl/workbook", "an Excel workbook"),
    (b"word/document", "a Word document"),
    (b"ppt/presentation", "a PowerPoint presentation"),
    (b"[Content_Types].xml", "an Office document"),
)
_MARKUP: Final = ((b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<?xml", "an XML file"))
_PACKED: Final = frozenset({_SEVEN_ZIP, _RAR, _CABINET})
_SEEN: Final = 4_096  # bytes of text that are looked at


def kind_of(head: bytes) -> str:
    """What a file that begins with these bytes looks like, in words with their article; empty if nobody knows."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for mark, kind in _IN_ZIP if mark in head), _ZIP)
    if codec := codec_of(head):
        return f"a {codec} file"
    for offset, mark, kind in _MARKS:
        if head[offset : offset + len(mark)] == mark:
            return kind
    return _text_of(head[:_SEEN])


def remedy_for(kind: str) -> str:
    """The next move with a file of this kind that no reader takes."""
    if kind in _PACKED:
        return "Unpack it in a sandbox and add the folder; `evidence add --keep-unread` keeps the archive as it came."
    if kind in {_ZIP, _TAR}:
        return "It holds no file, or lies too deep in other archives: unpack those in a sandbox and add the result."
    return "`crossbearing readers list` names the kinds that can be read; `--keep-unread` keeps it as it is."


def _text_of(head: bytes) -> str:
    if not head or b"\x00" in head:
        return ""
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in _MARKUP:
        if begins.startswith(mark):
            return kind
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as wrong:
        if wrong.start < len(head) - 3:  # not merely a character that was cut
            return ""
    return "JSON" if begins.startswith((b"{", b"[")) else "text"
