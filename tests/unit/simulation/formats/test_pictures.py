"""Pictures of one scene are near in perceptual hash, those of two scenes far; copies stay near."""

import io
from datetime import datetime

import numpy as np
import pytest
from PIL import Image

from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.pictures import OPEN_SEA, SIZE, Exif, copied, picture

CAMERA = Exif("Lumora", "QX-3", "Lumora Studio 2.1", datetime(2021, 2, 3, 4, 5, 6))  # noqa: DTZ001 - as in EXIF
SCENES, SHOTS = 14, 4


def difference_hash(content: bytes) -> np.ndarray:
    small = Image.open(io.BytesIO(content)).convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    levels = np.asarray(small).astype(int)
    return (levels[:, 1:] > levels[:, :-1]).ravel()


def frequency_hash(content: bytes) -> np.ndarray:
    small = Image.open(io.BytesIO(content)).convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    step = np.arange(32)
    cosines = np.cos(np.pi * (2 * step[None, :] + 1) * step[:, None] / 64)
    low = (cosines @ np.asarray(small).astype(float) @ cosines.T)[:8, :8]
    return (low > np.median(low)).ravel()


@pytest.fixture(scope="module")
def shots() -> list[list[bytes]]:
    return [[picture(scene, 100 * scene + shot) for shot in range(SHOTS)] for scene in range(SCENES)]


@pytest.mark.parametrize("hashed", [difference_hash, frequency_hash])
def test_scenes_are_near_to_themselves_and_far_from_each_other(shots: list[list[bytes]], hashed) -> None:
    hashes = np.array([[hashed(content) for content in scene] for scene in shots])
    near = [(hashes[s, a] != hashes[s, b]).sum() for s in range(SCENES) for a in range(SHOTS) for b in range(a)]
    far = [(hashes[s, 0] != hashes[t, 1]).sum() for s in range(SCENES) for t in range(SCENES) if s != t]
    assert np.median(near) <= 8  # of 64 bits
    assert np.percentile(near, 95) <= 14
    assert np.percentile(far, 5) >= 20


@pytest.mark.parametrize("hashed", [difference_hash, frequency_hash])
def test_a_copy_is_near_to_what_was_copied_but_not_the_same_bytes(shots: list[list[bytes]], hashed) -> None:
    chance = stream(1, "copies")
    pairs = [(content, copied(content, chance)) for scene in shots for content in scene]
    distances = [(hashed(content) != hashed(copy)).sum() for content, copy in pairs]
    assert max(distances) <= 12
    assert all(content != copy for content, copy in pairs)


def test_pictures_are_small_jpegs_and_the_same_each_time(shots: list[list[bytes]]) -> None:
    contents = [content for scene in shots for content in scene]
    assert max(map(len, contents)) <= 12 * 1024
    assert len(set(contents)) == SCENES * SHOTS
    assert picture(3, 302) == shots[3][2]
    image = Image.open(io.BytesIO(contents[0]))
    assert (image.format, image.size, image.mode) == ("JPEG", SIZE, "RGB")
    assert not image.getexif()


def test_the_camera_is_noted_where_asked_and_the_place_only_where_given() -> None:
    data = Image.open(io.BytesIO(picture(1, 1, CAMERA))).getexif()
    assert (data[0x010F], data[0x0110], data[0x0131]) == ("Lumora", "QX-3", "Lumora Studio 2.1")
    assert data[0x0132] == data.get_ifd(0x8769)[0x9003] == "2021:02:03 04:05:06"
    assert not data.get_ifd(0x8825)
    placed = picture(1, 1, Exif("Lumora", "QX-3", place=OPEN_SEA))
    place = Image.open(io.BytesIO(placed)).getexif().get_ifd(0x8825)
    assert (place[1], place[3]) == ("S", "W")
    for angle, held in zip(OPEN_SEA, (place[2], place[4]), strict=True):
        degrees, minutes, seconds = map(float, held)
        assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(abs(angle), abs=1e-5)


def test_a_copy_carries_no_camera_data() -> None:
    assert not Image.open(io.BytesIO(copied(picture(1, 1, CAMERA), stream(1, "copy")))).getexif()
