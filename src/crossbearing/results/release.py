"""Releases: figures as they were frozen, and what changed from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.outcomes import Basis
from crossbearing.results.campaign import CampaignResults
from crossbearing.results.totals import Line

FORMAT = "crossbearing-results-1"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that differs between two releases.

    Attributes:
        what: Line, and country or kind within it.
        before: As text; empty if it was not there.
        after: As text; empty if it is not there any more.
    """

    what: str
    before: str
    after: str


def frozen(found: CampaignResults) -> dict[str, Json]:
    """The figures as a document of text, numbers and lists; amounts are decimals as text."""
    return {
        "format": FORMAT,
        "operation": found.operation,
        "campaign": found.campaign,
        "view": found.view,
        "log_position": found.log_position,
        "is_simulated": found.is_simulated,
        "bases": [_basis(one) for one in found.bases],
        "lines": [_line(one) for one in found.lines],
        "contained": [
            {
                "substance": one.substance,
                "unit": one.unit,
                "amount": _plain(one.amount),
                "by_state": {state: _plain(amount) for state, amount in one.by_state},
            }
            for one in found.contained
        ],
        "implied_rates": [
            {
                "item": one.item,
                "amount": _plain(one.amount),
                "currency": one.currency,
                "other": _plain(one.other),
                "wanted": one.wanted,
                "rate": _plain(one.rate),
            }
            for one in found.implied
        ],
        "money": {
            "currency": found.currency,
            "total": _plain(found.money_total),
            "amounts": len(found.money),
            "without_a_rate": found.money_left,
            "method": found.method,
        },
        "cases": dict(found.cases),
        "verdicts": [[kind, offence, _plain(persons)] for kind, offence, persons in found.verdicts],
        "left_out": dict(found.left_out),
        "doubles": {
            "judged": found.doubles_judged,
            "open": len(found.doubles_open),
            "possible_open": found.possible_open,
            "missed_expected": _plain(found.missed.expected),
            "missed_upper": found.missed.upper,
        },
        "refused_rows": found.refused_rows,
        "questions": len(found.questions),
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every figure that differs between two documents, by its name."""
    one, other = _figures(before), _figures(after)
    return [
        Change(name, one.get(name, ""), other.get(name, ""))
        for name in sorted(one.keys() | other.keys())
        if one.get(name, "") != other.get(name, "")
    ]


def _figures(document: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in document["lines"]:
        of = "" if line["item"] in {"", line["unit"]} else f" of {line['item']}"
        name = f"{line['kind']}{of}, {line['unit']}"
        found[name] = line["total"]
        found[f"{name}: no country stated"] = line["unspecified"]
        for part in line["countries"]:
            found[f"{name}: {part['country']}"] = part["total"]
        for kind in line["kinds"]:
            found[f"{name}: of which {kind['item']}"] = kind["amount"]
    for one in document["contained"]:
        found[f"containing {one['substance']}, {one['unit']}"] = one["amount"]
    for state, cases in document["cases"].items():
        found[f"cases {state}"] = str(cases)
    for name, value in document["doubles"].items():
        found[f"double reports, {name.replace('_', ' ')}"] = str(value)
    if document["money"]["currency"]:
        found[f"money in {document['money']['currency']}"] = document["money"]["total"]
    for basis in document["bases"]:
        where = basis["country"] or "all countries"
        for name in ("begins_on", "seized_on", "counted_from", "counted_until", "attribution", "words"):
            found[f"basis of {where}: {name.replace('_', ' ')}"] = basis[name]
    return {name: value for name, value in found.items() if value not in {"", "0"}}


def _line(line: Line) -> dict[str, Json]:
    return {
        "kind": line.kind,
        "item": line.item,
        "unit": line.unit,
        "total": _plain(line.total),
        "is_at_least": line.is_at_least,
        "unspecified": _plain(line.unspecified),
        "countries": [
            {
                "country": part.country,
                "counted": _plain(part.counted),
                "unspecified": _plain(part.unspecified),
                "total": _plain(part.total),
            }
            for part in line.countries
        ],
        "kinds": [{"item": item, "amount": _plain(amount)} for item, amount in line.kinds],
        "kind_unspecified": None if line.kind_unspecified is None else _plain(line.kind_unspecified),
        "check": line.check,
        "problems": list(line.problems),
        "notes": list(line.notes),
        "rows": len(line.places),
        "rows_sha256": digest(list(line.places)),
    }


def _basis(basis: Basis) -> dict[str, Json]:
    days = ("begins_on", "seized_on", "counted_from", "counted_until")
    return {
        "country": basis.country,
        **{name: (day.isoformat() if (day := getattr(basis, name)) else "") for name in days},
        "attribution": basis.attribution,
        "words": basis.words,
    }


def _plain(amount: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
