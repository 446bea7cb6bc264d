"""Pictures that lay beside the first market's database, and those that were saved with the third market's pages."""

import io
import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.pictures import Exif, copied, picture
from crossbearing.simulation.markets import DAY, KESTREL
from crossbearing.simulation.population import Population
from crossbearing.simulation.trade import Advert

_NOTED: Final = 3  # one application in so many comes with the camera's notes


def advert_picture(advert: Advert, seed: int) -> bytes:
    """The picture of an advert; a copycat's is its victim's, cropped and saved again."""
    content = picture(advert.scene, advert.picture)
    if not advert.is_copied:
        return content
    return copied(content, stream(seed, "copied picture", advert.account, advert.picture))


def write_uploads(path: Path, adverts: Sequence[Advert], kept: float, seed: int, *, shift: int) -> None:
    """The server's folder of product pictures, packed by tar when it was seized; most were cleared away before.

    Args:
        path: Where to.
        adverts: Of the first market.
        kept: Share of the adverts whose picture is still there.
        seed: Of the simulation.
        shift: Seconds by which the server's clock is wrong.
    """
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        is_kept = stream(seed, "uploads").random(len(adverts)) < kept
        for advert in (one for one, is_there in zip(adverts, is_kept.tolist(), strict=True) if is_there):
            content = advert_picture(advert, seed)
            entry = tarfile.TarInfo(f"uploads/{upload_name(advert)}")
            entry.size, entry.mode, entry.mtime = len(content), 0o644, advert.posted + shift
            entry.uname = entry.gname = "www-data"
            archive.addfile(entry, io.BytesIO(content))


def upload_name(advert: Advert) -> str:
    """Where the server keeps an advert's picture."""
    return f"products/{advert.number:06d}.jpg"


def write_applications(folder: Path, population: Population, seed: int) -> None:
    """One picture per application; a copycat's is its victim's, saved again."""
    folder.mkdir()
    for place, account in enumerate(population.on(KESTREL)):
        chance = stream(seed, "picture", account.number)
        shown = population.accounts[account.copies] if account.copies >= 0 else account
        scene = population.operators[shown.operators[0]].scene
        # Some forget to take the camera's notes out.
        is_noted = shown is account and chance.integers(_NOTED) == 0
        taken = datetime.fromtimestamp(account.opened - int(chance.integers(9 * DAY)), UTC).replace(tzinfo=None)
        exif = Exif("Simulated", f"SimCam {scene % 7 + 1}", taken=taken) if is_noted else None
        content = picture(scene, shown.number, exif)
        (folder / f"{place:05d}.jpg").write_bytes(content if shown is account else copied(content, chance))
