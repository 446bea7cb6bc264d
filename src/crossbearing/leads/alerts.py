"""Batch alerts: what is about, what it looks like, where and when, how sure, and what to do. Nothing else.

The document has no field for a person, an account, a market, a supplier or a case (``schema/alert-1.json``), and what
is typed into it is checked by ``alert_words``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

import jsonschema

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.errors import BadRequest
from crossbearing.leads.counting import gravest
from crossbearing.reference.folding import folded
from crossbearing.reference.related_substances import substance_called
from crossbearing.reference.substances import group_of, substances_in
from crossbearing.store.session import Session

FORMAT: Final = "crossbearing-alert-1"
_LOW, _MODERATE, _HIGH = (
    "low: a presumptive test says so, and no laboratory has confirmed it",
    "moderate: one or two results of a laboratory say so",
    "high: three or more results of laboratories say so",
)
_PRESUMPTIVE: Final = "PRESUMPTIVE TEST, not confirmed by a laboratory"
_CONFIRMED: Final = "confirmed by a laboratory"
_SEVERAL: Final = 3
_FOUND: Final = frozenset({"present", "positive", "detected", "confirmed"})
_FOR_EVERYBODY: Final = (
    "Nobody should use alone. Whoever does not wake, or breathes slowly, needs the emergency services at once.",
    "Give naloxone if there is any, and stay.",
)
_BY_GROUP: Final = {
    "lethal opioid": ("A very small amount can kill. More than one dose of naloxone may be needed.",
                      "A test strip does not find every substance of this kind."),
    "opioid": ("More than one dose of naloxone may be needed.",),
    "sedative": ("Naloxone does not work against this; give it all the same, for an opioid may be there too.",),
}  # fmt: skip
_PILLS: Final = "A pill that did not come from a pharmacy may hold something else than it looks like."
# Rows in which a laboratory, or a test on the spot, names a substance.
_RESULTS: Final = """
    SELECT substance AS said, result, tested_on AS found_on, NULL AS colour, NULL AS imprint, exhibit_id
    FROM toxicology
    UNION ALL
    SELECT concat_ws(', ', goods, laboratory_profile), 'present', happened_on, colour, die_mark, exhibit_id
    FROM upstream WHERE kind = 'bulk seizure'
    UNION ALL
    SELECT substances, 'present', arrived_on, NULL, NULL, exhibit_id FROM purchase WHERE substances IS NOT NULL
    UNION ALL
    SELECT substances, 'present', found_on, NULL, NULL, exhibit_id FROM parcel WHERE substances IS NOT NULL
    ORDER BY found_on DESC NULLS LAST, exhibit_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a person says of the look; what is empty is taken from the laboratory's rows, if they say it."""

    form: str = ""
    colour: str = ""
    imprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What tests say of one substance.

    Attributes:
        confirmed: Results of laboratories; ``presumptive`` ones of tests that are not.
        first, last: Days of the results; None if none has a day.
        exhibits: What they rest on.
    """

    confirmed: int
    presumptive: int
    first: date | None
    last: date | None
    look: Look
    exhibits: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert as the acts say.

    Attributes:
        document: What it says; follows the schema.
        state: "draft", "issued" or "withdrawn".
        exhibit_ids: What it rests on.
        issued_at: When; empty if it never was.
        withdrawn_at, reason: When it was withdrawn and why; empty if it was not.
    """

    alert_id: str
    document: Mapping[str, Any]
    state: str
    drafted_at: str
    exhibit_ids: tuple[str, ...]
    issued_at: str = ""
    withdrawn_at: str = ""
    reason: str = ""


@cache
def schema() -> dict[str, Any]:
    """The published JSON schema of an alert."""
    text = (resources.files("crossbearing.leads") / "schema" / "alert-1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def results_for(engine: Session, substance: str, days: int) -> Results:
    """What tests say of a substance, within so many days before the newest of them."""
    rows = [row for row in engine.rows(_RESULTS) if substance in _named(row["said"]) and _kind(row["result"])]
    newest = max((row["found_on"] for row in rows if row["found_on"]), default=None)
    if newest:
        rows = [row for row in rows if row["found_on"] and newest - row["found_on"] <= timedelta(days=days)]
    found_on = [row["found_on"] for row in rows if row["found_on"]]
    colours = [word for row in rows for word in folded(row["colour"] or "").split() if word in _colours()]
    marks = [str(row["imprint"]) for row in rows if row["imprint"]]
    return Results(
        confirmed=sum(_kind(row["result"]) == _CONFIRMED for row in rows),
        presumptive=sum(_kind(row["result"]) == _PRESUMPTIVE for row in rows),
        first=min(found_on, default=None),
        last=newest,
        look=Look(colour=next(iter(colours), ""), imprint=next(iter(marks), "")),
        exhibits=frozenset(row["exhibit_id"] for row in rows),
    )


def document(
    alert_id: str, results: Results, *, substance: str, look: Look, area: tuple[str, str], remark: str, tlp: str,
    today: date, body: str,
) -> dict[str, Json]:  # fmt: skip
    """The alert that these results make.

    Args:
        alert_id: Its number.
        results: What tests say.
        substance: Our name of it.
        look: What a person says; it goes before what the results say.
        area: Name and precision.
        remark: A person's own words; may be empty.
        tlp: How far it may go.
        today: Stands for results without a day.
        body: The body that issues it, never a person.

    Raises:
        BadRequest: A value has no place in the schema.
    """
    is_confirmed = results.confirmed > 0
    group = group_of(substance) or "other"
    seen = Look(
        form=look.form or ("tablet" if look.imprint or results.look.imprint else ""),
        colour=look.colour or results.look.colour,
        imprint=look.imprint or results.look.imprint,
    )
    advice = [*_FOR_EVERYBODY, *_BY_GROUP.get(gravest([substance]), ())]
    made: dict[str, Json] = {
        "format": FORMAT, "alert_id": alert_id, "substance": substance, "group": group,
        "look": {"form": seen.form, "colour": seen.colour, "imprint": seen.imprint},
        "area": {"name": area[0], "precision": area[1]},
        "period": {"from": _monday(results.first or today), "until": _sunday(results.last or today)},
        "confidence": (_HIGH if results.confirmed >= _SEVERAL else _MODERATE) if is_confirmed else _LOW,
        "test": _CONFIRMED if is_confirmed else _PRESUMPTIVE,
        "advice": [*advice, *([_PILLS] if seen.form == "tablet" else [])],
        "remark": remark, "tlp": tlp, "issuing_body": body,
    }  # fmt: skip
    require_valid(made)
    return made


def require_valid(made: Mapping[str, Any]) -> None:
    """Refuse what does not follow the schema; the words name the field and never the value.

    Raises:
        BadRequest: A field has no place, or its value none.
    """
    wrong = next(iter(jsonschema.Draft202012Validator(schema()).iter_errors(made)), None)
    if wrong is None:
        return
    field = wrong.json_path.removeprefix("$.") if wrong.json_path != "$" else "a field that an alert does not have"
    choices = wrong.schema.get("enum") if isinstance(wrong.schema, dict) else None
    known = f" Choices: {', '.join(filter(None, choices))}." if choices else ""
    raise BadRequest(
        f"The alert cannot say this: {field}",
        where=str(made.get("alert_id", "alert")),
        remedy=f"Use few plain words without numbers or addresses, or leave it out.{known}",
    )


def alerts_in(entries: Iterable[Entry]) -> dict[str, Alert]:
    """All alerts by number, as acts of drafting, issuing and withdrawing say."""
    found: dict[str, Alert] = {}
    for entry in entries:
        says: Any = entry.payload
        if entry.kind is ActKind.ALERT_DRAFTED:
            exhibits = tuple(says["exhibit_ids"])
            found[entry.subject] = Alert(
                alert_id=entry.subject, document=says["document"], state="draft", drafted_at=entry.at,
                exhibit_ids=exhibits,
            )  # fmt: skip
            continue
        one = found[entry.subject]
        changed: dict[str, Any] = {name: getattr(one, name) for name in one.__dataclass_fields__}
        if entry.kind is ActKind.ALERT_ISSUED:
            changed |= {"state": "issued", "issued_at": entry.at}
        elif entry.kind is ActKind.ALERT_WITHDRAWN:
            changed |= {"state": "withdrawn", "withdrawn_at": entry.at, "reason": says["reason"]}
        found[entry.subject] = Alert(**changed)
    return found


def _named(said: str | None) -> frozenset[str]:
    """Substances that a laboratory's words name, in our names."""
    words = said or ""
    return frozenset({substance_called(words), *(reading.substance for reading in substances_in(words))})


def _kind(result: str | None) -> str:
    """Whether a result is a laboratory's or presumptive; empty if the substance was not found."""
    words: Sequence[str] = folded(result or "").replace(",", " ").split()
    if words and words[0] in {"presumptive", "presumptively", "screening", "screen"}:
        return _PRESUMPTIVE if not set(words).isdisjoint(_FOUND) and "not" not in words else ""
    return _CONFIRMED if " ".join(words) in _FOUND else ""


def _colours() -> frozenset[str]:
    colours = schema()["properties"]["look"]["properties"]["colour"]["enum"]
    return frozenset(colours) - {""}


def _monday(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def _sunday(day: date) -> str:
    return (day + timedelta(days=6 - day.weekday())).isoformat()
