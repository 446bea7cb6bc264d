"""Reading what buyers write: stated rules for lines, a trained model for US addresses in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.leads.addresses import (
    Address,
    address_of,
    one_line_worth_reading,
    read_consignee,
    read_one_line,
)

US_LINE = "Daneo Fermine, 1403 W Quarry Avenue Apt 4B, Saltbrook, OR 00017-1234"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("A Bell\n12 Alder St\n00012 Marrow Falls\nUS", Address("alder st", "12", "marrow falls", "00012", "US")),
        ("A Bell\n12 Alder Lane\nThornmere\nZZ07 9ZZ\nUK", Address("alder ln", "12", "", "zz079zz", "GB")),
        ("A Bell\nAlderweg 12a\n00012 Neuwaldau\nDeutschland", Address("alderweg", "12a", "neuwaldau", "00012", "DE")),
        ("A Bell\nAlderstraße 7\n00012 Grünau\nGermany", Address("alderst", "7", "grunau", "00012", "DE")),
        ("A Bell\nRua Alder, 7\n00000-012 Vila Marola\nBR", Address("rua alder", "7", "vila marola", "00000012", "BR")),
        ("A Bell\nul. Alderowa 7\n00-012 Stara Kepka\nPL", Address("ul alderowa", "7", "stara kepka", "00012", "PL")),
    ],
)
def test_lines_are_read_in_the_order_of_their_country(text: str, address: Address) -> None:
    found = read_consignee(text)
    assert (found.given, found.family) == ("a", "bell")
    assert found.address == address


@pytest.mark.parametrize(
    "text",
    [
        US_LINE,
        "Daneo Fermine\n1403 W Quarry Ave #4B\nSaltbrook, OR 00017\nUSA",
        "Daneo Fermine\n1403 W. Quarry Avenue\nSaltbrook OR 00017-1234",
        "Daneo Fermine, 1403 W Quarry Avenue, Saltbrook, OR 00017, United States",
    ],
)
def test_a_us_address_has_its_town_before_the_state_and_no_flat_in_its_street(text: str) -> None:
    found = read_consignee(text)
    assert (found.given, found.family, found.is_one_line) == ("daneo", "fermine", False)
    assert found.address == address_of("1403 W Quarry Avenue Apt 4B", "Saltbrook", "00017", "US")
    assert found.address == Address("w quarry ave", "1403", "saltbrook", "00017", "US")


def test_commas_stand_for_lines_and_columns_give_the_same_as_text() -> None:
    text = read_consignee("Daneo Fermine, 12 Alder Lane, ZZ07 9ZZ Thornmere, GB")
    assert text.address == address_of("12 ALDER LANE", "Thornmere", "zz07 9zz", "United Kingdom")


def test_a_us_address_in_one_line_is_read_by_the_model_only_where_a_case_may_fit() -> None:
    text = US_LINE.replace(",", "")
    known = read_consignee(text)
    assert known.address == Address(code="00017", country="US")
    assert known.is_one_line
    assert known.address.street == ""
    near, far = {"00017": frozenset({"fermine"})}, {"00017": frozenset({"bell"}), "00099": frozenset({"fermine"})}
    assert one_line_worth_reading(known, text, near)
    assert one_line_worth_reading(known, text, {"saltbrook": frozenset({"fermine"})})
    assert not one_line_worth_reading(known, text, far)
    read = read_one_line(US_LINE)
    assert (read.given, read.family) == ("daneo", "fermine")
    assert read.address == Address("w quarry ave", "1403", "saltbrook", "00017", "US")


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail(text: str) -> None:
    found = read_consignee(text)
    assert found == read_consignee(text)
    assert len(found.address.country) in {0, 2}
    assert "\n" not in f"{found.given}{found.family}{found.address.street}{found.address.town}"


def test_a_text_without_an_address_says_nothing_of_where() -> None:
    assert read_consignee("leave it behind the shed").address == Address()
