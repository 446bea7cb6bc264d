"""The one access decision: pure, default deny, with its reason."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a person may want to do with a thing."""

    SEE = "see"
    ADD = "add"
    JUDGE = "judge"
    BUILD = "build"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person who asks, and what is known of their standing here."""

    person: str
    owns_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """The thing asked for: an operation, an exhibit, a table, a package."""

    kind: str
    name: str
    is_local: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """A decision and the rule that made it."""

    is_allowed: bool
    reason: str


def decide(subject: Subject, action: Action, resource: Resource) -> Access:
    """Decide whether a person may do this; what no rule allows is denied.

    Rules, in order:
        1. The owner of a local operation folder may do everything in it.

    Returns:
        The decision with a reason that names the rule and never the content.
    """
    if not subject.person:
        return Access(is_allowed=False, reason="nobody is named")
    if resource.is_local and subject.owns_folder:
        return Access(is_allowed=True, reason="rule 1: owner of a local folder")
    return Access(is_allowed=False, reason=f"no rule allows {action} here")
