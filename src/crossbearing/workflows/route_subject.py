"""Send a subject to a country, keep it from one, enter a partner's dispute, take any of it back; and what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.routing import Routing, Said, not_withdrawn, said_in, standing_in
from crossbearing.packages import waiting
from crossbearing.reference.countries import country_of
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, home_of, operators_in
from crossbearing.resolution.review import withheld_from
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One subject that waits for a person.

    Attributes:
        what: "unroutable" or "disputed".
        why: In words.
        country: The disputed one; empty if nothing routes it.
        points: Rank points of the stated rule; None where the order would tell what is to be judged blind.
    """

    subject: str
    accounts: tuple[str, ...]
    handles: tuple[str, ...]
    what: str
    why: str
    country: str
    points: int | None


def route_subject(
    folder: Path, context: Context, subject: str, country: str, *, routing: Routing, reason: str, by: str = ""
) -> list[Said]:
    """Record what a person says of a subject and a country; it holds from the next ``run`` on.

    Args:
        folder: Operation folder.
        context: Who says so.
        subject: Operator, or account of a seller; the act follows its accounts.
        country: ISO code.
        routing: *sent*, *kept away*, *disputed* in a partner's name, or *withdrawn*: the person's own newest act.
        reason: Why, in words that partners may read.
        by: The partner that disputes.

    Returns:
        One act for each account.

    Raises:
        BadRequest: No reason, no country, or no partner that disputes.
        NotFound: There is no such subject, it is not routed there, or nothing of the person stands.
    """
    _require_sound(country, routing, reason, by)
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "subject", subject)
        require_fresh(operation, STEPS, "subject", "target")
        name, accounts, routed = _found(operation, subject)

        def acts(seen: list[Entry]) -> list[Act]:
            _require_applies(seen, name, accounts, routed, (country, routing, context.person))
            payload = {"subject": name, "country": country, "routing": str(routing), "by": by.strip(),
                       "reason": reason.strip()}  # fmt: skip
            return [Act(kind=ActKind.SUBJECT_ROUTED, subject=one, payload=payload) for one in accounts]

        return said_in(operation.ledger.decide(context, acts, ActKind.SUBJECT_ROUTED))


def list_open(folder: Path, context: Context) -> list[Open]:
    """Subjects that nothing routes, and routes that a partner disputes; the first by the stated rule comes first.

    Raises:
        MissingTable: The derived tables are missing or stale.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        require_fresh(operation, STEPS, *waiting.DERIVED)
        operators = _operators(operation)
        with reading(operation, *waiting.TABLES) as engine:
            rows = waiting.open_rows(engine)
    return [one for row in rows for one in _as_seen(row, operators)]


def _as_seen(row: Mapping[str, Any], operators: Mapping[str, Sequence[str]]) -> list[Open]:
    """An operator that the person is to know nothing of shows as its accounts."""
    said = {"what": row["what"], "why": row["why"], "country": row["country"] or ""}
    pairs = list(zip(row["accounts"], row["handles"], strict=True))
    is_known = len(pairs) == 1 or set(operators.get(row["subject_id"], ())) == set(row["accounts"])
    if is_known:
        return [
            Open(subject=row["subject_id"], accounts=tuple(row["accounts"]), handles=tuple(row["handles"]),
                 points=row["rank_points"], **said)
        ]  # fmt: skip
    return [Open(subject=one, accounts=(one,), handles=(handle,), points=None, **said) for one, handle in pairs]


def _operators(operation: Operation) -> Mapping[str, Sequence[str]]:
    entries = operation.ledger.entries(*OPERATOR_ACTS)
    return operators_in(entries, withheld_from(operation.context.person, entries)).operators


def _found(operation: Operation, subject: str) -> tuple[str, Sequence[str], frozenset[str]]:
    """The subject as it is called today, its accounts, and the countries that it is routed to by now."""
    operators = _operators(operation)
    name = home_of(operators).get(subject, subject)
    accounts = tuple(operators.get(name, (name,)))
    with reading(operation, *waiting.ROUTED) as engine:
        known, routed = waiting.routes_of(engine, accounts)
    if set(accounts) - known:
        raise NotFound(
            f"No operator and no seller's account {subject!r}",
            where=str(operation.folder),
            remedy="`crossbearing package queue` and `crossbearing operator list` show them.",
        )
    return name, accounts, routed


def _require_sound(country: str, routing: Routing, reason: str, by: str) -> None:
    if country_of(country) != country:
        raise BadRequest(
            f"{country!r} is no country", where="package route", remedy="Give an ISO country code, such as NL."
        )
    if not reason.strip():
        raise BadRequest(
            "A route needs a reason", where="package route", remedy="Say why with --reason; partners may read it."
        )
    if (routing is Routing.DISPUTED) != bool(by.strip()):
        raise BadRequest(
            "A dispute names the partner that disputes, and nothing else does",
            where="package route",
            remedy="Name it with --disputed-by.",
        )


def _require_applies(
    seen: Sequence[Entry],
    name: str,
    accounts: Sequence[str],
    routed: frozenset[str],
    said: tuple[str, Routing, str],
) -> None:
    country, routing, person = said
    if routing is Routing.WITHDRAWN:
        live = not_withdrawn(said_in(seen))
        if not any((one.country, one.person) == (country, person) and one.account_id in accounts for one in live):
            raise NotFound(
                f"Nothing that {person} said of {name} and {country} stands",
                where="package route",
                remedy="Only who said it takes it back; another person sends it elsewhere or keeps it away.",
            )
    if routing in {Routing.DISPUTED, Routing.KEPT_AWAY}:
        standing = [one for one in standing_in(seen) if one.country == country and one.account_id in accounts]
        decided = [one.decision.routing for one in standing if one.decision is not None]
        if Routing.SENT not in decided and (country not in routed or Routing.KEPT_AWAY in decided):
            raise NotFound(
                f"{name} is not routed to {country}",
                where="package route",
                remedy=f"It is routed to: {', '.join(sorted(routed)) or 'no country'}.",
            )
