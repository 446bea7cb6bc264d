"""GraphML: one graph of entities and links. Source: the GraphML primer and schema 1.1 (graphml.graphdrawing.org).

XML cannot hold most control characters at all; every text is escaped as ``escaping`` says.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from crossbearing.export.escaping import XML, escaped
from crossbearing.export.format import About, Carrier, Format
from crossbearing.export.links import CARRIES, PROPERTIES, Chart

# What a parser would fold is written as a number.
_KEPT: Final = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
_NODE: Final = ("kind", "label", "places", "sources")
_EDGE: Final = ("kind", "state", "places", "sources")
_HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.1/graphml.xsd">
"""


def _quoted(text: str) -> str:
    return escape(escaped(text, XML), _KEPT)


def _data(values: Mapping[str, str], letter: str) -> str:
    return "".join(f'<data key="{letter}-{name}">{_quoted(value)}</data>' for name, value in values.items() if value)


def _lines(given: Carrier, about: About) -> Iterator[str]:
    yield _HEAD
    chart = Chart(given)
    says = {
        "operation": about.operation, "originator": about.coordinator, "scope": about.scope,
        "handling": about.handling, "tlp": about.tlp, "marking": "; ".join(about.markings), "software": about.software,
    }  # fmt: skip
    for letter, domain, names in (
        ("g", "graph", tuple(says)), ("n", "node", (*_NODE, *PROPERTIES)), ("e", "edge", (*_EDGE, *PROPERTIES)),
    ):  # fmt: skip
        for name in names:
            yield f'<key id="{letter}-{name}" for="{domain}" attr.name="{name}" attr.type="string"/>\n'
    yield f'<graph edgedefault="directed">{_data(says, "g")}\n'
    for one in chart.entities():
        own = {"kind": one.kind, "label": one.label, "places": one.places, "sources": one.sources}
        yield f'<node id="{_quoted(one.id)}">{_data({**own, **one.properties}, "n")}</node>\n'
    for link in chart.links():
        own = {"kind": link.kind, "state": link.state, "places": link.places, "sources": link.sources}
        ends = f'source="{_quoted(link.left)}" target="{_quoted(link.right)}"'
        yield f'<edge id="{_quoted(link.id)}" {ends}>{_data({**own, **link.properties}, "e")}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _write(given: Carrier, about: About, home: Path) -> None:
    with (home / "graph.graphml").open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_lines(given, about))


GRAPHML: Final = Format(
    name="graphml",
    title="GraphML (Gephi, yEd, NetworkX)",
    carries=CARRIES,
    write=_write,
    narrowed={
        "account.places": "as one text with semicolons",
        "listing.places": "as one text with semicolons",
        "listing.price": "as text: the format knows floating point numbers only",
        "trade.value_eur": "as text: the format knows floating point numbers only",
        "pair.probability": "as text: the format knows floating point numbers only",
    },
    because={"sale_valued": "orders of an account are carried together, in trade"},
)
