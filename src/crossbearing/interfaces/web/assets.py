"""The files that pages load: style, fonts, one script, one picture; nothing from anywhere else."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from crossbearing.presentation.page import font_faces, shared_files

ADDRESS: Final = "/static"
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One served file."""

    name: str
    content: bytes

    @property
    def media_type(self) -> str:
        """What it is, for the browser."""
        return _TYPES[self.name.rpartition(".")[2]]

    @property
    def address(self) -> str:
        """Where pages load it from."""
        return f"{ADDRESS}/{self.name}"

    @property
    def integrity(self) -> str:
        """Its digest as pages name it, so that a browser takes these bytes and no others. Source: W3C SRI."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.content).digest()).decode()}"


@cache
def assets() -> dict[str, Asset]:
    """All served files by name."""
    shared = shared_files()
    home = resources.files("crossbearing.interfaces.web") / "static"
    own = {file.name: file.read_bytes() for file in home.iterdir()}
    faces = font_faces(lambda file: f"{ADDRESS}/{file}").encode()
    style = b"\n".join([faces, shared.pop("style.css"), own.pop("workbench.css")])
    return {name: Asset(name, content) for name, content in {**shared, **own, "style.css": style}.items()}
