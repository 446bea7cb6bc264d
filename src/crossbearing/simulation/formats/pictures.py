"""Simulated photographs: abstract shapes on a coloured background, with no text and nobody in them.

A *scene* is the place an operator takes pictures in (colours, stripes, light), a *subject* the thing that is shown.
Pictures of one scene lie near each other in perceptual hash, those of two scenes far apart.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from crossbearing.simulation.chance import stream

SIZE: Final = (320, 240)  # pixels
OPEN_SEA: Final = (-48.876667, -123.393333)  # the point of all oceans farthest from land: nobody lives there
_MARGIN: Final = 4  # pixels by which the camera may be held differently
_CANVAS: Final = (SIZE[0] + 2 * _MARGIN, SIZE[1] + 2 * _MARGIN)
_QUALITY: Final = 74
_BLOCKS: Final = (9, 8)  # the scene's light and dark, coarse enough to survive any re-encoding
_MAKE, _MODEL, _SOFTWARE, _DATE_TIME = 0x010F, 0x0110, 0x0131, 0x0132
_EXIF, _GPS, _TAKEN = 0x8769, 0x8825, 0x9003
_LEVELS: Final = (28, 228)  # darkest and lightest of a scene, of 255


@dataclass(frozen=True, slots=True)
class Exif:
    """What the camera notes in a picture.

    Attributes:
        make: Invented maker.
        model: Invented model.
        software: Of the camera or the program that saved the picture last.
        taken: Local time, no offset; None for none.
        place: Degrees north and east; None, as nearly always, for none. Use ``OPEN_SEA``.
    """

    make: str
    model: str
    software: str = ""
    taken: datetime | None = None
    place: tuple[float, float] | None = None


def picture(scene: int, subject: int, exif: Exif | None = None) -> bytes:
    """A JPEG of a subject in a scene.

    Args:
        scene: Number of the place; equal numbers give near pictures.
        subject: Number of the thing and of the shot.
        exif: Camera data to put in.
    """
    image = _scene(scene)
    chance = stream(subject, "picture", "subject")
    image = _shot(image, chance)
    _draw(image, chance)
    return _saved(image, _QUALITY, exif)


def copied(content: bytes, chance: np.random.Generator) -> bytes:
    """The picture as a copycat posts it: cropped by a little, scaled back, compressed again, without camera data.

    Args:
        content: A JPEG.
        chance: Decides how much.
    """
    image = Image.open(io.BytesIO(content)).convert("RGB")
    width, height = image.size
    left, top, right, bottom = (int(n) for n in chance.integers(0, 6, 4))  # pixels; at most 2 % of a side
    cropped = image.crop((left, top, width - right, height - bottom))
    if chance.random() < 0.5:  # noqa: PLR2004 - half of them scale it back
        cropped = cropped.resize((width, height), Image.Resampling.BILINEAR)
    return _saved(cropped, int(chance.integers(55, 78)), None)


@lru_cache(maxsize=16)  # the pictures of one seller follow each other
def _scene(scene: int) -> Image.Image:
    """Light and dark in large blocks, coloured from dark to light, with stripes; not to be drawn on."""
    chance = stream(scene, "picture", "scene")
    columns, rows = _BLOCKS
    levels = chance.permutation(np.linspace(*_LEVELS, columns * rows).astype(np.uint8)).reshape(rows, columns)
    grey = Image.fromarray(levels).resize(_CANVAS, Image.Resampling.BICUBIC)
    tint = chance.integers(-60, 61, 3)
    step, slant, wide = int(chance.integers(14, 40)), int(chance.integers(-120, 121)), int(chance.integers(2, 7))
    stripes = Image.new("L", _CANVAS, 0)
    pen = ImageDraw.Draw(stripes)
    for x in range(-120, _CANVAS[0] + 120, step):
        pen.line([(x, 0), (x + slant, _CANVAS[1])], fill=14, width=wide)
    grey = ImageChops.subtract(grey, stripes)
    ramp = np.arange(256)
    tables = [np.clip(ramp + int(shift) * ramp // 255, 0, 255).tolist() for shift in tint]
    return Image.merge("RGB", [grey.point(table) for table in tables])


def _shot(image: Image.Image, chance: np.random.Generator) -> Image.Image:
    """The camera held a little differently, in slightly other light, with the grain of its sensor."""
    left, top = (int(n) for n in chance.integers(0, 2 * _MARGIN + 1, 2))
    image = image.crop((left, top, left + SIZE[0], top + SIZE[1]))
    light = int(chance.integers(-10, 11))
    grain = chance.integers(0, 6, (SIZE[1] // 2, SIZE[0] // 2), dtype=np.int16)
    levels = np.asarray(image, np.int16) + (light - grain.repeat(2, axis=0).repeat(2, axis=1))[:, :, None]
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def _draw(image: Image.Image, chance: np.random.Generator) -> None:
    """One thing in the middle: a bag of a few round or square pieces."""
    pen = ImageDraw.Draw(image)
    colours = [tuple(int(n) for n in row) for row in chance.integers(60, 230, (2, 3))]
    x, y = SIZE[0] // 2 + int(chance.integers(-16, 17)), SIZE[1] // 2 + int(chance.integers(-10, 11))
    wide, high = int(chance.integers(34, 52)), int(chance.integers(26, 42))
    pen.rounded_rectangle((x - wide, y - high, x + wide, y + high), 8, fill=colours[0], outline=(240, 240, 240))
    size, is_round = int(chance.integers(5, 9)), bool(chance.integers(0, 2))
    for dx, dy in chance.integers(-100, 101, (int(chance.integers(3, 13)), 2)).tolist():
        at_x, at_y = x + dx * (wide - 12) // 100, y + dy * (high - 12) // 100
        box = (at_x - size, at_y - size, at_x + size, at_y + size)
        (pen.ellipse if is_round else pen.rectangle)(box, fill=colours[1], outline=(70, 70, 70))


def _saved(image: Image.Image, quality: int, exif: Exif | None) -> bytes:
    out = io.BytesIO()
    if exif is None:
        image.save(out, "JPEG", quality=quality)
    else:
        image.save(out, "JPEG", quality=quality, exif=_exif(exif))
    return out.getvalue()


def _exif(exif: Exif) -> Image.Exif:
    data = Image.Exif()
    data[_MAKE], data[_MODEL] = exif.make, exif.model
    if exif.software:
        data[_SOFTWARE] = exif.software
    if exif.taken:
        data[_DATE_TIME] = data.get_ifd(_EXIF)[_TAKEN] = exif.taken.strftime("%Y:%m:%d %H:%M:%S")
    if exif.place:
        north, east = exif.place
        data.get_ifd(_GPS).update(
            {1: "N" if north >= 0 else "S", 2: _degrees(north), 3: "E" if east >= 0 else "W", 4: _degrees(east)}
        )
    return data


def _degrees(angle: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and hundredths of seconds, as cameras write them."""
    hundredths = round(abs(angle) * 360_000)
    return (
        IFDRational(hundredths // 360_000), IFDRational(hundredths // 6000 % 60), IFDRational(hundredths % 6000, 100),
    )  # fmt: skip
