"""Which rows are one person: by stated rules, and never by a name alone."""

import pytest

from crossbearing.identification.persons import Sighting, address_of, name_of, person_id, persons_of


def seen(number: int, name: str = "canarykin daneo", **said: str) -> Sighting:
    place = f"E-{number}|p|t|1|0|1"
    return Sighting(table="provider_record", exhibit_id=f"E-{number}", place=place, order=(number, place),
                    root=f"provider {number}", name=name, **said)  # fmt: skip


def groups(*sightings: Sighting) -> list[list[int]]:
    found = persons_of(sightings).places.values()
    return sorted([int(place.split("|")[0][2:]) for place in places] for places in found)


def test_a_name_alone_joins_nothing_and_is_told_as_perhaps_the_same() -> None:
    assert groups(seen(1), seen(2)) == [[1], [2]]
    found = persons_of([seen(1), seen(2), seen(3, "harwen kelia")])
    first, second = found.person_of[seen(1).place], found.person_of[seen(2).place]
    assert found.namesakes == {first: (second,), second: (first,)}


@pytest.mark.parametrize("said", [{"born": "1984-03-21"}, {"address": "12 alder lane / marrow"}, {"phone": "+4420"}])
def test_a_name_with_a_birth_an_address_or_a_number_joins(said: dict[str, str]) -> None:
    assert groups(seen(1, **said), seen(2, **said)) == [[1, 2]]
    assert groups(seen(1, **said), seen(2, "harwen kelia", **said)) == [[1], [2]]
    assert groups(seen(1, "", **said), seen(2, "", **said)) == [[1], [2]]


def test_rows_join_through_a_third_one() -> None:
    middle = seen(2, born="1984-03-21", phone="+4420")
    assert groups(seen(1, born="1984-03-21"), middle, seen(3, phone="+4420")) == [[1, 2, 3]]


def test_father_and_son_of_one_name_and_house_stay_two_and_a_row_without_a_birth_is_neither() -> None:
    home = address_of("12 Alder Lane", "Marrow")
    father, son = seen(1, born="1954-01-01", address=home), seen(2, born="1984-01-01", address=home)
    assert groups(father, son, seen(3, address=home)) == [[1], [2], [3]]
    assert not persons_of([father, son]).namesakes


def test_a_name_is_the_same_in_any_order_with_any_accents_and_needs_two_words() -> None:
    assert name_of("Dàneo", "CANARYKIN") == name_of(None, None, "Canarykin, Daneo") == "canarykin daneo"
    assert name_of("Daneo", None) == name_of(None, "") == ""
    assert address_of("12, Alder-Lane", "Märrow") == address_of("12 alder lane", "marrow") != ""
    assert address_of("12 Alder Lane", None) == ""


def test_the_id_of_a_person_says_nothing_of_the_person_and_stays_when_rows_come_in_later() -> None:
    born = {"born": "1984-03-21"}
    first = persons_of([seen(1, **born)]).person_of[seen(1).place]
    assert persons_of([seen(7, **born), seen(1, **born), seen(3)]).person_of[seen(7).place] == first
    assert persons_of([seen(1, "harwen kelia", born="1990-01-02")]).person_of[seen(1).place] == first
    assert first == person_id(seen(1).place)
