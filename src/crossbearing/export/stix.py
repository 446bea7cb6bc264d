"""A STIX 2.1 bundle. Source: OASIS STIX 2.1; TLP 2.0 marking definitions as OASIS published them.

The standard knows no market, advert or order, and no wallet. Adverts and totals become notes; wallets and keys are
observables of an extension whose definition is in the bundle. Observables hold no references, so the relationship or
note about one says where it stands.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.canonical import canonical
from crossbearing.domain.labels import HANDLING_MEANING, TLP
from crossbearing.export.format import About, Carrier, Format, Markings, described, exhibit_words, ours, text_of
from crossbearing.export.jsonlines import write_list

Object = dict[str, Any]
_OBSERVABLES: Final = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # namespace of the standard for their ids
_TLP: Final = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_MAKER: Final = f"identity--{ours('stix maker')}"
_MADE: Final = "2026-11-26T00:00:00.000Z"
# Observables that the standard lacks: type to its properties; one extension each.
OBSERVABLES: Final = {"crossbearing-wallet": ("address", "network"), "crossbearing-key": ("fingerprint",)}
EXTENSIONS: Final = {kind: f"extension-definition--{ours(f'stix {kind}')}" for kind in OBSERVABLES}
_OF_EXTENSIONS: Final[tuple[Object, ...]] = (
    {
        "type": "identity", "spec_version": "2.1", "id": _MAKER, "created": _MADE, "modified": _MADE,
        "name": "Crossbearing", "identity_class": "system",
    },
    *(
        {
            "type": "extension-definition", "spec_version": "2.1", "id": EXTENSIONS[kind], "created": _MADE,
            "modified": _MADE, "created_by_ref": _MAKER, "name": kind, "version": "1.0.0",
            "description": "What seized text shows of a wallet or a key; whose it is, it does not say.",
            "schema": f"Observable {kind} with the text properties {', '.join(names)}", "extension_types": ["new-sco"],
        }
        for kind, names in OBSERVABLES.items()
    ),
)  # fmt: skip
_EXHIBIT: Final = (
    "exhibit_id", "market", "source", "authority", "owners", "handling", "tlp", "nature",
    "gradings", "categories", "review_on", "restrictions",
    "profile", "clock", "is_simulated", "added_at",
)  # fmt: skip
_LISTING: Final = (
    "description", "market", "listing_server_id", "category", "price", "price_currency", "price_is_placeholder",
    "ships_from", "ships_to", "sold_counter", "first_seen_on", "last_seen_on", "sightings",
)  # fmt: skip
_TRADE: Final = ("orders", "orders_without_value", "value_eur", "first_sold_at", "last_sold_at")
_PAIR: Final = ("tier", "probability", "log_odds", "reasons_for", "reasons_against", "model")
_LINEAGE: Final = {"places": "external_references", "exhibit_ids": "external_references"}
_CARRIES: Final = {
    "exhibit": {
        "name": "file.name", "sha256": "file.hashes", "size_bytes": "file.size", "is_exhibit": "a file, or not",
        **dict.fromkeys(_EXHIBIT, "note.content"),
    },
    "account": {
        "account_id": "relationship.description", "market": "infrastructure, and a relationship",
        "handle": "user-account.account_login", "server_id": "user-account.user_id", "role": "relationship.description",
        "first_seen_at": "observed-data.first_observed", "last_seen_at": "observed-data.last_observed",
        "last_active_at": "relationship.description", "operator_id": "identity, and a relationship", **_LINEAGE,
    },
    "identity": {
        "account_id": "relationship.source_ref", "identity_kind": "type of the observable",
        "identity": "observable", "is_sound": "relationship.description", **_LINEAGE,
    },
    "listing": {
        "listing_id": "note.id", "account_id": "note.object_refs", "title": "note.abstract",
        "ships_from_country": "location, in note.object_refs", **dict.fromkeys(_LISTING, "note.content"), **_LINEAGE,
    },
    "trade": {
        "account_id": "note.object_refs", **dict.fromkeys(_TRADE, "note.content"), "exhibit_ids": "external_references"
    },
    "pair": {
        "pair_id": "relationship.id", "left_id": "relationship.source_ref", "right_id": "relationship.target_ref",
        **dict.fromkeys(_PAIR, "relationship.description"), **_LINEAGE,
    },
    "judgement": {
        "pair_id": "relationship.id", "left_id": "relationship.source_ref", "right_id": "relationship.target_ref",
        **dict.fromkeys(("verdict", "judged_by", "judged_at", "is_firm"), "relationship.description"), **_LINEAGE,
    },
}  # fmt: skip


class _Bundle:
    def __init__(self, given: Carrier, about: About) -> None:
        self._given, self._about = given, about
        self._author = self._name("identity", "originator")
        self._words = self._name("marking-definition", "\n".join(about.markings))
        self._accounts: dict[str, str] = {}
        self._known: set[str] = set()  # observables that several rows show
        exhibits = list(given.rows("exhibit"))
        self._sources = {row["exhibit_id"]: exhibit_words(row) for row in exhibits}
        self._marks = Markings(exhibits)
        self._handlings = sorted({about.handling, *(row["handling"] for row in exhibits)})
        self._tlps = sorted({about.tlp, *(row["tlp"] for row in exhibits)}, key=TLP.index)

    def objects(self) -> Iterator[Object]:
        """All objects; what is referred to first comes first, so that a reader needs one pass."""
        yield from self._frame()
        yield from self._exhibits()
        shared: dict[tuple[str, str], set[str]] = {}
        for row in self._given.rows("account"):
            for kind, name in (("infrastructure", row["market"]), ("identity", row["operator_id"])):
                if name is not None:
                    shared.setdefault((kind, name), set()).update(row["exhibit_ids"])
            yield from self._account(row)
        for (kind, name), exhibits in sorted(shared.items()):
            words: Object = _OF_MARKET if kind == "infrastructure" else _OF_OPERATOR
            yield self._domain(kind, name, {"name": name, **words}, {"exhibit_ids": sorted(exhibits), "places": []})
        for row in self._given.rows("identity"):
            yield from self._identity(row)
        for row in self._given.rows("listing"):
            yield from self._listing(row)
        for row in self._given.rows("trade"):
            note: Object = {"abstract": "Orders at the account", "content": described(row, *_TRADE)}
            note |= {"object_refs": [self._accounts[row["account_id"]]]}
            yield self._domain("note", f"trade {row['account_id']}", note, {**row, "places": []})
        for row in self._given.rows("pair"):
            says = f"PROPOSED by software, not judged: may be one operator\n{described(row, *_PAIR)}"
            more = {"labels": ["proposed-not-judged"]}
            yield self._relation(f"pair {row['pair_id']}", row["left_id"], row["right_id"], says, row, more)
        for row in self._given.rows("judgement"):
            says = f"Judged {row['verdict']}\n{described(row, 'judged_by', 'judged_at', 'is_firm')}"
            more = {"labels": [f"judged-{row['verdict']}"]}
            yield self._relation(f"judgement {row['pair_id']}", row["left_id"], row["right_id"], says, row, more)

    def _frame(self) -> Iterator[Object]:
        about, since = self._about, _instant(self._about.as_of)
        common = {"spec_version": "2.1", "created": since}
        yield {
            **common, "type": "identity", "id": self._author, "modified": since, "name": about.coordinator,
            "identity_class": "organization", "object_marking_refs": [_TLP[about.tlp]],
        }  # fmt: skip
        for tlp in self._tlps:
            yield {
                "type": "marking-definition", "spec_version": "2.1", "id": _TLP[tlp], "name": f"TLP:{tlp}",
                "created": "2022-10-01T00:00:00.000Z",
                "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.lower()}},
            }  # fmt: skip
        whole = {self._words: "\n".join(("The bundle as a whole", *about.markings))}
        for code in self._handlings:
            whole[self._handling(code)] = f"Handling {code}: {HANDLING_MEANING[code]}"
        for name, text in whole.items():
            yield {
                **common, "type": "marking-definition", "id": name, "created_by_ref": self._author,
                "definition_type": "statement", "definition": {"statement": text},
            }  # fmt: skip
        yield from _OF_EXTENSIONS

    def _exhibits(self) -> Iterator[Object]:
        for row in self._given.rows("exhibit"):
            refs = [self._author]
            if row["is_exhibit"]:
                says = {"name": row["name"], "hashes": {"SHA-256": row["sha256"]}, "size": row["size_bytes"]}
                file = self._observable("file", {"hashes": says["hashes"], "name": says["name"]}, says)
                refs = [file["id"]]
                yield file
            note = {"abstract": exhibit_words(row), "content": described(row, *_EXHIBIT), "object_refs": refs}
            lineage = {"exhibit_ids": [row["exhibit_id"]], "places": []}
            yield self._domain("note", f"exhibit {row['exhibit_id']}", note, lineage)

    def _account(self, row: Mapping[str, Any]) -> Iterator[Object]:
        says = {"account_type": "dark-market", "account_login": row["handle"], "user_id": row["server_id"]}
        known = {name: value for name, value in says.items() if value is not None}
        # Handles are equal on two markets: the id takes the market in, as the standard lets a producer do.
        account = self._observable("user-account", {"account": row["account_id"]}, known, own=True)
        self._accounts[row["account_id"]] = account["id"]
        yield account
        if row["first_seen_at"] is not None and row["last_seen_at"] is not None:
            seen = {"first_observed": text_of(row["first_seen_at"]), "last_observed": text_of(row["last_seen_at"])}
            more = {**seen, "number_observed": 1, "object_refs": [account["id"]]}
            yield self._domain("observed-data", row["account_id"], more, row)
        market = self._name("infrastructure", row["market"])
        says_of = f"account on the market\n{described(row, 'account_id', 'role', 'last_active_at')}"
        yield self._relation(f"on {row['account_id']}", row["account_id"], market, says_of, row)
        if row["operator_id"] is not None:
            operator = self._name("identity", row["operator_id"])
            words = "of one operator, as people judged; not a person"
            yield self._relation(f"operator {row['account_id']}", row["account_id"], operator, words, row)

    def _identity(self, row: Mapping[str, Any]) -> Iterator[Object]:
        kind, _, value = row["identity"].rpartition(" ")
        if row["identity_kind"] == "wallet":
            made = self._extended("crossbearing-wallet", {"address": value, "network": kind})
        elif row["identity_kind"] == "key":
            made = self._extended("crossbearing-key", {"fingerprint": value})
        elif kind == "email":
            made = self._observable("email-addr", {"value": value}, {"value": value})
        else:
            says = {"account_type": kind, "account_login": value}
            made = self._observable("user-account", says, says)
        if made["id"] not in self._known:
            self._known.add(made["id"])
            yield made
        words = f"shows as its own; {'reads without error' if row['is_sound'] else 'cut or damaged'}"
        name = f"shows {row['account_id']} {row['identity_kind']} {row['identity']}"
        yield self._relation(name, row["account_id"], made["id"], words, row)

    def _listing(self, row: Mapping[str, Any]) -> Iterator[Object]:
        refs = [self._accounts[row["account_id"]]]
        if (country := row["ships_from_country"]) is not None:
            place = self._domain("location", country, {"country": country}, {"exhibit_ids": [], "places": []})
            refs.append(place["id"])
            if place["id"] not in self._known:
                self._known.add(place["id"])
                yield place
        abstract = {} if row["title"] is None else {"abstract": row["title"]}
        content = described(row, *_LISTING)
        yield self._domain(
            "note", f"listing {row['listing_id']}", {**abstract, "content": content, "object_refs": refs}, row
        )

    def _relation(
        self, name: str, account: str, other: str, says: str, row: Mapping[str, Any], more: Object | None = None
    ) -> Object:
        ends = {"source_ref": self._accounts[account], "target_ref": self._accounts.get(other, other)}
        words = {"relationship_type": "related-to", "description": says, **ends, **(more or {})}
        return self._domain("relationship", name, words, row)

    def _domain(self, kind: str, name: str, says: Object, row: Mapping[str, Any]) -> Object:
        since = _instant(self._about.as_of)
        references = [self._reference(place.split("|", 1)[0], place) for place in row["places"]]
        placed = {place.split("|", 1)[0] for place in row["places"]}
        references += [self._reference(one) for one in row["exhibit_ids"] if one not in placed]
        return {
            "type": kind, "spec_version": "2.1", "id": self._name(kind, name), "created": since, "modified": since,
            "created_by_ref": self._author, "object_marking_refs": self._markings(row["exhibit_ids"]),
            **({"external_references": references} if references else {}), **says,
        }  # fmt: skip

    def _reference(self, exhibit_id: str, place: str = "") -> Object:
        return {"source_name": self._sources[exhibit_id], "external_id": place or exhibit_id}

    def _extended(self, kind: str, says: Object) -> Object:
        extension = {"extensions": {EXTENSIONS[kind]: {"extension_type": "new-sco"}}}
        return {**self._observable(kind, says, says), **extension}

    def _observable(self, kind: str, by: Object, says: Object, *, own: bool = False) -> Object:
        made = self._about.uuid(kind, by["account"]) if own else str(uuid.uuid5(_OBSERVABLES, canonical(by).decode()))
        return {
            "type": kind, "spec_version": "2.1", "id": f"{kind}--{made}",
            "object_marking_refs": self._markings(()), **says,
        }  # fmt: skip

    def _markings(self, exhibit_ids: Sequence[str]) -> list[str]:
        """As the strictest of the exhibits; as the whole bundle, where an object stands for several rows."""
        handling, tlp = self._marks.of(exhibit_ids) if exhibit_ids else (self._about.handling, self._about.tlp)
        return [_TLP[tlp], self._handling(handling), self._words]

    def _handling(self, code: str) -> str:
        return self._name("marking-definition", f"handling {code}")

    def _name(self, kind: str, name: str) -> str:
        return f"{kind}--{self._about.uuid(kind, name)}"


_OF_MARKET: Final = {"infrastructure_types": ["unknown"], "description": "dark market"}
_OF_OPERATOR: Final = {
    "identity_class": "unknown",
    "description": "Accounts that people judged to be one; not a person.",
}


def _instant(text: str) -> str:
    """RFC 3339 with milliseconds, as the standard has it for created and modified."""
    return f"{text[:19]}.{(text[20:-1] + '000')[:3]}Z"


def _write(given: Carrier, about: About, home: Path) -> None:
    bundle = f"bundle--{about.uuid('bundle', about.scope)}"
    with (home / "bundle.json").open("w", encoding="utf-8", newline="\n") as out:
        before = f'{{"type":"bundle","id":"{bundle}","objects":'
        write_list(out, before, _Bundle(given, about).objects(), "}")


STIX: Final = Format(
    name="stix",
    title="STIX 2.1 bundle (OpenCTI, MISP)",
    carries=_CARRIES,
    write=_write,
    narrowed={
        "account.market": "a market becomes infrastructure: the standard has no market",
        "account.operator_id": "an operator becomes an identity of class unknown",
        "identity.identity": "a wallet or a key becomes an observable of an extension, which many tools drop",
        "listing.listing_id": "an advert becomes a note: the standard has no advert",
        "pair.probability": "in words: confidence is for people's trust, and readers join on it",
    },
    because={"sale_valued": "orders of an account are carried together, in trade: the standard has no order"},
)
