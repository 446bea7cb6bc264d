"""A MISP event. Source: MISP core format (RFC draft) and the published object templates named here by their ids.

MISP has no template for an advert; its own is written beside the event, as MISP has users share theirs. Values that
say little are kept out of correlation.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crossbearing.export.escaping import MISP as UNFIT
from crossbearing.export.escaping import escaped
from crossbearing.export.format import About, Carrier, Format, described, exhibit_words, ours, text_of
from crossbearing.export.jsonlines import line, write_list

Object = dict[str, Any]
# Template: id, version, category. Published with MISP; of the advert, ours.
TEMPLATES: Final = {
    "user-account": ("49606b06-22f0-4ac8-8eee-2f12ad46f3d3", 6, "misc"),
    "coin-address": ("d0e6997e-78da-4815-a6a1-cfc1c1cb8a46", 7, "financial"),
    "pgp-meta": ("4c9134c4-b3e8-4d9f-b3c0-c683e70ec1dd", 1, "misc"),
    "annotation": ("5d8dc046-15a1-4ca3-a09f-ed4ede7c4487", 3, "misc"),
    "file": ("688c46fb-5edb-40a3-8273-1af7923e2215", 25, "file"),
    "dark-market-advert": (ours("misp dark-market-advert"), 1, "misc"),
}
ADVERT: Final = (
    "title", "description", "market", "listing_server_id", "category", "price", "price_currency",
    "price_is_placeholder", "ships_from", "ships_from_country", "ships_to", "sold_counter", "first_seen_on",
    "last_seen_on", "sightings",
)  # fmt: skip
_EXHIBIT: Final = (
    "exhibit_id", "market", "source", "authority", "owners", "handling", "tlp", "nature",
    "gradings", "categories", "review_on", "restrictions",
    "profile", "clock", "is_simulated", "added_at",
)  # fmt: skip
_TRADE: Final = ("orders", "orders_without_value", "value_eur", "first_sold_at", "last_sold_at")
_PAIR: Final = ("tier", "probability", "log_odds", "reasons_for", "reasons_against", "model")
_JUDGED: Final = ("verdict", "judged_by", "judged_at", "is_firm")
_LINEAGE: Final = {"places": "comment of the object or reference", "exhibit_ids": "comment of the object or reference"}
_CARRIES: Final = {
    "exhibit": {
        "name": "file.filename", "sha256": "file.sha256", "size_bytes": "file.size-in-bytes",
        "is_exhibit": "object file, else annotation", **dict.fromkeys(_EXHIBIT, "comment, or annotation.text"),
    },
    "account": {
        "account_id": "uuid of user-account", "handle": "user-account.username", "server_id": "user-account.user-id",
        "market": "user-account.group", "role": "user-account.account-type", "first_seen_at": "Object.first_seen",
        "last_seen_at": "Object.last_seen", "last_active_at": "user-account.description",
        "operator_id": "annotation, and a reference to it", **_LINEAGE,
    },
    "identity": {
        "account_id": "reference from user-account", "identity_kind": "name of the object",
        "identity": "coin-address, pgp-meta.key-id, user-account.username or email", "is_sound": "reference.comment",
        **_LINEAGE,
    },
    "listing": {
        "listing_id": "uuid of dark-market-advert", "account_id": "reference to user-account",
        **{name: f"dark-market-advert.{name}" for name in ADVERT}, **_LINEAGE,
    },
    "trade": {
        "account_id": "reference to user-account", **dict.fromkeys(_TRADE, "annotation.text"),
        "exhibit_ids": _LINEAGE["exhibit_ids"],
    },
    "pair": {
        "pair_id": "uuid of a reference", "left_id": "reference.object_uuid", "right_id": "reference.referenced_uuid",
        **dict.fromkeys(_PAIR, "reference.comment"), **_LINEAGE,
    },
    "judgement": {
        "pair_id": "uuid of a reference", "left_id": "reference.object_uuid", "right_id": "reference.referenced_uuid",
        **dict.fromkeys(_JUDGED, "reference.comment"), **_LINEAGE,
    },
}  # fmt: skip
# What two events may be joined by; everything else would join what has nothing to do with each other.
_TELLING: Final = frozenset({"address", "address-xmr", "address-crypto", "key-id", "email", "sha256"})


class _Event:
    def __init__(self, given: Carrier, about: About) -> None:
        self._given, self._about = given, about
        self._stamp = str(int(datetime.fromisoformat(about.as_of).astimezone(UTC).timestamp()))
        self._links: dict[str, list[Object]] = defaultdict(list)  # by the account that they begin at
        self._sources: dict[str, str] = {}

    def objects(self) -> Iterator[Object]:
        """All objects. References stand within the object they begin at, so they are gathered first."""
        yield from self._exhibits()
        yield from self._identities()
        self._pairs()
        operators: dict[str, set[str]] = {}
        for row in self._given.rows("account"):
            if row["operator_id"] is not None:
                operators.setdefault(row["operator_id"], set()).update(row["exhibit_ids"])
            yield self._account(row)
        for name, exhibits in sorted(operators.items()):
            says = {
                "text": f"{name}: accounts that people judged to be one; not a person",
                "type": "operator as judged",
            }
            yield self._object("annotation", f"operator {name}", says, {"exhibit_ids": sorted(exhibits), "places": []})
        for row in self._given.rows("listing"):
            advert = self._object(
                "dark-market-advert", f"listing {row['listing_id']}", {n: row[n] for n in ADVERT}, row
            )
            yield self._referring(advert, row["account_id"], "offered-by")
        for row in self._given.rows("trade"):
            says = {"text": described(row, *_TRADE), "type": "orders at an account"}
            note = self._object("annotation", f"trade {row['account_id']}", says, {**row, "places": []})
            yield self._referring(note, row["account_id"], "annotates")

    def head(self) -> Object:
        """The event without its objects."""
        about = self._about
        tags = [f"tlp:{about.tlp.lower()}", f'crossbearing:handling="{about.handling}"']
        tags += [f'crossbearing:marking="{word}"' for word in about.markings[:2] if not word.startswith("Handling")]
        return {
            "uuid": about.uuid("event", about.scope), "info": f"{about.operation}: {about.scope}",
            "date": about.as_of[:10], "timestamp": self._stamp, "published": False, "distribution": "0",
            "threat_level_id": "4", "analysis": "1", "Tag": [{"name": tag} for tag in tags],
            "Orgc": {"name": about.coordinator, "uuid": about.uuid("organisation", about.coordinator)},
            "Attribute": [self._attribute("event", "text", "other", "marking", "\n".join(about.markings))],
        }  # fmt: skip

    def _exhibits(self) -> Iterator[Object]:
        for row in self._given.rows("exhibit"):
            self._sources[row["exhibit_id"]] = words = exhibit_words(row)
            says: Object = {"text": f"{words}\n{described(row, *_EXHIBIT)}", "type": words}
            kind = "annotation"
            if row["is_exhibit"]:
                kind = "file"
                says = {"filename": row["name"], "sha256": row["sha256"], "size-in-bytes": row["size_bytes"]}
            made = self._object(kind, f"exhibit {row['exhibit_id']}", says, {"exhibit_ids": [], "places": []})
            yield {**made, "comment": f"{words}\n{described(row, *_EXHIBIT)}"}

    def _identities(self) -> Iterator[Object]:
        shown: set[str] = set()
        for row in self._given.rows("identity"):
            kind, _, value = row["identity"].rpartition(" ")
            says: Object = {"username": value, "account-type": kind, **({"email": value} if kind == "email" else {})}
            name = "user-account"
            if row["identity_kind"] == "wallet":
                relation = {"bitcoin": "address", "monero": "address-xmr"}.get(kind, "address-crypto")
                name, says = "coin-address", {relation: value, "symbol": kind}
            elif row["identity_kind"] == "key":
                name, says = "pgp-meta", {"key-id": value}
            key = f"{row['identity_kind']} {row['identity']}"
            if key not in shown:
                shown.add(key)
                yield self._object(name, key, says, row)
            state = "reads without error" if row["is_sound"] else "cut or damaged"
            self._link(row["account_id"], self._uuid("object", key), "shows", f"shows {key}", state, row)

    def _pairs(self) -> None:
        for row in self._given.rows("pair"):
            says = f"PROPOSED by software, not judged: may be one operator\n{described(row, *_PAIR)}"
            other = self._uuid("object", f"account {row['right_id']}")
            self._link(row["left_id"], other, "related-to", f"pair {row['pair_id']}", says, row)
        for row in self._given.rows("judgement"):
            other = self._uuid("object", f"account {row['right_id']}")
            says = f"Judged\n{described(row, *_JUDGED)}"
            self._link(row["left_id"], other, "related-to", f"judgement {row['pair_id']}", says, row)

    def _account(self, row: Mapping[str, Any]) -> Object:
        says = {
            "username": row["handle"], "user-id": row["server_id"], "group": row["market"],
            "account-type": f"{row['role']} on a dark market", "description": described(row, "last_active_at"),
        }  # fmt: skip
        if row["operator_id"] is not None:
            operator = self._uuid("object", f"operator {row['operator_id']}")
            words = "of one operator, as people judged"
            self._link(row["account_id"], operator, "member-of", f"operator of {row['account_id']}", words, row)
        made = self._object("user-account", f"account {row['account_id']}", says, row)
        seen = {"first_seen": text_of(row["first_seen_at"]), "last_seen": text_of(row["last_seen_at"])}
        made |= {name: value for name, value in seen.items() if value}
        return {**made, "ObjectReference": self._links.pop(row["account_id"], [])}

    def _referring(self, made: Object, account: str, relation: str) -> Object:
        name = f"{relation} {made['uuid']}"
        to = self._uuid("object", f"account {account}")
        return {**made, "ObjectReference": [self._reference(made["uuid"], to, relation, name, "")]}

    def _link(self, account: str, to: str, relation: str, name: str, says: str, row: Mapping[str, Any]) -> None:
        own = self._uuid("object", f"account {account}")
        words = f"{says}\n{self._lineage(row)}"
        self._links[account].append(self._reference(own, to, relation, f"{account} {name}", words))

    def _reference(self, own: str, to: str, relation: str, name: str, comment: str) -> Object:
        return {
            "uuid": self._uuid("reference", name), "object_uuid": own, "referenced_uuid": to,
            "relationship_type": relation, "comment": comment, "timestamp": self._stamp,
        }  # fmt: skip

    def _object(self, kind: str, name: str, says: Mapping[str, Any], row: Mapping[str, Any]) -> Object:
        template, version, category = TEMPLATES[kind]
        attributes = [
            self._attribute(name, *_typed(relation), relation, text_of(value))
            for relation, value in says.items()
            if text_of(value)
        ]
        return {
            "uuid": self._uuid("object", name), "name": kind, "meta-category": category, "template_uuid": template,
            "template_version": str(version), "distribution": "5", "timestamp": self._stamp,
            "comment": self._lineage(row), "Attribute": attributes,
        }  # fmt: skip

    def _attribute(self, of: str, kind: str, category: str, relation: str, value: str) -> Object:
        return {
            "uuid": self._uuid("attribute", f"{of}\n{relation}"), "type": kind, "category": category.capitalize(),
            "object_relation": None if of == "event" else relation, "value": escaped(value, UNFIT), "to_ids": False,
            "disable_correlation": relation not in _TELLING, "distribution": "5", "timestamp": self._stamp,
        }  # fmt: skip

    def _lineage(self, row: Mapping[str, Any]) -> str:
        sources = "; ".join(self._sources[one] for one in row["exhibit_ids"])
        return "\n".join(text for text in (sources, *row["places"]) if text)

    def _uuid(self, kind: str, name: str) -> str:
        return self._about.uuid(f"misp {kind}", name)


def _typed(relation: str) -> tuple[str, str]:
    """Type and category of an attribute, as the template has it."""
    types = {
        "address": ("btc", "financial fraud"), "address-xmr": ("xmr", "financial fraud"),
        "email": ("email", "social network"), "filename": ("filename", "payload delivery"),
        "sha256": ("sha256", "payload delivery"), "size-in-bytes": ("size-in-bytes", "other"),
        "first_seen_on": ("datetime", "other"), "last_seen_on": ("datetime", "other"),
    }  # fmt: skip
    return types.get(relation, ("text", "other"))


def template() -> Object:
    """The definition of our own object, as MISP shares such definitions."""
    uuid, version, category = TEMPLATES["dark-market-advert"]
    return {
        "name": "dark-market-advert", "uuid": uuid, "version": version, "meta-category": category,
        "description": "One advert on a dark market, as its pages or its server show it.",
        "requiredOneOf": ["title", "listing_server_id"],
        "attributes": {
            name: {
                "description": name.replace("_", " "), "disable_correlation": True, "ui-priority": 1,
                "misp-attribute": _typed(name)[0],
            }
            for name in ADVERT
        },
    }  # fmt: skip


def _write(given: Carrier, about: About, home: Path) -> None:
    event = _Event(given, about)
    with (home / "event.json").open("w", encoding="utf-8", newline="\n") as out:
        write_list(out, f'{{"Event":{line(event.head())[:-1]},"Object":', event.objects(), "}}")
    beside = home / "objects" / "dark-market-advert"
    beside.mkdir(parents=True)
    (beside / "definition.json").write_text(line(template()) + "\n", encoding="utf-8", newline="\n")


MISP: Final = Format(
    name="misp",
    title="MISP event",
    carries=_CARRIES,
    write=_write,
    narrowed={
        "account.operator_id": "an operator becomes an annotation: no published template fits",
        "identity.identity": "a fingerprint stands where the template has a key id",
        "listing.listing_id": "an advert becomes an object of a template that is not published; import it first",
        "listing.price": "as text",
    },
    because={"sale_valued": "orders of an account are carried together, in trade: there is no template for an order"},
)
