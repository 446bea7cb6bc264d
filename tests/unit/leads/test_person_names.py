"""How alike names are: exact in either order, near for slips and short forms, other for everything else."""

import pytest

from crossbearing.leads.person_names import EXACT, NEAR, OTHER, NameLevels, NameTable, name_of


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Daneo Fermine", ("daneo", "fermine")),
        ("FERMINE, Daneo", ("daneo", "fermine")),
        ("Herr Dr. Daneo K. Fermine", ("daneo", "fermine")),
        ("Zoë Müller-Łaski", ("zoe", "mullerlaski")),
        ("Fermine", ("", "fermine")),
        ("", ("", "")),
    ],
)
def test_a_line_gives_given_and_family_name(line: str, name: tuple[str, str]) -> None:
    assert name_of(line) == name


@pytest.mark.parametrize(
    ("other", "level"),
    [
        (("daneo", "fermine"), EXACT),
        (("fermine", "daneo"), EXACT),
        (("d", "fermine"), NEAR),
        (("dan", "fermine"), NEAR),
        (("daneo", "fermin"), NEAR),
        (("dnaeo", "fermine"), NEAR),
        (("daneo", "ferrick"), OTHER),
        (("coria", "fermine"), OTHER),  # a relative is somebody else
        (("da", "fermine"), OTHER),
        (("", "fermine"), OTHER),
        (("", ""), OTHER),
    ],
)
def test_names_are_alike_in_three_levels(other: tuple[str, str], level: int) -> None:
    levels = NameLevels([("daneo", "fermine")], NameTable.of([("belus", "corwen"), other]))
    assert levels.of(0).tolist() == [OTHER, level]


def test_a_case_without_a_name_is_like_nobody() -> None:
    levels = NameLevels([("", "")], NameTable.of([("", ""), ("daneo", "fermine")]))
    assert levels.of(0).tolist() == [OTHER, OTHER]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("An Fermine", ("an", "fermine")), ("Lee To", ("lee", "to")), ("To Daneo Fermine", ("daneo", "fermine")),
        ("Mr Daneo Fermine Jr", ("daneo", "fermine")), ("To", ("", "to")),
    ],
)  # fmt: skip
def test_what_is_a_title_or_a_name_is_a_name_where_else_none_is_left(line: str, name: tuple[str, str]) -> None:
    assert name_of(line) == name
