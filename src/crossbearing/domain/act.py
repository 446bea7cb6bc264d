"""Acts: what people and the software on their behalf did to an operation, in one append-only row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crossbearing.domain.canonical import Json


class EventClass(StrEnum):
    """The kinds of processing that a log must tell apart; the law's six, and attempts that were refused.

    Source: Directive (EU) 2016/680, Article 25; UK Data Protection Act 2018, section 62.
    """

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    DENIED = "denied"


class ActKind(StrEnum):
    """The kinds of act. A kind is never renamed; its payload has a version of its own."""

    OPERATION_CREATED = "operation_created"
    OPERATION_UPGRADED = "operation_upgraded"
    AUTHORITY_GRANTED = "authority_granted"
    PERSON_APPOINTED = "person_appointed"
    EXHIBIT_ADDED = "exhibit_added"
    EXHIBIT_REREAD = "exhibit_reread"
    EXHIBIT_RELABELLED = "exhibit_relabelled"
    EXHIBIT_WITHDRAWN = "exhibit_withdrawn"
    EXHIBIT_DESTROYED = "exhibit_destroyed"
    EXHIBIT_LOCKED = "exhibit_locked"
    CATEGORISATION_LIMITED = "categorisation_limited"
    ACQUISITION_STATED = "acquisition_stated"
    CLOCK_ASSERTED = "clock_asserted"
    HANDED_OVER = "handed_over"
    ROWS_CORRECTED = "rows_corrected"
    SEQUESTRATION_RULED = "sequestration_ruled"
    ROWS_SEQUESTERED = "rows_sequestered"
    ROWS_RELEASED = "rows_released"
    HASHES_LISTED = "hashes_listed"
    COVERT_ENTERED = "covert_entered"
    RELEASE_WITHHELD = "release_withheld"
    PAIR_JUDGED = "pair_judged"
    OPERATOR_MINTED = "operator_minted"
    MODEL_REGISTERED = "model_registered"
    LEADS_MATCHED = "leads_matched"
    OPINION_ENTERED = "opinion_entered"
    LEAD_ASKED = "lead_asked"
    LEAD_ANSWERED = "lead_answered"
    LEAD_APPROVED = "lead_approved"
    LEAD_CLOSED = "lead_closed"
    PERSONS_MATCHED = "persons_matched"
    PERSON_JUDGED = "person_judged"
    COUNTS_SHOWN = "counts_shown"
    ALERT_DRAFTED = "alert_drafted"
    ALERT_ISSUED = "alert_issued"
    ALERT_WITHDRAWN = "alert_withdrawn"
    SUBJECT_ROUTED = "subject_routed"
    PACKAGE_BUILT = "package_built"
    PACKAGE_MARKED = "package_marked"
    PACKAGE_RELEASED = "package_released"
    PACKAGE_SENT = "package_sent"
    NOTICE_SENT = "notice_sent"
    NOTICE_ACKNOWLEDGED = "notice_acknowledged"
    REPLY_TAKEN_IN = "reply_taken_in"
    REPLY_WORDED = "reply_worded"
    REMINDER_SENT = "reminder_sent"
    OVERLAPS_FOUND = "overlaps_found"
    OVERLAP_TOLD = "overlap_told"
    PARTNER_ADDED = "partner_added"
    PARTNER_REMOVED = "partner_removed"
    EXPORTED = "exported"
    STATEMENT_DRAFTED = "statement_drafted"
    STATEMENT_APPROVED = "statement_approved"
    STATEMENT_PUBLISHED = "statement_published"
    STATEMENT_TOLD = "statement_told"
    OUTCOME_BASIS_STATED = "outcome_basis_stated"
    CASE_SEALED = "case_sealed"
    CASE_UNSEALED = "case_unsealed"
    RESULTS_FROZEN = "results_frozen"
    CONSULTED = "consulted"
    ORIGINAL_OPENED = "original_opened"
    PROTECTED_READ = "protected_read"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    PERSON_ERASED = "person_erased"
    ERASURE_FINISHED = "erasure_finished"
    BACKUP_MADE = "backup_made"
    ACCESS_DENIED = "access_denied"


EVENT_CLASS: Final[Mapping[ActKind, EventClass]] = {
    ActKind.OPERATION_CREATED: EventClass.ALTERATION,
    ActKind.OPERATION_UPGRADED: EventClass.ALTERATION,
    ActKind.AUTHORITY_GRANTED: EventClass.ALTERATION,
    ActKind.PERSON_APPOINTED: EventClass.ALTERATION,
    ActKind.EXHIBIT_ADDED: EventClass.COLLECTION,
    ActKind.EXHIBIT_REREAD: EventClass.COLLECTION,
    ActKind.EXHIBIT_RELABELLED: EventClass.ALTERATION,
    ActKind.EXHIBIT_WITHDRAWN: EventClass.ALTERATION,
    ActKind.EXHIBIT_DESTROYED: EventClass.ERASURE,
    ActKind.EXHIBIT_LOCKED: EventClass.ALTERATION,
    ActKind.CATEGORISATION_LIMITED: EventClass.ALTERATION,
    ActKind.ACQUISITION_STATED: EventClass.COLLECTION,
    ActKind.CLOCK_ASSERTED: EventClass.ALTERATION,
    ActKind.HANDED_OVER: EventClass.DISCLOSURE,
    ActKind.ROWS_CORRECTED: EventClass.ALTERATION,
    ActKind.SEQUESTRATION_RULED: EventClass.ALTERATION,
    ActKind.ROWS_SEQUESTERED: EventClass.ALTERATION,
    ActKind.ROWS_RELEASED: EventClass.ALTERATION,
    ActKind.HASHES_LISTED: EventClass.ALTERATION,
    ActKind.COVERT_ENTERED: EventClass.ALTERATION,
    ActKind.RELEASE_WITHHELD: EventClass.DENIED,
    ActKind.PAIR_JUDGED: EventClass.COMBINATION,
    ActKind.OPERATOR_MINTED: EventClass.COMBINATION,
    ActKind.MODEL_REGISTERED: EventClass.ALTERATION,
    ActKind.LEADS_MATCHED: EventClass.COMBINATION,
    ActKind.OPINION_ENTERED: EventClass.ALTERATION,
    ActKind.LEAD_ASKED: EventClass.CONSULTATION,
    ActKind.LEAD_ANSWERED: EventClass.COMBINATION,
    ActKind.LEAD_APPROVED: EventClass.DISCLOSURE,
    ActKind.LEAD_CLOSED: EventClass.ALTERATION,
    ActKind.PERSONS_MATCHED: EventClass.COMBINATION,
    ActKind.PERSON_JUDGED: EventClass.COMBINATION,
    ActKind.COUNTS_SHOWN: EventClass.DISCLOSURE,
    ActKind.ALERT_DRAFTED: EventClass.ALTERATION,
    ActKind.ALERT_ISSUED: EventClass.DISCLOSURE,
    ActKind.ALERT_WITHDRAWN: EventClass.ALTERATION,
    ActKind.SUBJECT_ROUTED: EventClass.ALTERATION,
    ActKind.PACKAGE_BUILT: EventClass.COMBINATION,
    ActKind.PACKAGE_MARKED: EventClass.ALTERATION,
    ActKind.PACKAGE_RELEASED: EventClass.ALTERATION,
    ActKind.PACKAGE_SENT: EventClass.DISCLOSURE,
    ActKind.NOTICE_SENT: EventClass.DISCLOSURE,
    ActKind.NOTICE_ACKNOWLEDGED: EventClass.ALTERATION,
    ActKind.REPLY_TAKEN_IN: EventClass.COLLECTION,
    ActKind.REPLY_WORDED: EventClass.COLLECTION,
    ActKind.REMINDER_SENT: EventClass.DISCLOSURE,
    ActKind.OVERLAPS_FOUND: EventClass.COMBINATION,
    ActKind.OVERLAP_TOLD: EventClass.DISCLOSURE,
    ActKind.PARTNER_ADDED: EventClass.ALTERATION,
    ActKind.PARTNER_REMOVED: EventClass.ALTERATION,
    ActKind.EXPORTED: EventClass.DISCLOSURE,
    ActKind.STATEMENT_DRAFTED: EventClass.ALTERATION,
    ActKind.STATEMENT_APPROVED: EventClass.ALTERATION,
    ActKind.STATEMENT_PUBLISHED: EventClass.DISCLOSURE,
    ActKind.STATEMENT_TOLD: EventClass.ALTERATION,
    ActKind.OUTCOME_BASIS_STATED: EventClass.ALTERATION,
    ActKind.CASE_SEALED: EventClass.ALTERATION,
    ActKind.CASE_UNSEALED: EventClass.ALTERATION,
    ActKind.RESULTS_FROZEN: EventClass.COMBINATION,
    ActKind.CONSULTED: EventClass.CONSULTATION,
    ActKind.ORIGINAL_OPENED: EventClass.CONSULTATION,
    ActKind.PROTECTED_READ: EventClass.CONSULTATION,
    ActKind.HOLD_PLACED: EventClass.ALTERATION,
    ActKind.HOLD_LIFTED: EventClass.ALTERATION,
    ActKind.PERSON_ERASED: EventClass.ERASURE,
    ActKind.ERASURE_FINISHED: EventClass.ERASURE,
    ActKind.BACKUP_MADE: EventClass.DISCLOSURE,
    ActKind.ACCESS_DENIED: EventClass.DENIED,
}


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
        is_erased: What it said was erased under a receipt; only its place, kind, time and person remain.
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
    is_erased: bool = False

    @property
    def event(self) -> EventClass:
        """What kind of processing it was."""
        return EVENT_CLASS[self.kind]
