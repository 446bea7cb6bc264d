"""Entities and links, as charts want them: what GraphML and i2 files are written from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.export.format import INTELLIGENCE_ONLY, Carrier, Markings, text_of

CONFIRMED, PROPOSED, STATED = "judged", "proposed, not judged", "as the source states it"
_PROPERTIES: Final = {
    "exhibit": (
        "name", "sha256", "size_bytes", "market", "source", "authority", "owners", "handling", "tlp", "nature",
        "gradings", "categories",
        "review_on", "restrictions", "profile", "clock", "is_simulated", "added_at",
    ),
    "account": ("market", "server_id", "role", "first_seen_at", "last_seen_at", "last_active_at"),
    "identity": ("identity_kind", "is_sound"),
    "listing": (
        "market", "listing_server_id", "description", "category", "price", "price_currency", "price_is_placeholder",
        "ships_from", "ships_from_country", "ships_to", "sold_counter", "first_seen_on", "last_seen_on", "sightings",
    ),
    "trade": ("orders", "orders_without_value", "value_eur", "first_sold_at", "last_sold_at"),
    "pair": ("tier", "probability", "log_odds", "reasons_for", "reasons_against", "model"),
    "judgement": ("verdict", "judged_by", "judged_at", "is_firm"),
}  # fmt: skip
PROPERTIES: Final = tuple(sorted({name for names in _PROPERTIES.values() for name in names}))
CARRIES: Final[Mapping[str, Mapping[str, str]]] = {
    "exhibit": {
        "exhibit_id": "entity, kind exhibit or source",
        "is_exhibit": "kind of the entity",
        **dict.fromkeys(_PROPERTIES["exhibit"], "property of the entity"),
    },
    "account": {
        "account_id": "entity, kind account",
        "handle": "label of the entity",
        "operator_id": "entity, kind operator, and a link to it",
        **dict.fromkeys(_PROPERTIES["account"], "property of the entity"),
        "market": "property of the entity; entity, kind market, and a link to it",
    },
    "identity": {
        "account_id": "link from the account",
        "identity": "entity, kind key, contact or wallet",
        **dict.fromkeys(_PROPERTIES["identity"], "property of the link"),
    },
    "listing": {
        "listing_id": "entity, kind advert",
        "account_id": "link from the account",
        "title": "label of the entity",
        **dict.fromkeys(_PROPERTIES["listing"], "property of the entity"),
    },
    "trade": {"account_id": "link to the market", **dict.fromkeys(_PROPERTIES["trade"], "property of the link")},
    "pair": {
        "pair_id": "link, state proposed",
        "left_id": "end of the link",
        "right_id": "end of the link",
        **dict.fromkeys(_PROPERTIES["pair"], "property of the link"),
    },
    "judgement": {
        "pair_id": "link, state judged",
        "left_id": "end of the link",
        "right_id": "end of the link",
        **dict.fromkeys(_PROPERTIES["judgement"], "property of the link"),
    },
}
for _table in ("account", "identity", "listing", "pair", "judgement"):
    CARRIES[_table].update(places="places of the entity or link", exhibit_ids="sources of it")  # type: ignore[attr-defined]
CARRIES["trade"].update(exhibit_ids="sources of the link")  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One thing of a chart."""

    id: str
    kind: str
    label: str
    properties: Mapping[str, str] = field(default_factory=dict)
    places: str = ""
    sources: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One line of a chart; its state says whether people judged it."""

    id: str
    kind: str
    left: str
    right: str
    state: str
    properties: Mapping[str, str] = field(default_factory=dict)
    places: str = ""
    sources: str = ""


class Chart:
    """What may leave as entities and links, each marked as the strictest of its sources."""

    def __init__(self, given: Carrier) -> None:
        """Take what one format carries."""
        self._given = given
        self._marks = Markings(given.rows("exhibit"))

    def entities(self) -> Iterator[Entity]:
        """All entities; markets, operators and identities once each, with the sources of all that name them."""
        for row in self._given.rows("exhibit"):
            label = row["exhibit_id"] if row["is_exhibit"] else f"{row['exhibit_id']}: {INTELLIGENCE_ONLY}"
            lineage = {"exhibit_ids": [row["exhibit_id"]], "places": []}
            kind = "exhibit" if row["is_exhibit"] else "source"
            yield self._entity("exhibit", row["exhibit_id"], kind, label, {**row, **lineage})
        shared: dict[tuple[str, str], set[str]] = {}
        for row in self._given.rows("account"):
            for kind, name in (("market", row["market"]), ("operator", row["operator_id"])):
                if name is not None:
                    shared.setdefault((kind, name), set()).update(row["exhibit_ids"])
            yield self._entity("account", row["account_id"], "account", row["handle"], row)
        for row in self._given.rows("identity"):
            shared.setdefault((row["identity_kind"], row["identity"]), set()).update(row["exhibit_ids"])
        for row in self._given.rows("listing"):
            yield self._entity("listing", row["listing_id"], "advert", row["title"], row)
        for (kind, name), sources in sorted(shared.items()):
            yield self._entity(kind, name, kind, name, {"exhibit_ids": sorted(sources), "places": []})

    def links(self) -> Iterator[Link]:
        """All links between them."""
        for row in self._given.rows("account"):
            account = row["account_id"]
            yield self._link("on", account, _id("market", row["market"]), STATED, row)
            if row["operator_id"] is not None:
                yield self._link("one operator", account, _id("operator", row["operator_id"]), CONFIRMED, row)
        markets = {row["account_id"]: row["market"] for row in self._given.rows("account")}
        for row in self._given.rows("trade"):
            market = _id("market", markets[row["account_id"]])
            yield self._link("orders on", row["account_id"], market, STATED, {**row, "places": []}, "trade")
        for row in self._given.rows("identity"):
            other = _id(row["identity_kind"], row["identity"])
            yield self._link("shows", row["account_id"], other, STATED, row, "identity")
        for row in self._given.rows("listing"):
            yield self._link("offers", row["account_id"], _id("listing", row["listing_id"]), STATED, row)
        for table, kind, state in (
            ("pair", "may be one operator", PROPOSED),
            ("judgement", "was compared with", CONFIRMED),
        ):
            for row in self._given.rows(table):
                yield self._link(kind, row["left_id"], _id("account", row["right_id"]), state, row, table)

    def _entity(self, table: str, name: str, kind: str, label: str | None, row: Mapping[str, Any]) -> Entity:
        return Entity(
            id=_id(table, name), kind=kind, label=label or name, properties=self._properties(table, row),
            places=text_of(row["places"]), sources=text_of(row["exhibit_ids"]),
        )  # fmt: skip

    def _link(self, kind: str, account: str, right: str, state: str, row: Mapping[str, Any], table: str = "") -> Link:
        left = _id("account", account)
        name = row.get("pair_id") or f"{left} {right}"
        return Link(
            id=f"{kind}: {name}", kind=kind, left=left, right=right, state=state,
            properties=self._properties(table, row), places=text_of(row["places"]), sources=text_of(row["exhibit_ids"]),
        )  # fmt: skip

    def _properties(self, table: str, row: Mapping[str, Any]) -> dict[str, str]:
        handling, tlp = self._marks.of(row["exhibit_ids"])
        own = {name: text for name in _PROPERTIES.get(table, ()) if (text := text_of(row[name]))}
        return {"handling": handling, "tlp": tlp, **own}


def _id(kind: str, name: str) -> str:
    return f"{kind}:{name}"
