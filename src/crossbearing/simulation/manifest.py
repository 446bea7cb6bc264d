"""The manifest: what is handed over, by whom, under which authority, with which label, for which case."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crossbearing.simulation.markets import KESTREL, OSPREY, PLOVER
from crossbearing.simulation.scenario import DirtDials

EVIDENCE: Final = "evidence"
CASES: Final = ("DE-2021-0815", "US-OD-SERIES", "GB-2022-113", "US-2022-0077", "NL-2021-0301")
_AUTHORITIES: Final = (
    ("SIM-2021-017", "DE Cyber Unit", "simulated search and seizure order", "2021-11-30"),
    ("SIM-2021-044", "NL Police Desk", "simulated order to a hosting company", "2021-07-02"),
    ("SIM-2022-004", "coordinator", "simulated exchange agreement", "2022-01-10"),
    ("SIM-2022-031", "US Task Force", "simulated grand jury subpoenas", "2022-02-01"),
    ("SIM-2022-052", "GB Regional Crime Unit", "simulated device search warrants", "2022-03-15"),
)
_SEIZED, _HOSTED, _AGREED, _SUBPOENA, _DEVICES = (ref for ref, *_ in _AUTHORITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One thing handed over; the label in the words of the manifest."""

    path: str
    authority: str
    label: Mapping[str, object]
    market: str = ""
    clock: str = ""
    acquisition: Mapping[str, str] = field(default_factory=dict)

    def entry(self) -> dict[str, object]:
        """As it stands in the manifest; what is not stated is left out."""
        said = {"market": self.market, "clock": self.clock, "acquisition": dict(self.acquisition)}
        return {
            "path": f"{EVIDENCE}/{self.path}",
            "authority": self.authority,
            "label": dict(self.label),
            **{name: value for name, value in said.items() if value},
        }


def _label(owner: str, codes: str, review_on: str, **more: object) -> dict[str, object]:
    """A label; codes are handling, TLP and the source's grade."""
    handling, tlp, grade = codes.split()
    return {
        "owners": [owner], "handling": handling, "tlp": tlp, "review_on": review_on, "gradings": [grade], **more,
    }  # fmt: skip


def exhibits(dirt: DirtDials) -> list[Handed]:
    """Everything but the partners' reports, in the order in which it came in."""
    hours, minutes = divmod(abs(dirt.clock_minutes), 60)
    clock = f"{'-' if dirt.clock_minutes < 0 else '+'}{hours:02d}:{minutes:02d}" if dirt.clock_asserted else ""
    seized = _label("DE Cyber Unit", "H1 AMBER 4x4:A1", "2026-12-31", categories=["suspect", "buyer"],
                    cases=["DE-2021-0815"], nature="fact")  # fmt: skip
    hosted = _label("NL Police Desk", "H1 AMBER 4x4:B2", "2026-12-31", categories=["suspect", "buyer"],
                    cases=["NL-2021-0301"], nature="fact")  # fmt: skip
    captured = _label("NL Police Desk", "H0 GREEN 4x4:B2", "2026-12-31", categories=["suspect"], nature="fact")
    public = _label("coordinator", "H0 CLEAR 4x4:A1", "2031-12-31", nature="fact")
    health = _label("US Task Force", "H2 AMBER+STRICT 4x4:A1", "2026-06-30", categories=["victim"],
                    cases=["US-OD-SERIES"], nature="fact")  # fmt: skip
    persons = _label("US Task Force", "H2 AMBER 4x4:A2", "2026-12-31", categories=["suspect", "other party"])
    devices = _label("GB Regional Crime Unit", "H1 AMBER 3x5x2:1AP", "2026-12-31", categories=["suspect", "contact"],
                     cases=["GB-2022-113"], nature="fact")  # fmt: skip
    customers = _label("US Task Force", "H2 RED 4x4:A1", "2026-06-30", categories=["buyer", "minor"],
                       cases=["US-2022-0077"], restrictions=["customers are not to be contacted"],
                       nature="fact")  # fmt: skip
    assessed = _label("coordinator", "H0 AMBER 4x4:C3", "2026-12-31", nature="assessment")
    image = {"source": "image of the market's disk", "source_sha256": "0" * 64, "tool": "mysqldump",
             "version": "10.19", "operator": "DE Cyber Unit, desk 4", "at": "2021-12-28T09:30:00Z"}  # fmt: skip
    return [
        Handed(
            path="kestrel.sql", authority=_SEIZED, label=seized, market=KESTREL.name, clock=clock, acquisition=image
        ),
        Handed(path="plover-listings.csv", authority=_AGREED, label=captured, market=PLOVER.name),
        Handed(path="bitcoin-prices.csv", authority=_AGREED, label=public),
        Handed(path="monero-prices.csv", authority=_AGREED, label=public),
        Handed(path="euro-rates.csv", authority=_AGREED, label=public),
        Handed(path="osprey.sql", authority=_HOSTED, label=hosted, market=OSPREY.name),
        Handed(path="plover-pages.warc.gz", authority=_AGREED, label=captured, market=PLOVER.name),
        Handed(path="kestrel-forum.jsonl", authority=_SEIZED, label=seized, market=KESTREL.name, clock=clock),
        Handed(path="kestrel-applications", authority=_SEIZED, label=seized, market=KESTREL.name),
        Handed(path="kestrel-uploads.tar", authority=_SEIZED, label=seized, market=KESTREL.name),
        Handed(path="decrypted.jsonl", authority=_SEIZED, label=seized, market=KESTREL.name),
        Handed(path="chain", authority=_AGREED, label=public),
        Handed(path="services.tagpack.yaml", authority=_AGREED, label=assessed),
        Handed(path="exchange-returns.csv", authority=_SUBPOENA, label=persons),
        Handed(path="parcels.csv", authority=_AGREED, label=persons),
        Handed(path="undercover-purchases.csv", authority=_SUBPOENA, label=persons),
        Handed(path="device-extracts.jsonl", authority=_DEVICES, label=devices),
        Handed(path="customer-list.sqlite", authority=_SUBPOENA, label=customers),
        Handed(path="overdose-cases.xlsx", authority=_AGREED, label=health),
        Handed(path="toxicology.csv", authority=_AGREED, label=health),
        Handed(path="imports.csv", authority=_AGREED, label=persons),
        Handed(path="bulk-seizures.csv", authority=_AGREED, label=persons),
        Handed(path="partner-replies.csv", authority=_AGREED, label=assessed),
    ]


def _further(names: Sequence[str]) -> list[Handed]:
    """Files of further evidence of persons, each under the authority of those who gathered such things."""
    persons = _label("US Task Force", "H2 AMBER 4x4:A2", "2026-12-31", categories=["suspect", "other party"])
    return [
        Handed(path=name, authority=_DEVICES if name.endswith(".jsonl") else _SUBPOENA, label=persons) for name in names
    ]


def write_manifest(
    path: Path,
    *,
    dirt: DirtDials,
    reports: Sequence[str],
    identifiers: Sequence[tuple[str, str]],
    canaries: Sequence[tuple[str, str]],
    cases: Sequence[tuple[str, str, str]],
    scenario: str,
    further: Sequence[str] = (),
) -> None:
    """Write it.

    Args:
        path: Where to.
        dirt: Says what is asserted of the clock, and whether there is a copy that was cut.
        reports: Files of the partners' outcome reports.
        identifiers: Owner and file of each agency's own identifiers, for deconfliction.
        canaries: Market and handle of accounts that nobody has a reason to ask for.
        cases: Case, agency and person in charge.
        scenario: Name of the scenario.
        further: Files of further evidence of who runs an account.
    """
    reported = _label("coordinator", "H2 AMBER 4x4:B2", "2027-06-30", nature="fact")
    content = {
        "simulated": True,
        "scenario": scenario,
        "authorities": [
            {"ref": ref, "issued_by": by, "basis": basis, "valid_from": since, "valid_until": ""}
            for ref, by, basis, since in _AUTHORITIES
        ],
        "exhibits": [one.entry() for one in (*exhibits(dirt), *_further(further))],
        "outcomes": [Handed(path=name, authority=_AGREED, label=reported).entry() for name in reports],
        "damaged": [Handed(path="kestrel-cut.sql", authority=_SEIZED, label={}, market=KESTREL.name).entry()]
        if dirt.cut
        else [],
        "identifiers": [{"owner": owner, "path": f"{EVIDENCE}/{name}"} for owner, name in identifiers],
        "covert": f"{EVIDENCE}/covert-register.csv",
        "canaries": [{"market": market, "handle": handle} for market, handle in canaries],
        "cases": [{"case": case, "agency": agency, "person": person} for case, agency, person in cases],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
