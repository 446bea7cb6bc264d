"""Pictures: what a camera or a phone wrote beside the picture, and a hash by which copies are found again.

The pixels are decoded for the hash only: nothing is shown, turned or saved.
"""

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO
from typing import Any, BinaryIO, Final

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.sources import read_whole

TABLE: Final = "images"
COLUMNS: Final = (
    "format", "width", "height", "sha256", "difference_hash", "exif", "taken_at", "make", "model", "latitude",
    "longitude",
)  # fmt: skip
LARGEST_FILE: Final = 256 << 20  # bytes; it is held in memory
MOST_PIXELS: Final = 64_000_000  # four bytes each once decoded, so 256 MB; larger ones give no hash
LONGEST_SIDE: Final = 65_535  # pixels, the most of a JPEG; the filter of the hash takes memory with the longer side
_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
_BMP_HEADERS: Final = frozenset((12, 40, 52, 56, 64, 108, 124))  # sizes of the headers that there are
_EXIF, _GPS = 0x8769, 0x8825  # tags that lead to further tags
_MAKE, _MODEL, _TAKEN_AT = 0x010F, 0x0110, 0x9003
_LATITUDE, _LONGITUDE = 2, 4  # each behind the tag that says north or south, east or west
_PLACES: Final = 9  # of a degree: a tenth of a millimetre
_LONGEST_TAG: Final = 4_096  # characters


class Picture:
    """Reader for JPEG, PNG, GIF, WebP, BMP and TIFF; a file gives one row.

    ``difference_hash``: the first picture of the file as 8-bit grey (Pillow's ``L``: ITU-R 601-2 luma), transparency
    dropped, not turned as EXIF says, resized to 9 by 8 with Lanczos' filter. Each bit tells whether a pixel is darker
    than the one to its right, row by row from the top left, first bit highest; 16 hex digits. The library imagehash
    calls it ``dhash``. ``exif`` is a JSON object of the readable tags by their names; fractions are written as in the
    file, ``"1/250"``. ``latitude`` and ``longitude`` are degrees, south and west negative, rounded half to even at
    nine places; the exact fractions stand in ``exif``.
    """

    name = "picture"
    version = "2"
    format_reference = "ISO 10918, ISO 15948, GIF89a, RFC 9649, BITMAPINFOHEADER, TIFF 6.0; EXIF 3.0 (CIPA DC-008)"

    def recognises(self, head: bytes) -> bool:
        """The marks at the beginning of a file of these formats."""
        return (
            head.startswith((b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*"))
            or (head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR")
            or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
            or (head.startswith(b"BM") and head[6:10] == bytes(4) and _little(head[14:18]) in _BMP_HEADERS)
        )

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # always the same
        """The one table."""
        return {TABLE: COLUMNS}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:  # noqa: ARG002  # EXIF states its own
        """See ``Reader``; a picture that cannot be decoded to its end is refused with its format and size.

        Raises:
            UnreadableSource: The file is larger than the limit.
        """
        remedy = "Look at it in a sandbox; if it is genuine, add a smaller copy beside it."
        data = read_whole(stream, LARGEST_FILE, "A picture", remedy)
        if not data:
            return
        row, known, problem = _row(data)
        if row is None:
            reason = f"the picture is cut off or damaged ({known or 'nothing of it can be read'}): {problem}"
            yield Refused(TABLE, 1, 1, 0, len(data), reason, is_damage=True)
            return
        yield RawBatch.of_rows(TABLE, COLUMNS, [row], [(1, 0, len(data))])
        if problem:
            yield Refused(TABLE, 1, 0, 0, len(data), problem)


def _row(data: bytes) -> tuple[list[str | None] | None, str, str]:
    """The row, null if the picture is damaged; what is known of it; what is wrong with it."""
    known = ""
    try:
        with _opened(data) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)  # several JPEGs in one file
            known = f"{kind}, {image.width} by {image.height} pixels"
            is_large = image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE
            tags = _tags(image)  # before decoding, which lets go of the file
            dhash = None if is_large else _difference_hash(image)
        if not _has_end(kind, data):
            return None, known, "its last bytes are missing"
    except BadConfiguration:
        raise
    except Exception as broken:  # noqa: BLE001  # the library raises many kinds on hostile bytes
        return None, known, f"{type(broken).__name__}"
    row = [kind, str(image.width), str(image.height), hashlib.sha256(data).hexdigest(), dhash, *tags]
    limit = f"more than {MOST_PIXELS:,} pixels, or {LONGEST_SIDE:,} along a side: no difference hash is taken"
    return row, known, limit if is_large else ""


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    try:
        from PIL import Image  # noqa: PLC0415  # compiled, and not always needed
    except ImportError as missing:
        raise BadConfiguration(
            "Pictures cannot be read: pillow is not installed",
            where="installation",
            remedy="Install the extra: pip install 'crossbearing[formats]'.",
        ) from missing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large and of sloppy files: both are judged here
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            yield image


def _difference_hash(image: Any) -> str:
    from PIL import Image  # noqa: PLC0415  # compiled, and not always needed

    image.load()
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256)
    elif image.mode not in {"1", "L", "LA", "P", "RGB", "RGBA", "I", "F"}:
        image = image.convert("RGB")
    grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = "".join(str(int(grey[at] < grey[at + 1])) for row in range(8) for at in range(row * 9, row * 9 + 8))
    return f"{int(bits, 2):016x}"


def _has_end(kind: str, data: bytes) -> bool:
    """Whether the mark that ends a file of this kind is there; the decoder does not ask for it."""
    match kind:
        case "PNG":
            return b"IEND\xaeB`\x82" in data
        case "GIF":
            return data.rstrip(b"\x00").endswith(b";")
        case "WEBP":
            return len(data) >= _little(data[4:8]) + 8
        case "BMP":
            return len(data) >= _little(data[2:6])
    return True


def _tags(image: Any) -> list[str | None]:
    """EXIF as JSON text, time, make, model, latitude and longitude; null for what is not there."""
    from PIL import ExifTags  # noqa: PLC0415  # not always needed

    try:
        exif = image.getexif()
        main, detail, gps = dict(exif), dict(exif.get_ifd(_EXIF)), dict(exif.get_ifd(_GPS))
    except Exception:  # noqa: BLE001  # the library raises many kinds on broken tags, and the picture is there
        return [None] * 6
    named = {_name(tag, ExifTags.TAGS): _shown(value) for tag, value in {**main, **detail}.items()}
    named |= {_name(tag, ExifTags.GPSTAGS): _shown(value) for tag, value in gps.items()}
    readable = {name: value for name, value in sorted(named.items()) if value is not None}
    return [
        json.dumps(readable, ensure_ascii=False) if readable else None,
        _text(detail.get(_TAKEN_AT)),
        _text(main.get(_MAKE)),
        _text(main.get(_MODEL)),
        _degrees(gps, _LATITUDE, "S", 90),
        _degrees(gps, _LONGITUDE, "W", 180),
    ]


def _name(tag: int, names: Mapping[int, str]) -> str:
    return names.get(tag, f"0x{tag:04x}")


def _shown(value: Any) -> Any:
    """A tag's value for JSON; null if it is bytes that are no text, or too long."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str | bytes):
        return _text(value)
    if isinstance(value, tuple | list):
        shown = [_shown(one) for one in value[:_LONGEST_TAG]]
        return None if None in shown else shown
    if hasattr(value, "numerator"):
        return f"{value.numerator}/{value.denominator}"
    return repr(value) if isinstance(value, float) else None


def _text(value: Any) -> str | None:
    """Text of a tag without the zeros at its end; null if it is none."""
    if isinstance(value, bytes):
        try:
            value = value.decode("ascii")
        except UnicodeDecodeError:
            return None
    if not isinstance(value, str):
        return None
    text = value.rstrip("\x00 ")
    return text.encode("utf-8", "backslashreplace").decode() if text.isprintable() and text else None


def _degrees(gps: Mapping[int, Any], tag: int, negative: str, most: int) -> str | None:
    try:
        degrees, minutes, seconds = (Fraction(part.numerator, part.denominator) for part in gps[tag])
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    side = _text(gps.get(tag - 1))
    if side is None or not 0 <= value <= most:
        return None
    whole = round(value * 10**_PLACES)
    text = f"{whole // 10**_PLACES}.{whole % 10**_PLACES:0{_PLACES}}".rstrip("0").rstrip(".")
    return f"-{text}" if side.upper() == negative and whole else text


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
