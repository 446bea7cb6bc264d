"""Parts of a package by hand: requests, what expires first, deconfliction, what may be shown in court."""

from typing import Any

import pytest

from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.labels import HANDLING, Label
from crossbearing.packages.admissibility import summed_up, uses_of
from crossbearing.packages.deconfliction import deconfliction_of
from crossbearing.packages.further import Further, first_to_expire, request_of, supply_of

DRAFT = {
    "to": "carrier", "holds": "where it was handed in", "gone_on": "2021-08-01", "days": 90, "after": "the day",
    "source": "practice", "note": "check", "identifiers": ("SIM000000001GB",), "preservation": "keep SIM000000001GB",
}  # fmt: skip


def test_numbers_of_purchases_by_an_authority_are_counted_and_stand_nowhere() -> None:
    said = request_of(DRAFT, held_by_owner=True)
    assert (said["identifiers"], said["held_by_owner"], said["letter"]) == ([], 1, "")
    assert "SIM" not in str(said)
    said = request_of(DRAFT, held_by_owner=False)
    assert (said["identifiers"], said["held_by_owner"], said["letter"]) == (
        ["SIM000000001GB"],
        0,
        DRAFT["preservation"],
    )


def test_what_has_no_day_expires_after_everything_that_has_one() -> None:
    def asked(day: str) -> dict[str, Any]:
        return {**request_of(DRAFT, held_by_owner=False), "gone_on": day}

    first = first_to_expire([("A-1", Further(requests=[asked("")])), ("A-2", Further(requests=[asked("2022-01-01")]))])
    assert first is not None
    assert (first[0], first[1]["gone_on"]) == ("A-2", "2022-01-01")
    assert first_to_expire([("A-1", Further(requests=[asked("")]))]) is None
    assert first_to_expire([]) is None


def test_leads_are_counted_by_grade_the_strongest_first_and_no_cause_is_said() -> None:
    leads = [{"reference": f"log {n}", "account_id": "A-1", "market": "M", "grade": grade, "exhibit_ids": ["E-1"]}
             for n, grade in enumerate(("weak", "strong", "weak"))]  # fmt: skip
    said = supply_of(leads)
    assert "1 strong, 2 weak" in said["text"]
    assert "what caused anything is not said here" in said["text"]
    assert set(said["leads"][0]) == {"reference", "account_id", "market", "grade"}


def test_deconfliction_says_whether_it_was_run_and_nothing_of_what_it_found() -> None:
    said = deconfliction_of(["DE"], is_run=False)
    assert (said["state"], said["also_sent_to"]) == ("not run", ["DE"])
    assert deconfliction_of([], is_run=True)["text"].startswith("Run: ")


@pytest.mark.parametrize("code", HANDLING)
def test_only_the_mildest_code_may_become_evidence(code: str) -> None:
    label = Label(handling=code)
    exhibit = Exhibit(exhibit_id="E-1", sha256="0", name="x", size_bytes=1, market="", authority="R", profile="p",
                      clock="", label=label, parts=(), files=())  # fmt: skip
    (use,) = uses_of({"E-1": exhibit})
    assert use["is_intelligence_only"] is (code != "H0")
    assert use["as_evidence"].startswith("Yes" if code == "H0" else "No")
    assert summed_up([label]).startswith("The exhibits" if code == "H0" else "No exhibit")
    assert summed_up([label, Label(handling="H1")]).startswith("Some" if code == "H0" else "No exhibit")
