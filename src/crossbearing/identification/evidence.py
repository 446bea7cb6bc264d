"""What linking works on: accounts with what they show, and rows that name persons. Held in memory for one call only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from crossbearing.domain.grading import Grading, to_europol
from crossbearing.identification.persons import Sighting, address_of, name_of, plain

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One seller's or staff's account.

    Attributes:
        subject: Operator that judgements make of it; its own id while there is none.
        begins, ends: First and last day on record, ISO; empty if not known.
    """

    account_id: str
    market: str
    handle: str
    subject: str
    begins: str = ""
    ends: str = ""
    exhibit_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one account shows as its own: a key, a contact, a wallet; ``value`` without its kind."""

    account_id: str
    kind: str
    value: str
    places: tuple[str, ...]
    exhibit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """One purchase by an officer from an account, with what is known of its parcel."""

    account_id: str
    tracking: str
    since: str
    until: str
    places: tuple[str, ...]
    exhibit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A sign that an account changed hands, by its adverts and keys or by a statement, and between which days."""

    old_until: str
    new_from: str
    places: tuple[str, ...]
    exhibit_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that linking sees. Rows carry ``place``, ``exhibit_id`` and the columns of their table.

    Attributes:
        paid: Deposit addresses that a server noted for orders of one seller only: account, rows and exhibits.
        handovers: By account; what its adverts and keys show.
        activity: Days on which an account itself did something (wrote a message or a post), each with a row.
        exhibit_order: Place of each exhibit in the register.
    """

    accounts: Mapping[str, Account]
    shown: Sequence[Shown] = ()
    bought: Sequence[Bought] = ()
    parcels: Sequence[Row] = ()
    senders: Sequence[Row] = ()
    consignees: Sequence[Row] = ()
    returns: Sequence[Row] = ()
    devices: Sequence[Row] = ()
    records: Sequence[Row] = ()
    statements: Sequence[Row] = ()
    paid: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    handovers: Mapping[str, Handover] = field(default_factory=dict)
    activity: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    exhibit_order: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], Account]:
        """Accounts by market and handle; a name that two accounts of one market have in small letters names neither."""
        found: dict[tuple[str, str], list[Account]] = {}
        for one in self.accounts.values():
            found.setdefault((bare(one.market), small(one.handle)), []).append(one)
        return {name: several[0] for name, several in found.items() if name[1] and len(several) == 1}

    def account_of(self, row: Row) -> Account | None:
        """The account that a row names by market and handle."""
        return self.by_name.get((bare(row.get("market")), small(row.get("handle"))))

    def changes_of(self, account_id: str) -> list[Handover]:
        """All signs that an account changed hands; a statement counts however it is graded."""
        shown = self.handovers.get(account_id)
        return [*([shown] if shown else []), *self._told_changes.get(account_id, ())]

    @cached_property
    def _told_changes(self) -> Mapping[str, Sequence[Handover]]:
        found: dict[str, list[Handover]] = {}
        for row in self.statements:
            account = self.account_of(row) if row["kind"] == "handover" else None
            if account is not None:
                since, until = str(row["since"] or "")[:10], str(row["until"] or row["since"] or "")[:10]
                told = Handover(
                    old_until=since, new_from=until, places=(row["place"],), exhibit_ids=(row["exhibit_id"],)
                )
                found.setdefault(account.account_id, []).append(told)
        return found

    @cached_property
    def shown_by(self) -> Mapping[tuple[str, str], Sequence[Shown]]:
        """What is shown, by kind and value."""
        found: dict[tuple[str, str], list[Shown]] = {}
        for one in self.shown:
            found.setdefault((one.kind, one.value), []).append(one)
        return found

    @cached_property
    def contacts(self) -> Mapping[str, Sequence[Shown]]:
        """Contacts by value: mails, numbers, names in messengers."""
        found: dict[str, list[Shown]] = {}
        for one in self.shown:
            if one.kind not in {"key", "wallet"}:
                found.setdefault(one.value, []).append(one)
        return found

    def sighting(self, table: str, row: Row) -> Sighting | None:
        """The row as a sighting; None if it names nobody."""
        name = name_of(row.get("given_name"), row.get("family_name"), row.get("full_name"))
        if not name:
            return None
        place, exhibit_id = row["place"], row["exhibit_id"]
        return Sighting(
            table=table, exhibit_id=exhibit_id, place=place,
            order=(self.exhibit_order.get(exhibit_id, len(self.exhibit_order)), place),
            root=root_of(table, row), name=name, born=str(row.get("born_on") or ""),
            address=address_of(row.get("street"), row.get("town")), phone=row.get("phone") or "",
        )  # fmt: skip


def bare(text: str | None) -> str:
    """A name of a market without case, marks and spaces."""
    return plain(text).replace(" ", "").replace("_", "")


def small(text: str | None) -> str:
    """A handle in small letters; marks in it tell accounts apart."""
    return (text or "").strip().casefold()


def root_of(table: str, row: Row) -> str:
    """Who says so; see ``Sighting.root``."""
    said = {
        "exchange_return": row.get("exchange"), "provider_record": row.get("provider"),
        "person_statement": row.get("agency"), "device_extract": row.get("extract_ref"),
    }.get(table)  # fmt: skip
    return f"{table} {plain(said)}" if table == "device_extract" else plain(said) or row["place"]


def is_well_graded(text: str | None) -> bool:
    """Whether source and information are judged and good: at least B and 3 in Europol's scheme. Not graded is not good.

    Nothing is averaged: one of the two is not made up for by the other.
    """
    try:
        shown = to_europol(Grading.read(text or "")).shown
    except ValueError:
        return False
    return shown.source in "AB" and shown.information in "123"
