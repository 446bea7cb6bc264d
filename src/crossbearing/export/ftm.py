"""FollowTheMoney entities as JSON lines, one dataset for each exhibit, so that two exhibits stay two witnesses.

What is put together from several exhibits stands in a dataset of its own; each of them only says that it shows the
thing, and where. Times and amounts stand in notes: the model's own dates drop seconds, its numbers drop units.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from crossbearing.export.escaping import FTM as UNFIT
from crossbearing.export.escaping import escaped
from crossbearing.export.format import (
    INTELLIGENCE_ONLY,
    About,
    Carrier,
    Format,
    described,
    exhibit_words,
    text_of,
)
from crossbearing.export.jsonlines import line

Entity = dict[str, Any]
_JOINT: Final = "several"
_NAME, _STRING, _TEXT = 384, 1_024, 65_000  # characters that the model's types may have
_WIDEST: Final = 6  # characters that one becomes at most where it is escaped
_EXHIBIT_NOTES: Final = (
    "exhibit_id", "sha256", "market", "source", "authority", "owners", "nature",
    "gradings", "categories", "review_on", "restrictions",
    "profile", "clock", "is_simulated", "added_at",
)  # fmt: skip
_ACCOUNT_NOTES: Final = ("handle", "server_id", "role", "first_seen_at", "last_seen_at", "last_active_at")
_LISTING_NOTES: Final = (
    "title", "market", "listing_server_id", "category", "price", "price_currency", "price_is_placeholder", "ships_from",
    "ships_to", "sold_counter", "first_seen_on", "last_seen_on", "sightings",
)  # fmt: skip
_TRADE_NOTES: Final = ("orders", "orders_without_value", "value_eur", "first_sold_at", "last_sold_at")
_LINEAGE: Final = {"places": "notes, or recordId of a link", "exhibit_ids": "dataset; proof, if it may be an exhibit"}
_CARRIES: Final = {
    "exhibit": {
        "name": "Document.fileName", "size_bytes": "Document.fileSize", "handling": "keywords", "tlp": "keywords",
        "is_exhibit": "schema Document, else Note", **dict.fromkeys(_EXHIBIT_NOTES, "notes"),
    },
    "account": {
        "account_id": "id of UserAccount",
        "market": "UserAccount.service", "operator_id": "UserAccount.owner, a LegalEntity",
        **dict.fromkeys(_ACCOUNT_NOTES, "UserAccount.notes"), "handle": "UserAccount.username, and notes",
        **_LINEAGE,
    },
    "identity": {
        "account_id": "UnknownLink.subject", "identity_kind": "schema of the object: CryptoWallet, UserAccount, Note",
        "identity": "CryptoWallet.publicKey, UserAccount.username and email, Note.name",
        "is_sound": "UnknownLink.status",
        **_LINEAGE,
    },
    "listing": {
        "listing_id": "id of Note", "account_id": "Note.entity", "description": "Note.description",
        "ships_from_country": "Note.country", **dict.fromkeys(_LISTING_NOTES, "Note.notes"),
        "title": "Note.name, and notes", **_LINEAGE,
    },
    "trade": {
        "account_id": "Note.entity", **dict.fromkeys(_TRADE_NOTES, "Note.notes"), "exhibit_ids": _LINEAGE["exhibit_ids"]
    },
    "pair": {
        "pair_id": "id of UnknownLink", "left_id": "UnknownLink.subject", "right_id": "UnknownLink.object",
        **dict.fromkeys(
            ("tier", "probability", "log_odds", "reasons_for", "reasons_against", "model"), "UnknownLink.description"
        ), **_LINEAGE,
    },
    "judgement": {
        "pair_id": "id of UnknownLink", "left_id": "UnknownLink.subject", "right_id": "UnknownLink.object",
        "verdict": "UnknownLink.role",
        **dict.fromkeys(("judged_by", "judged_at", "is_firm"), "UnknownLink.description"), **_LINEAGE,
    },
}  # fmt: skip


def _fitting(text: str | None, most: int) -> list[str]:
    """A text that the model takes as a value: not blank, and not longer than its type may be."""
    if not text or not text.strip():
        return []
    return [text if len(escaped(text, UNFIT)) <= most else text[: most // _WIDEST]]


class _Writer:
    """Puts every entity into the datasets of the exhibits that it rests on."""

    def __init__(self, given: Carrier, about: About, home: Path) -> None:
        self._given, self._about, self._home = given, about, home
        self._sources = {row["exhibit_id"]: row for row in given.rows("exhibit")}

    def write(self) -> None:
        """Write all datasets and their catalogue."""
        for names in (self._sources, (_JOINT,)):
            for name in names:
                (self._home / f"{self._dataset(name)}.ftm.json").touch()
        self._append(self._exhibits())
        for table, made in (
            ("account", self._account), ("identity", self._identity), ("listing", self._listing),
            ("trade", self._trade), ("pair", self._pair), ("judgement", self._judgement),
        ):  # fmt: skip
            for piece in self._given.pieces(table):
                self._append(found for row in piece.to_pylist() for found in self._spread(row, made(row)))
        catalogue = {"datasets": [self._described(name) for name in (*self._sources, _JOINT)]}
        (self._home / "catalog.json").write_text(line(catalogue) + "\n", encoding="utf-8", newline="\n")

    def _append(self, found: Iterator[tuple[str, Entity]]) -> None:
        lines: dict[str, list[str]] = defaultdict(list)
        for name, entity in found:
            dataset = self._dataset(name)
            entity["properties"] = {
                key: [escaped(value, UNFIT) for value in values if value]
                for key, values in entity["properties"].items()
                if any(values)
            }
            lines[dataset].append(line({**entity, "datasets": [dataset]}) + "\n")
        for dataset, own in lines.items():
            with (self._home / f"{dataset}.ftm.json").open("a", encoding="utf-8", newline="\n") as out:
                out.writelines(own)

    def _spread(self, row: Mapping[str, Any], made: list[tuple[Entity, Entity]]) -> Iterator[tuple[str, Entity]]:
        """Whole in one dataset; of several exhibits each says only that it shows the thing, and where."""
        exhibits = row["exhibit_ids"]
        for whole, shown in made:
            for exhibit in exhibits:
                one = whole if len(exhibits) == 1 else shown
                yield exhibit, self._with_lineage(one, [exhibit], row)
            if len(exhibits) > 1:
                yield _JOINT, self._with_lineage(whole, exhibits, row)

    def _with_lineage(self, entity: Entity, exhibits: list[str], row: Mapping[str, Any]) -> Entity:
        places = [p for p in row.get("places") or [] if p.split("|", 1)[0] in exhibits]
        proof = [self._id("exhibit", one) for one in exhibits if self._sources[one]["is_exhibit"]]
        lineage: dict[str, list[str]] = {"proof": proof}
        if entity["schema"] == "UnknownLink":
            lineage |= {"recordId": places, "publisher": [exhibit_words(self._sources[one]) for one in exhibits]}
        else:
            words = sorted({word for one in exhibits for word in self._keywords(self._sources[one])})
            lineage |= {
                "notes": [*entity["properties"].get("notes", []), *(f"place: {place}" for place in places)],
                "keywords": words,
            }
        return {**entity, "properties": {**entity["properties"], **lineage}}

    def _keywords(self, exhibit: Mapping[str, Any]) -> list[str]:
        marks = [f"handling: {exhibit['handling']}", f"tlp: {exhibit['tlp']}"]
        marks += [] if exhibit["is_exhibit"] else [INTELLIGENCE_ONLY]
        return [*marks, *(one for one in self._about.markings if one.isupper())]

    def _exhibits(self) -> Iterator[tuple[str, Entity]]:
        for name, row in self._sources.items():
            schema = "Document" if row["is_exhibit"] else "Note"
            properties = {
                "name": [exhibit_words(row)],
                "notes": [described(row, *_EXHIBIT_NOTES)],
                "keywords": self._keywords(row),
            }
            if row["is_exhibit"]:
                properties |= {"fileName": [row["name"]], "fileSize": [text_of(row["size_bytes"])]}
            yield name, self._entity(schema, "exhibit", name, properties)

    def _account(self, row: Mapping[str, Any]) -> list[tuple[Entity, Entity]]:
        known = {"username": _fitting(row["handle"], _STRING) or [row["account_id"]], "service": [row["market"]]}
        owner = [] if row["operator_id"] is None else [self._id("operator", row["operator_id"])]
        whole = {**known, "owner": owner, "notes": _fitting(described(row, *_ACCOUNT_NOTES), _TEXT)}
        made = [self._both("UserAccount", "account", row["account_id"], whole, known)]
        if owner:
            says = {"name": [row["operator_id"]], "summary": ["accounts that people judged to be one; not a person"]}
            made.append(self._both("LegalEntity", "operator", row["operator_id"], says, says))
        return made

    def _identity(self, row: Mapping[str, Any]) -> list[tuple[Entity, Entity]]:
        kind, _, value = row["identity"].rpartition(" ")
        name = f"{row['identity_kind']} {row['identity']}"
        if row["identity_kind"] == "wallet":
            schema, says = "CryptoWallet", {"publicKey": [value], "blockchain": [kind]}
        elif row["identity_kind"] == "contact":
            schema, says = "UserAccount", {"username": [value], "service": [kind]}
            says |= {"email": [value]} if kind == "email" else {}
        else:
            schema, says = "Note", {"name": [row["identity"]], "summary": ["OpenPGP key, by its fingerprint"]}
        link = {
            **self._ends("account", row["account_id"], "identity", name),
            "role": ["shows as its own"],
            "status": ["reads without error" if row["is_sound"] else "cut or damaged"],
        }
        return [
            self._both(schema, "identity", name, says, says),
            self._both("UnknownLink", "shows", f"{row['account_id']} {name}", link, link),
        ]

    def _listing(self, row: Mapping[str, Any]) -> list[tuple[Entity, Entity]]:
        known = {"entity": [self._id("account", row["account_id"])]}
        whole = {
            **known,
            "name": _fitting(row["title"], _NAME),
            "description": _fitting(row["description"], _TEXT),
            "country": [(row["ships_from_country"] or "").lower()],
            "notes": _fitting(described(row, *_LISTING_NOTES), _TEXT),
        }
        return [self._both("Note", "listing", row["listing_id"], whole, known)]

    def _trade(self, row: Mapping[str, Any]) -> list[tuple[Entity, Entity]]:
        known = {"entity": [self._id("account", row["account_id"])], "name": ["Orders at the account"]}
        return [
            self._both("Note", "trade", row["account_id"], {**known, "notes": [described(row, *_TRADE_NOTES)]}, known)
        ]

    def _pair(self, row: Mapping[str, Any]) -> list[tuple[Entity, Entity]]:
        parts = ("tier", "probability", "log_odds", "reasons_for", "reasons_against", "model")
        known = {
            **self._ends("account", row["left_id"], "account", row["right_id"]),
            "role": ["may be one operator"],
            "status": ["proposed, not judged"],
        }
        whole = {**known, "description": [described(row, *parts)]}
        return [self._both("UnknownLink", "pair", row["pair_id"], whole, known)]

    def _judgement(self, row: Mapping[str, Any]) -> list[tuple[Entity, Entity]]:
        known = {
            **self._ends("account", row["left_id"], "account", row["right_id"]),
            "role": [f"one operator: judged {row['verdict']}"],
            "status": ["judged"],
        }
        whole = {**known, "description": [described(row, "judged_by", "judged_at", "is_firm")]}
        return [self._both("UnknownLink", "judgement", row["pair_id"], whole, known)]

    def _both(
        self, schema: str, kind: str, name: str, whole: Mapping[str, Any], shown: Mapping[str, Any]
    ) -> tuple[Entity, Entity]:
        return self._entity(schema, kind, name, whole), self._entity(schema, kind, name, shown)

    def _entity(self, schema: str, kind: str, name: str, properties: Mapping[str, Any]) -> Entity:
        return {"id": self._id(kind, name), "schema": schema, "properties": dict(properties)}

    def _ends(self, kind: str, left: str, other: str, right: str) -> dict[str, list[str]]:
        return {"subject": [self._id(kind, left)], "object": [self._id(other, right)]}

    def _id(self, kind: str, name: str) -> str:
        return f"cb-{self._about.uuid(kind, name)}"

    def _dataset(self, name: str) -> str:
        return f"op-{self._about.operation_id}--{name.lower()}"

    def _described(self, name: str) -> dict[str, Any]:
        row = self._sources.get(name)
        title = "what several exhibits say together" if row is None else exhibit_words(row)
        return {
            "name": self._dataset(name),
            "title": f"{self._about.operation}: {title}",
            "summary": "\n".join(self._about.markings),
        }


def _write(given: Carrier, about: About, home: Path) -> None:
    _Writer(given, about, home).write()


FTM: Final = Format(
    name="ftm",
    title="FollowTheMoney entities (OpenAleph, yente)",
    carries=_CARRIES,
    write=_write,
    narrowed={
        "account.operator_id": "an operator becomes a legal entity: the model has nothing that is less",
        "account.handle": f"as a name cut so that it has {_STRING:,} characters at most; whole in notes",
        "listing.title": f"as a name cut so that it has {_NAME:,} characters at most; whole in notes",
        "listing.description": f"cut so that it has {_TEXT:,} characters at most",
        "listing.listing_id": "an advert becomes a note: the model has no advert",
        "exhibit.sha256": "in words: the model's own hash is SHA-1",
    },
    because={"sale_valued": "orders of an account are carried together, in trade: the model has no order"},
)
