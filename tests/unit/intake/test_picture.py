"""Pictures: what Pillow writes is read back, with exact places and a hash that copies share; damage is named."""

import hashlib
import io
import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.readers import picture
from crossbearing.intake.readers.picture import Picture
from reading import read, rows_of, spoiled, unaccounted

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"]


def drawn(width: int = 40, height: int = 30, mode: str = "RGB", seed: int = 3) -> Image.Image:
    pixels = bytes((x * seed * 5 + y * 3 + c * 40) % 256 for y in range(height) for x in range(width) for c in range(3))
    return Image.frombytes("RGB", (width, height), pixels).convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def only(content: bytes) -> dict[str, str | None]:
    batches, refused = read(Picture(), content)
    assert not refused
    (row,) = rows_of(batches)
    return row


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_gives_its_name_size_and_hash(kind: str) -> None:
    content = saved(drawn(), kind)
    assert Picture().recognises(content[:65_536])
    row = only(content)
    assert (row["format"], row["width"], row["height"]) == (kind, "40", "30")
    assert row["sha256"] == hashlib.sha256(content).hexdigest()
    assert [row[name] for name in ("taken_at", "make", "model", "latitude", "longitude")] == [None] * 5


@pytest.mark.parametrize("kind", ["ICO", "PPM", "PCX", "TGA", "ICNS", "JPEG2000", "PDF", "EPS"])
def test_other_formats_are_left_alone(kind: str) -> None:
    content = saved(drawn(32, 32), kind)
    assert not Picture().recognises(content)
    batches, (refused,) = read(Picture(), content)
    assert not batches
    assert "nothing of it can be read" in refused.reason


def test_the_difference_hash_is_what_its_definition_says() -> None:
    """Nine columns and eight rows need no resizing, so the bits can be counted by hand."""
    grey = bytes([10, 20, 20, 5, 6, 7, 7, 0, 255] * 4 + [9, 8, 7, 6, 5, 4, 3, 2, 1] * 4)
    image = Image.frombytes("L", (9, 8), grey)
    assert only(saved(image, "PNG"))["difference_hash"] == "99" * 4 + "00" * 4  # 1001 1001


@given(
    st.integers(1, 90), st.integers(1, 90), st.integers(1, 9), st.sampled_from(["RGB", "L", "P", "RGBA", "1", "CMYK"])
)
def test_the_hash_equals_one_made_with_numpy_from_what_pillow_decodes(width, height, seed, mode) -> None:
    import numpy as np

    content = saved(drawn(width, height, mode, seed), "TIFF")
    grey = Image.open(io.BytesIO(content))
    grey = (grey.convert("RGB") if mode == "CMYK" else grey).convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    pixels = np.asarray(grey)
    bits = (pixels[:, 1:] > pixels[:, :-1]).flatten()
    assert only(content)["difference_hash"] == np.packbits(bits).tobytes().hex()


def test_copies_in_another_format_and_size_have_nearly_the_same_hash() -> None:
    image = Image.linear_gradient("L").resize((300, 200)).rotate(30).convert("RGB")
    hashes = [
        int(only(saved(image.resize(size), kind, **options))["difference_hash"], 16)
        for size, kind, options in (
            ((300, 200), "PNG", {}),
            ((150, 100), "JPEG", {"quality": 60}),
            ((90, 60), "WEBP", {}),
        )
    ]
    assert all((one ^ hashes[0]).bit_count() <= 6 for one in hashes)


def test_sixteen_bits_of_grey_are_not_clipped() -> None:
    grey = Image.frombytes("I;16", (9, 8), b"".join(struct.pack("<H", 65_535 - x * 7_000) for x in range(9)) * 8)
    assert only(saved(grey, "PNG"))["difference_hash"] == "0" * 16
    darker = Image.frombytes("I;16", (9, 8), b"".join(struct.pack("<H", x * 7_000) for x in range(9)) * 8)
    assert only(saved(darker, "PNG"))["difference_hash"] == "f" * 16


def fraction(numerator: int, denominator: int = 1) -> TiffImagePlugin.IFDRational:
    return TiffImagePlugin.IFDRational(numerator, denominator)


def tagged(latitude: object = None, longitude: object = None, sides: tuple[str, str] = ("N", "E")) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Invented", "Model 1"
    detail = exif.get_ifd(0x8769)
    detail[0x9003], detail[0x829A] = "2021:06:01 08:00:00", fraction(1, 250)
    detail[0x927C] = b"\x00\xff\x01"  # the maker's own notes are no text
    if latitude is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = sides[0], latitude, sides[1], longitude
        exif[0x8825] = gps
    exif[0x8769] = detail  # Pillow's writer of TIFF looks for them here
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_what_the_camera_wrote_is_read_by_name_and_exactly(kind: str) -> None:
    place = (fraction(52), fraction(30), fraction(3_012, 100)), (fraction(13), fraction(24_5, 10), fraction(0))
    row = only(saved(drawn(), kind, exif=tagged(*place, sides=("S", "E"))))
    assert (row["make"], row["model"], row["taken_at"]) == ("Invented", "Model 1", "2021:06:01 08:00:00")
    assert (row["latitude"], row["longitude"]) == ("-52.508366667", "13.408333333")
    exif = json.loads(row["exif"])
    assert exif["ExposureTime"] == "1/250"
    assert exif["GPSLatitude"] == ["52/1", "30/1", "753/25"]
    assert "MakerNote" not in exif


@given(st.integers(0, 90), st.integers(0, 59), st.integers(0, 59_999), st.sampled_from("NS"))
def test_degrees_are_exact_to_nine_places(degrees: int, minutes: int, thousandths: int, side: str) -> None:
    from decimal import Decimal, localcontext

    value = (fraction(degrees), fraction(minutes), fraction(thousandths, 1_000))
    row = only(saved(drawn(8, 8), "JPEG", exif=tagged(value, value, sides=(side, "W"))))
    with localcontext() as context:
        context.prec = 40
        wanted = degrees + Decimal(minutes) / 60 + Decimal(thousandths) / 3_600_000
        if wanted > 90:
            assert row["latitude"] is None
        else:
            assert abs(abs(Decimal(row["latitude"])) - wanted) <= Decimal("5E-10")
            assert row["latitude"].startswith("-") == (side == "S" and wanted >= Decimal("5E-10"))


@pytest.mark.parametrize(
    "latitude",
    [
        (fraction(91), fraction(0), fraction(0)),
        (fraction(1, 0), fraction(0), fraction(0)),
        (fraction(1), fraction(0)),
        fraction(1),
    ],
)
def test_a_place_that_is_none_is_null(latitude: object) -> None:
    row = only(saved(drawn(), "JPEG", exif=tagged(latitude, (fraction(200), fraction(0), fraction(0)))))
    assert (row["latitude"], row["longitude"]) == (None, None)
    assert row["make"] == "Invented"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_anywhere_is_damage_and_gives_no_row(kind: str) -> None:
    content = saved(drawn(), kind)
    for end in range(20, len(content), 7):
        batches, refused = read(Picture(), content[:end])
        assert not batches, end
        (one,) = refused
        assert one.is_damage
        assert (one.offset, one.length, one.rows) == (0, end, 1)
    known = "nothing of it can be read" if kind == "WEBP" else f"{kind}, 40 by 30 pixels"  # WebP is opened whole
    assert f"({known})" in one.reason


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")


def test_a_picture_of_very_many_pixels_is_never_decoded() -> None:
    batches, (said,) = read(Picture(), huge_png(10_000, 9_000))
    (row,) = rows_of(batches)
    assert (row["width"], row["height"], row["difference_hash"]) == ("10000", "9000", None)
    assert (said.rows, said.is_damage) == (0, False)
    batches, (said,) = read(Picture(), huge_png(100_000, 100_000))
    assert not batches
    assert "DecompressionBombError" in said.reason


def test_a_thin_picture_of_great_length_is_never_decoded() -> None:
    batches, (said,) = read(Picture(), huge_png(3, 65_536))
    (row,) = rows_of(batches)
    assert (row["height"], row["difference_hash"]) == ("65536", None)
    assert "65,535 along a side" in said.reason


def test_a_file_that_is_too_large_is_one_clear_error(monkeypatch) -> None:
    monkeypatch.setattr(picture, "LARGEST_FILE", 100)
    with pytest.raises(UnreadableSource):
        read(Picture(), saved(drawn(), "BMP"))


def test_marks_that_only_look_like_pictures_are_left_to_others() -> None:
    for head in (b"BM,price\n1,2\n" * 9, b"RIFF\x00\x00\x00\x00WAVE", b"\x89PNG\r\n\x1a\n", b"GIF8", b"MM\x00+"):
        assert not Picture().recognises(head)


SAMPLES = [saved(drawn(9, 8), kind) for kind in FORMATS]
SAMPLES.append(saved(drawn(9, 8), "JPEG", exif=tagged((fraction(1),) * 3, (fraction(1),) * 3)))


@given(st.binary(max_size=200) | st.one_of(*map(spoiled, SAMPLES)))
def test_no_bytes_make_the_reader_fail_and_all_of_them_are_accounted_for(content: bytes) -> None:
    batches, refused = read(Picture(), content)
    assert not unaccounted(content, batches, refused)
    assert len(rows_of(batches)) + sum(r.rows for r in refused) == bool(content)
