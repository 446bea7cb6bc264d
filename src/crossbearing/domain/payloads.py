"""Payloads of earlier versions, brought to the shape that the code of today reads.

What stands in the log never changes; it is lifted when it is read. A change of shape adds a version and
one function here, and the functions are chained.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from crossbearing.domain.act import ActKind
from crossbearing.domain.errors import BadConfiguration

Payload = Mapping[str, Any]

# Newest version of each payload that is not 1.
NEWEST: Final[Mapping[ActKind, int]] = {
    ActKind.EXHIBIT_ADDED: 3,
    ActKind.EXHIBIT_REREAD: 2,
    ActKind.PAIR_JUDGED: 2,
}


def _exhibit_v2(old: Payload) -> Payload:
    """Version 2 (format 2 of the folder): gradings and nature on labels; parents of parts; protected files."""
    return {
        **old,
        "label": {"gradings": [], "nature": "unknown", "restrictions": [], **old["label"]},
        "parts": [{"parent": "", **part} for part in old["parts"]],
        "files": [{"protection": "", "generation": 0, **file} for file in old["files"]],
    }


def _parts_with_gaps(old: Payload) -> Payload:
    """Version 3 of an exhibit, 2 of a reading: why a part is unread, and what its unpacking could not take."""
    return {**old, "parts": [{"unread": "", "gaps": [], **part} for part in old["parts"]]}


def _answer_of_one(old: Payload) -> Payload:
    """Version 2 of a judgement: whose answer it is, and the score; before, the newest answer replaced everybody's."""
    return {"left_state": "", "right_state": "", **old, "of": "*", "score": {}, "blind": False}


_LIFTS: Final[Mapping[tuple[ActKind, int], Callable[[Payload], Payload]]] = {
    (ActKind.EXHIBIT_ADDED, 1): _exhibit_v2,
    (ActKind.EXHIBIT_ADDED, 2): _parts_with_gaps,
    (ActKind.EXHIBIT_REREAD, 1): _parts_with_gaps,
    (ActKind.PAIR_JUDGED, 1): _answer_of_one,
}


def lifted(kind: ActKind, version: int, payload: Payload) -> Payload:
    """The payload in its newest shape.

    Raises:
        BadConfiguration: It was written by a newer version of the software.
    """
    newest = NEWEST.get(kind, 1)
    if version > newest:
        raise BadConfiguration(
            f"An act of kind {kind} has payload version {version}, this version reads up to {newest}",
            where="the decision store",
            remedy="Use the version of Crossbearing that wrote it, or a newer one.",
        )
    for step in range(version, newest):
        payload = _LIFTS[kind, step](payload)
    return payload
