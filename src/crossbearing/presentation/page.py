"""Pages that need nothing but a browser: one file, its type and style inside."""

import base64
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

from crossbearing.presentation import charts, dots, text
from crossbearing.presentation.words import words

_LATIN: Final = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122"
_LATIN_EXT: Final = "U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB"
_WITH_TEMPLATES: Final = ("presentation", "leads", "packages", "results", "interfaces.web")
# Family, weight, file, characters it is used for. IBM Plex, SIL Open Font License 1.1.
_FACES: Final = (
    ("Plex Sans", 400, "sans-latin-400", _LATIN),
    ("Plex Sans", 600, "sans-latin-600", _LATIN),
    ("Plex Sans", 400, "sans-latin-ext-400", _LATIN_EXT),
    ("Plex Sans", 600, "sans-latin-ext-600", _LATIN_EXT),
    ("Plex Serif", 400, "serif-latin-400", _LATIN),
    ("Plex Serif", 400, "serif-latin-ext-400", _LATIN_EXT),
    ("Plex Mono", 400, "mono-latin-400", _LATIN),
)


def render(feature: str, template: str, language: str = "en", **values: Any) -> str:
    """A feature's page as self-contained HTML.

    Args:
        feature: Package whose ``templates`` folder holds the page, such as "packages" or "interfaces.web".
        template: File name in it.
        language: Of its labels; the template has them as ``t``.
        values: What the page shows. Everything is escaped; there is no way to pass markup but charts.
    """
    return _environment().get_template(f"{feature}/{template}").render(t=words(language), **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PrefixLoader({name: PackageLoader(f"crossbearing.{name}") for name in _WITH_TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        amount=text.amount,
        number=text.number,
        signed=text.signed,
        moment=text.moment,
        day=text.day,
        seized=text.seized,
        money=text.money,
        quantity=text.quantity,
        grouped=text.grouped,
    )
    environment.globals.update(
        fonts=font_faces(_within),
        plural=text.plural,
        columns_chart=charts.columns,
        dots_chart=dots.dots,
    )
    return environment


def font_faces(place: Callable[[str], str]) -> str:
    """The fonts as rules of a style sheet.

    Args:
        place: Gives the address of a font's file.
    """
    return "\n".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
        f"src:url({place(_file(name))}) format('woff2');unicode-range:{characters}}}"
        for family, weight, name, characters in _FACES
    )


def shared_files() -> dict[str, bytes]:
    """What pages that are served share with pages that are files: the style sheet without fonts, and the fonts."""
    home = resources.files("crossbearing.presentation")
    style = {"style.css": (home / "templates" / "style.css").read_bytes()}
    return style | {_file(name): (home / "fonts" / _file(name)).read_bytes() for _, _, name, _ in _FACES}


def _file(name: str) -> str:
    return f"ibm-plex-{name}-normal.woff2"


def _within(file: str) -> str:
    data = (resources.files("crossbearing.presentation") / "fonts" / file).read_bytes()
    return f"data:font/woff2;base64,{base64.b64encode(data).decode()}"
