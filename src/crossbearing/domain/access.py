"""The one access decision: pure, default deny, forbid wins, with its reason."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crossbearing.domain.hit_or_no_hit import Side

# Roles that a person may be appointed to.
REVIEWER: Final = "privilege reviewer"
ANALYST: Final = "market analyst"
AUDITOR: Final = "auditor"
ROLES: Final = (REVIEWER, ANALYST, AUDITOR)


class Action(StrEnum):
    """What a person may want to do with a thing."""

    SEE = "see"
    ADD = "add"
    JUDGE = "judge"
    BUILD = "build"
    REVIEW = "review"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person who asks, and what is known of their standing here.

    Attributes:
        roles: Roles the person was appointed to.
        cases: Cases the person works on.
        has_worked_here: The person added, judged or built something in this operation.
    """

    person: str
    owns_folder: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)
    cases: frozenset[str] = field(default_factory=frozenset)
    has_worked_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """The thing asked for: an operation, an exhibit, a table, a package.

    Attributes:
        is_privileged: It was set aside because a lawyer and a client may be speaking.
        is_covert: It is of the registers of undercover officers and sources.
        cases: Cases it belongs to.
        sides: It belongs to a hit-or-no-hit question, and who may do this; empty for anything else.
    """

    kind: str
    name: str
    is_local: bool = True
    is_privileged: bool = False
    is_covert: bool = False
    cases: frozenset[str] = field(default_factory=frozenset)
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """A decision and the rule that made it."""

    is_allowed: bool
    reason: str


def decide(subject: Subject, action: Action, resource: Resource) -> Access:
    """Decide whether a person may do this; what no rule allows is denied.

    Rules, in order; the first that speaks decides:
        1. Nobody is shown an entry of a covert register.
        2. Privileged material is reviewed by an appointed reviewer who works neither on its cases nor here, and
           by nobody else.
        3. What belongs to a hit-or-no-hit question is for the side that it is meant for, and nobody else.
        4. The owner of a local operation folder may do everything else in it.

    Returns:
        The decision with a reason that names the rule and never the content.
    """
    if not subject.person:
        return Access(is_allowed=False, reason="nobody is named")
    if resource.is_covert and action is Action.SEE:
        return Access(is_allowed=False, reason="rule 1: covert registers are never shown")
    if resource.is_privileged:
        return _privileged(subject, resource)
    if resource.sides and side_of(subject, resource.cases) not in resource.sides:
        return Access(is_allowed=False, reason="rule 3: not of the side that this is for")
    if resource.is_local and subject.owns_folder:
        return Access(is_allowed=True, reason="rule 4: owner of a local folder")
    return Access(is_allowed=False, reason=f"no rule allows {action} here")


def _privileged(subject: Subject, resource: Resource) -> Access:
    if REVIEWER not in subject.roles:
        return Access(is_allowed=False, reason="rule 2: not an appointed reviewer")
    if subject.cases & resource.cases or subject.has_worked_here:
        return Access(is_allowed=False, reason="rule 2: the reviewer works on the case")
    return Access(is_allowed=True, reason="rule 2: reviewer outside the case")


def side_of(subject: Subject, cases: frozenset[str]) -> Side | None:
    """The side a person is on in questions about these cases: whoever works on a case is on its side, whatever else."""
    if subject.cases & cases:
        return Side.CASE
    if ANALYST in subject.roles:
        return Side.MARKET
    return Side.AUDITOR if AUDITOR in subject.roles else None
