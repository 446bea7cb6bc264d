"""Lists of overdoses with the quirks of real ones: everything in them is invented, and no place of it exists.

Their layout is that of a state's public file; towns with one middle, a state whose middle stands for "nobody knows".
"""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

COLUMNS = (
    "Date", "Date Type", "Age", "Sex", "Race", "Ethnicity", "Residence City", "Residence County", "Residence State",
    "Injury City", "Injury County", "Injury State", "Injury Place", "Description of Injury", "Death City",
    "Death County", "Death State", "Location", "Location if Other", "Cause of Death", "Manner of Death",
    "Other Significant Conditions ", "Heroin", "Heroin death certificate (DC)", "Cocaine", "Fentanyl",
    "Fentanyl Analogue", "Oxycodone", "Oxymorphone", "Ethanol", "Hydrocodone", "Benzodiazepine", "Methadone",
    "Meth/Amphetamine", "Amphet", "Tramad", "Hydromorphone", "Morphine (Not Heroin)", "Xylazine", "Gabapentin",
    "Opiate NOS", "Heroin/Morph/Codeine", "Other Opioid", "Any Opioid", "Other", "ResidenceCityGeo", "InjuryCityGeo",
    "DeathCityGeo",
)  # fmt: skip
MIDDLE = "ZZ\n(10.5, -20.5)"  # of the state: no place
TOWNS = {
    "THORNMERE": ("ALDERSHIRE", "10.11", "-20.21"),
    "PELLBRIDGE": ("ALDERSHIRE", "10.31", "-20.41"),
    "QUILLEN": ("BRIARSHIRE", "10.71", "-20.81"),
}
PERSON = {
    "Age": "133", "Sex": "Xfemale", "Race": "Xrace", "Ethnicity": "Xethnic", "Residence City": "XHOMETOWN",
    "Residence County": "XHOMECOUNTY", "Residence State": "XH", "Injury Place": "Xkitchen",
    "Description of Injury": "Xdescribed", "Location": "Xlocation", "Location if Other": "Xelsewhere",
    "Cause of Death": "Xcaused", "Other Significant Conditions ": "Xheart",
    "ResidenceCityGeo": "XHOMETOWN, XH\n(1.1, -2.2)",
}  # fmt: skip


def row(day: str, town: str = "", **changed: str) -> dict[str, str]:
    """One row as the state writes it; everything of the person is there, so that a test can see that it is not read."""
    county, north, east = TOWNS.get(town, ("", "", ""))
    placed = {
        "Injury City": town, "Injury County": county, "Injury State": "ZZ" if town else "",
        "InjuryCityGeo": f"{town}, ZZ\n({north}, {east})" if north else MIDDLE,
        "Death City": "", "Death State": "", "DeathCityGeo": MIDDLE,
    }  # fmt: skip
    said = {
        "Date": day,
        "Date Type": "Date of death",
        "Manner of Death": "Accident",
        "Fentanyl": "Y",
        "Any Opioid": "Y",
    }
    return dict.fromkeys(COLUMNS, "") | PERSON | placed | said | changed


def months(counts: Mapping[str, Iterable[int]], year: int = 2021) -> list[dict[str, str]]:
    """So many rows for each town in each month from January on."""
    return [
        row(f"{month % 12 + 1:02}/{day % 28 + 1:02}/{year + month // 12}", town)
        for town, by_month in counts.items()
        for month, count in enumerate(by_month)
        for day in range(count)
    ]


def written(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """The rows as a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path
