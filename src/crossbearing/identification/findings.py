"""What is kept of a run, subject by subject: references, kinds, strengths, numbers; no name, no address, no number.

A finding is read against what stands today: links whose exhibits do not stand any more are subtracted, and what was
confirmable with them is so no longer.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crossbearing.domain.canonical import Json
from crossbearing.identification.evidence import Evidence
from crossbearing.identification.kinds import NATURE
from crossbearing.identification.linking import Link
from crossbearing.identification.proposing import RULE, Proposal, Remark, Status

_MOST_PLACES = 12  # rows of one remark; a reader opens few


def finding_of(
    accounts: Sequence[str], proposals: Sequence[Proposal], evidence: Evidence, authority_of: Mapping[str, str]
) -> dict[str, Json]:
    """What is kept of one subject; the payload of an act.

    Args:
        accounts: Its accounts.
        proposals: Its persons, the best first.
        evidence: What was searched.
        authority_of: Authorisation by exhibit.
    """
    return {
        "accounts": sorted(accounts),
        "persons": [_person(one, authority_of) for one in proposals],
        "searched": {
            "exchange_returns": len(evidence.returns), "devices": len(evidence.devices),
            "provider_records": len(evidence.records), "statements": len(evidence.statements),
            "bought_parcels": len(evidence.bought), "imports": len(evidence.consignees),
        },
        "rule": RULE,
    }  # fmt: skip


def standing_finding(says: Mapping[str, Any], standing: Collection[str]) -> tuple[list[dict[str, Any]], int]:
    """The persons of a finding as far as their evidence stands, and how many links were left out.

    A person of whom no link is left is left out. Whoever lost a link, or gained by the loss of counter-evidence, is at
    best candidate evidence until it is proposed anew.
    """
    kept, out = [], 0
    for person in says.get("persons", ()):
        links = [link for link in person["links"] if standing_all(link, standing)]
        lost = len(person["links"]) - len(links)
        out += lost
        remarks = {
            name: [one for one in person[name] if standing_all(one, standing)] for name in ("patterns", "counter")
        }
        changed = lost or any(len(remarks[name]) < len(person[name]) for name in remarks)
        if links:
            status = str(Status.CANDIDATE) if changed else person["status"]
            kept.append({**person, **remarks, "links": links, "status": status})
    return kept, out


def standing_all(one: Mapping[str, Any], standing: Collection[str]) -> bool:
    """Whether all exhibits of a link or remark stand."""
    return all(name in standing for name in one["exhibit_ids"])


def _person(one: Proposal, authority_of: Mapping[str, str]) -> dict[str, Json]:
    return {
        "person_id": one.person_id,
        "status": str(one.status),
        "missing": list(one.missing),
        "since": one.since,
        "until": one.until,
        "in_use": [one.in_use_since, one.in_use_until],
        "patterns": [_remark(remark) for remark in one.patterns],
        "counter": [_remark(remark) for remark in one.counter],
        "links": [_link(link, authority_of) for link in one.links],
        "kinds": sorted({str(link.kind) for link in one.links if link.counts}),
        "other_subjects": list(one.other_subjects),
        "namesakes": list(one.namesakes),
        "places": list(one.places),
    }


def _link(link: Link, authority_of: Mapping[str, str]) -> dict[str, Json]:
    nature = NATURE[link.kind]
    return {
        "account_id": link.account_id,
        "kind": str(link.kind),
        "law": nature.law,
        "strength": link.strength.words,
        "speaks_of": str(link.facet),
        "is_paper": link.is_paper,
        "failure": nature.failure,
        "doubts": list(link.doubts),
        "since": link.since,
        "until": link.until,
        "table": link.sighting.table,
        "places": list(link.places),
        "exhibit_ids": sorted(link.exhibit_ids),
        "authorities": sorted({authority_of.get(name, "") for name in link.exhibit_ids} - {""}),
    }


def _remark(one: Remark) -> dict[str, Json]:
    return {
        "code": one.code,
        "words": one.words,
        "places": list(one.places[:_MOST_PLACES]),
        "exhibit_ids": sorted(one.exhibit_ids),
    }
