"""CSV pairs for i2 Analyst's Notebook and its like: entities, links, and how to import them.

i2 imports text files by an import specification that its user makes once; the columns here are named for it.
"""

from pathlib import Path
from typing import Final

from crossbearing.export.delimited import write_row
from crossbearing.export.format import About, Carrier, Format
from crossbearing.export.links import CARRIES, CONFIRMED, PROPERTIES, STATED, Chart

_STRENGTH: Final = {STATED: "Confirmed", CONFIRMED: "Confirmed"}  # everything else is dotted
_GUIDE: Final = """\
How to import these two files into i2 Analyst's Notebook
=========================================================

1. File > Import > a new specification; delimited text, comma, quotes, UTF-8, first row holds names.
2. entities.csv: one entity for each row. Identity = Identity, Type = Entity Type, Label = Label.
   Source Reference and Source Type go to the card; handling and tlp to the card's grade or to attributes.
3. links.csv: one link for each row between From Identity and To Identity. Type = Link Type, Strength = Strength.
   "Tentative" is a proposal of software that nobody judged: let it be dotted. Direction is from From to To.
4. Drop one apostrophe in front of every text that begins with one: it keeps spreadsheets from taking the text for a
   formula.

{marking}
"""


def _write(given: Carrier, about: About, home: Path) -> None:
    chart = Chart(given)
    with (home / "entities.csv").open("w", encoding="utf-8-sig", newline="") as out:
        write_row(out, ("Identity", "Entity Type", "Label", *PROPERTIES, "Source Reference", "Source Type"))
        for one in chart.entities():
            more = [one.properties.get(name) for name in PROPERTIES]
            write_row(out, (one.id, one.kind, one.label, *more, one.places, one.sources))
    with (home / "links.csv").open("w", encoding="utf-8-sig", newline="") as out:
        names = ("Link Identity", "Link Type", "From Identity", "To Identity", "Strength", "State", "Direction")
        write_row(out, (*names, *PROPERTIES, "Source Reference", "Source Type"))
        for link in chart.links():
            ends = (link.id, link.kind, link.left, link.right, _STRENGTH.get(link.state, "Tentative"), link.state)
            more = [link.properties.get(name) for name in PROPERTIES]
            write_row(out, (*ends, "From-To", *more, link.places, link.sources))
    guide = _GUIDE.format(marking="\n".join(about.markings))
    (home / "IMPORT.txt").write_text(guide, encoding="utf-8", newline="\n")


I2: Final = Format(
    name="i2",
    title="CSV pairs of entities and links (i2 Analyst's Notebook)",
    carries=CARRIES,
    write=_write,
    narrowed={
        "account.places": "as one text with semicolons; the program cuts a source reference after some characters",
        "listing.places": "as one text with semicolons; the program cuts a source reference after some characters",
        "listing.description": "the program cuts long texts on a card",
    },
    because={"sale_valued": "orders of an account are carried together, in trade"},
)
