"""Entities and links, as charts want them: what GraphML and i2 files are written from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.export.format import INTELLIGENCE_ONLY, Carrier, text_of

CONFIRMED, PROPOSED, STATED = "judged", "proposed, not judged", "as the source states it"
_PROPERTIES: Final = {
    "exhibit": (
        "name", "sha256", "size_bytes", "market", "source", "authority", "owners", "handling", "tlp", "nature",
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


def entities(given: Carrier) -> Iterator[Entity]:
    """All entities; markets, operators and identities once each, with the sources of all that name them."""
    for row in given.rows("exhibit"):
        is_exhibit = row["is_exhibit"]
        yield Entity(
            id=_id("exhibit", row["exhibit_id"]),
            kind="exhibit" if is_exhibit else "source",
            label=row["exhibit_id"] if is_exhibit else f"{row['exhibit_id']}: {INTELLIGENCE_ONLY}",
            properties=_properties("exhibit", row),
            sources=row["exhibit_id"],
        )
    shared: dict[tuple[str, str], set[str]] = {}
    for row in given.rows("account"):
        for kind, name in (("market", row["market"]), ("operator", row["operator_id"])):
            if name is not None:
                shared.setdefault((kind, name), set()).update(row["exhibit_ids"])
        yield _entity("account", row["account_id"], row["handle"], row)
    for row in given.rows("identity"):
        shared.setdefault((row["identity_kind"], row["identity"]), set()).update(row["exhibit_ids"])
    for row in given.rows("listing"):
        yield _entity("listing", row["listing_id"], row["title"], row, kind="advert")
    for (kind, name), sources in sorted(shared.items()):
        yield Entity(id=_id(kind, name), kind=kind, label=name, sources=text_of(sorted(sources)))


def links(given: Carrier) -> Iterator[Link]:
    """All links between them."""
    traded = {row["account_id"]: row for row in given.rows("trade")}
    for row in given.rows("account"):
        account, trade = row["account_id"], traded.get(row["account_id"])
        sold = {} if trade is None else _properties("trade", trade)
        # The orders are stated by their own sources, so they are a link of their own.
        yield _link("on", f"{account} market", account, _id("market", row["market"]), STATED, row)
        if trade is not None:
            found = {**trade, "places": []}
            yield _link("orders on", f"{account} orders", account, _id("market", row["market"]), STATED, found, sold)
        if row["operator_id"] is not None:
            operator = _id("operator", row["operator_id"])
            yield _link("one operator", f"{account} operator", account, operator, CONFIRMED, row)
    for row in given.rows("identity"):
        name = f"{row['account_id']} {row['identity_kind']} {row['identity']}"
        other = _id(row["identity_kind"], row["identity"])
        yield _link("shows", name, row["account_id"], other, STATED, row, _properties("identity", row))
    for row in given.rows("listing"):
        advert = _id("listing", row["listing_id"])
        yield _link("offers", f"{row['listing_id']} advert", row["account_id"], advert, STATED, row)
    for table, kind, state in (
        ("pair", "may be one operator", PROPOSED),
        ("judgement", "was compared with", CONFIRMED),
    ):
        for row in given.rows(table):
            right, more = _id("account", row["right_id"]), _properties(table, row)
            yield _link(kind, f"{table} {row['pair_id']}", row["left_id"], right, state, row, more)


def _entity(table: str, name: str, label: str | None, row: Mapping[str, Any], *, kind: str = "") -> Entity:
    return Entity(
        id=_id(table, name),
        kind=kind or table,
        label=label or name,
        properties=_properties(table, row),
        places=text_of(row["places"]),
        sources=text_of(row["exhibit_ids"]),
    )


def _link(
    kind: str, name: str, account: str, right: str, state: str, row: Mapping[str, Any],
    properties: Mapping[str, str] | None = None,
) -> Link:  # fmt: skip
    return Link(
        id=name, kind=kind, left=_id("account", account), right=right, state=state, properties=properties or {},
        places=text_of(row["places"]), sources=text_of(row["exhibit_ids"]),
    )  # fmt: skip


def _id(kind: str, name: str) -> str:
    return f"{kind}:{name}"


def _properties(table: str, row: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name in _PROPERTIES[table] if (text := text_of(row[name]))}
