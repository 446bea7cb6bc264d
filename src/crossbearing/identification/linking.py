"""Links from accounts to rows that name a person: one function for each way in which evidence leads there."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crossbearing.identification.evidence import Bought, Evidence, Row, Shown, is_well_graded
from crossbearing.identification.kinds import NATURE, Facet, Kind, Strength
from crossbearing.identification.persons import Sighting
from crossbearing.presentation.text import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link from an account to a row that names a person.

    Attributes:
        since, until: Days between which it holds, ISO; empty where the evidence does not say.
        doubts: What took from its strength, in sentences.
        asked: What the naming row is an answer about, so that two answers about one thing can be compared.
        places: The rows from the account to the person, in order.
    """

    account_id: str
    kind: Kind
    strength: Strength
    sighting: Sighting
    since: str = ""
    until: str = ""
    doubts: tuple[str, ...] = ()
    asked: str = ""
    places: tuple[str, ...] = ()
    exhibit_ids: frozenset[str] = frozenset()

    @property
    def facet(self) -> Facet:
        """What it speaks of."""
        return NATURE[self.kind].facet

    @property
    def is_paper(self) -> bool:
        """Whether it rests on what a customer showed or typed."""
        return NATURE[self.kind].is_paper

    @property
    def counts(self) -> bool:
        """Whether it is strong enough to count as evidence."""
        return self.strength >= Strength.MEDIUM


def links_in(evidence: Evidence) -> list[Link]:
    """All links of the evidence, in an order that does not change."""
    found = [
        *_device_links(evidence),
        *_return_links(evidence),
        *_record_links(evidence),
        *_parcel_links(evidence),
        *_statement_links(evidence),
    ]
    return sorted(found, key=lambda one: (one.account_id, one.kind, one.sighting.order))


def _link(
    evidence: Evidence, account_id: str, kind: Kind, table: str, row: Row, *, via: Sequence[Shown | Bought | Row] = (),
    doubts: Iterable[tuple[str, Strength]] = (), period: tuple[str, str] = ("", ""), asked: str = "",
) -> Iterator[Link]:  # fmt: skip
    """One link, if the row names somebody; each doubt is a sentence with the strength that it leaves."""
    sighting = evidence.sighting(table, row)
    if sighting is None:
        return
    told = list(doubts)
    steps: list[tuple[Sequence[str], Sequence[str]]] = [
        ((one["place"],), (one["exhibit_id"],)) if isinstance(one, dict) else (one.places, one.exhibit_ids)  # type: ignore[union-attr]
        for one in via
    ]
    yield Link(
        account_id=account_id,
        kind=kind,
        strength=min([NATURE[kind].best, *(left for _, left in told)]),
        sighting=sighting,
        since=period[0],
        until=period[1],
        doubts=tuple(words for words, _ in told),
        asked=asked,
        places=(*(place for places, _ in steps for place in places), sighting.place),
        exhibit_ids=frozenset({sighting.exhibit_id, *(name for _, names in steps for name in names)}),
    )


def _device_links(evidence: Evidence) -> Iterator[Link]:
    for row in evidence.devices:
        seized = _day(row["seized_on"])
        logged_in = {account.account_id for one in _logins(row) if (account := evidence.account_of(one))}
        for account_id in sorted(logged_in):
            yield from _link(evidence, account_id, Kind.DEVICE_LOGIN, "device_extract", row, period=("", seized))
        for key in _listed(row["private_keys"]):
            for shown in evidence.shown_by.get(("key", str(key).upper()), ()):
                doubts = [] if shown.account_id in logged_in else _shown_by_others(evidence, shown)
                yield from _link(evidence, shown.account_id, Kind.DEVICE_KEY, "device_extract", row, via=[shown],
                                 doubts=doubts, period=("", seized))  # fmt: skip


def _return_links(evidence: Evidence) -> Iterator[Link]:
    paths: dict[str, list[Row]] = {}
    for one in evidence.statements:
        if one["kind"] == "money path" and one["identifier"]:
            paths.setdefault(one["identifier"], []).append(one)
    for row in evidence.returns:
        deposit, opened = row["deposit_address"], _day(row["opened_on"])
        said: dict[str, Any] = {"period": (opened, ""), "asked": f"deposit {deposit}"}
        for shown in evidence.shown_by.get(("wallet", deposit), ()):
            yield from _link(evidence, shown.account_id, Kind.EXCHANGE, "exchange_return", row, via=[shown],
                             doubts=_shown_by_others(evidence, shown), **said)  # fmt: skip
        for path in paths.get(deposit, ()):
            account = evidence.account_of(path)
            if account is not None:
                followed = _day(path["since"]) or opened, _day(path["until"])  # the days of the money that was followed
                yield from _link(evidence, account.account_id, Kind.EXCHANGE, "exchange_return", row, via=[path],
                                 doubts=_of_path(path), **{**said, "period": followed})  # fmt: skip
        if deposit in evidence.paid:
            account_id, places, exhibit_ids = evidence.paid[deposit]
            via = Shown(account_id=account_id, kind="wallet", value=deposit, places=places, exhibit_ids=exhibit_ids)
            yield from _link(evidence, account_id, Kind.ORDER_PAYMENT, "exchange_return", row, via=[via], **said)
        yield from _given_contacts(evidence, "exchange_return", row)


def _record_links(evidence: Evidence) -> Iterator[Link]:
    for row in evidence.records:
        about = str(row["asked_about"])
        period = _day(row["held_from"]), _day(row["held_until"])
        for shown in evidence.contacts.get(about.lower(), ()):
            kind = Kind.RECOVERY_MAIL if shown.kind == "email" else Kind.PROVIDER
            account = evidence.accounts[shown.account_id]
            doubts = [
                *_shown_by_others(evidence, shown),
                *_at_another_time(period, (account.begins, account.ends), "the account was used"),
            ]
            yield from _link(evidence, shown.account_id, kind, "provider_record", row, via=[shown], doubts=doubts,
                             period=period, asked=f"contact {about.lower()}")  # fmt: skip
        yield from _given_contacts(evidence, "provider_record", row, besides=about.lower())


def _given_contacts(evidence: Evidence, table: str, row: Row, *, besides: str = "") -> Iterator[Link]:
    """A customer who gave the provider a mail or number that an account shows."""
    for value in {str(row.get("mail") or "").lower(), str(row.get("phone") or "")} - {"", besides}:
        for shown in evidence.contacts.get(value, ()):
            yield from _link(evidence, shown.account_id, Kind.GIVEN_CONTACT, table, row, via=[shown],
                             doubts=_shown_by_others(evidence, shown))  # fmt: skip


def _parcel_links(evidence: Evidence) -> Iterator[Link]:
    """From a purchase by an officer over its parcel to whoever paid for it, handed it in, or stands on its label."""
    parcels: dict[str, list[Row]] = {}
    for row in evidence.parcels:
        parcels.setdefault(row["tracking_number"] or "", []).append(row)
    asked: dict[tuple[str, str], list[Row]] = {}
    for row in evidence.records:
        asked.setdefault((row["asked_kind"] or "", row["asked_about"]), []).append(row)
    labels: dict[tuple[str, str], list[Row]] = {}
    for row in evidence.senders:
        labels.setdefault((row["exhibit_id"], row["ref"] or ""), []).append(row)
    for bought in evidence.bought:
        when = (bought.since, bought.until)
        for record in asked.get(("tracking number", bought.tracking), ()):
            yield from _link(evidence, bought.account_id, Kind.TRACKING, "provider_record", record, via=[bought],
                             period=when, asked=f"tracking {bought.tracking}")  # fmt: skip
        for parcel in parcels.get(bought.tracking, ()):
            postage = parcel["postage_account"] or ""
            for record in asked.get(("postage account", postage), ()):
                held = (_day(record["held_from"]), _day(record["held_until"]))
                yield from _link(evidence, bought.account_id, Kind.POSTAGE, "provider_record", record,
                                 via=[bought, parcel], doubts=_at_another_time(held, when, "the parcel was sent"),
                                 period=when, asked=f"postage {postage}")  # fmt: skip
            for label in labels.get((parcel["exhibit_id"], parcel["parcel_ref"] or ""), ()):
                yield from _link(evidence, bought.account_id, Kind.LABEL, "person_sighting", label,
                                 via=[bought, parcel], period=when)  # fmt: skip


def _statement_links(evidence: Evidence) -> Iterator[Link]:
    bought: dict[str, list[Bought]] = {}
    for one in evidence.bought:
        bought.setdefault(one.tracking, []).append(one)
    kinds = {"surveillance": Kind.SURVEILLANCE, "phone location": Kind.SURVEILLANCE, "word": Kind.WORD}
    for row in evidence.statements:
        period = (_day(row["since"]), _day(row["until"]))
        said: dict[str, Any] = {"doubts": _of_grade(row), "period": period}
        if row["kind"] == "seen posting":
            for purchase in bought.get(row["identifier"] or "-", ()):
                yield from _link(evidence, purchase.account_id, Kind.SEEN_POSTING, "person_statement", row,
                                 via=[purchase], **said)  # fmt: skip
        elif row["kind"] in kinds:
            account = evidence.account_of(row)
            if account is not None:
                yield from _link(evidence, account.account_id, kinds[row["kind"]], "person_statement", row, **said)


def _shown_by_others(evidence: Evidence, shown: Shown) -> list[tuple[str, Strength]]:
    """Accounts that nobody joined to this one and that show the same thing: one of them copied it."""
    own = evidence.accounts[shown.account_id].subject
    same = evidence.shown_by[shown.kind, shown.value]
    others = {one.account_id for one in same if evidence.accounts[one.account_id].subject != own}
    if not others:
        return []
    several = plural(len(others), "further account")
    words = f"The same {shown.kind} is shown by {several} that nobody joined to this one: it may be copied."
    return [(words, Strength.CORROBORATING)]


def _at_another_time(held: tuple[str, str], used: tuple[str, str], what: str) -> list[tuple[str, Strength]]:
    if overlap(held, used):
        return []
    return [(f"The customer had it at another time than {what}.", Strength.LEAD_ONLY)]


def _of_grade(row: Row) -> list[tuple[str, Strength]]:
    if is_well_graded(row["grade"]):
        return []
    return [("Source or information is not graded, or not well: it stays a lead.", Strength.LEAD_ONLY)]


def _of_path(path: Row) -> list[tuple[str, Strength]]:
    if not path["tool"]:
        return [("Nobody says with which program the money was followed.", Strength.CORROBORATING), *_of_grade(path)]
    return _of_grade(path)


def overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two periods have a day in common; an end that is not stated is open."""
    return (not one[1] or not other[0] or other[0] <= one[1]) and (not other[1] or not one[0] or one[0] <= other[1])


def _logins(row: Row) -> list[dict[str, str]]:
    return [one for one in _listed(row["logins"]) if isinstance(one, dict)]


def _listed(text: str | None) -> list[Any]:
    """The list that a cell holds as JSON; nothing if it holds something else."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _day(value: object) -> str:
    return str(value)[:10] if value else ""
