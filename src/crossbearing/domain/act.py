"""Acts: what people and the software on their behalf did to an operation, in one append-only row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crossbearing.domain.canonical import Json


class ActKind(StrEnum):
    """The kinds of act. A kind is never renamed; its payload has a version of its own."""

    OPERATION_CREATED = "operation_created"
    AUTHORITY_GRANTED = "authority_granted"
    EXHIBIT_ADDED = "exhibit_added"
    PAIR_JUDGED = "pair_judged"
    OPERATOR_MINTED = "operator_minted"
    PACKAGE_BUILT = "package_built"
    CONSULTED = "consulted"
    ACCESS_DENIED = "access_denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act before it is recorded.

    Attributes:
        subject: Id of the thing acted on; acts on one subject can be found together.
        payload: What the act says; text, whole numbers, flags, lists and mappings.
        version: Version of the payload's shape.
    """

    kind: ActKind
    subject: str
    payload: Mapping[str, Json]
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An act as it stands in the log.

    Attributes:
        position: Place in the log, from 0, without gaps.
        at: RFC 3339, UTC.
    """

    position: int
    kind: ActKind
    subject: str
    at: str
    person: str
    authority: str
    purpose: str
    case: str
    version: int
    payload: Mapping[str, Json]
