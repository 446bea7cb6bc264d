"""Telephone numbers: one spelling, a country only if stated, and little else is taken for one.

All numbers here lie in ranges that are kept free for films and examples, or are no numbers at all.
"""

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.identifier import Hit, Kind, State
from crossbearing.domain.scan import scan
from crossbearing.intake.profile_words import profile_words
from crossbearing.reference.telephones import checked, number_in, read_telephone

# North America 555-0100 to 555-0199, Australia 0491 570 006 and others, Sweden 070-174 06 05
# to 99, Germany 0152 28817386.
AMERICA = st.builds("+1{}555{:04}".format, st.sampled_from(["202", "212", "312", "415"]), st.integers(100, 199))
AUSTRALIA = st.sampled_from(["+61491570006", "+61491570156", "+61491570157", "+61491570158", "+61491570159"])
SWEDEN = st.builds("+467017406{:02}".format, st.integers(5, 99))
GERMANY = st.just("+4915228817386")
NUMBERS = AMERICA | AUSTRALIA | SWEDEN | GERMANY
# Kept free too, and no plan holds them: Great Britain 07700 900000 to 900999.
BRITAIN = st.builds("+447700900{:03}".format, st.integers(0, 999))


def found_in(text: str) -> list[Hit]:
    return [hit for hit in checked(scan(text).identifiers) if hit.kind is Kind.PHONE]


def used(text: str) -> list[str]:
    """The numbers that may be used for linking."""
    return [hit.value for hit in found_in(text) if hit.state is State.NO_CHECKSUM]


@st.composite
def ways_to_write(draw: st.DrawFn) -> tuple[str, str]:
    """A number and one way to write it."""
    number = draw(NUMBERS)
    parsed = phonenumbers.parse(number)
    style = draw(st.sampled_from([phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL]))
    written = phonenumbers.format_number(parsed, style)
    written = written.replace(" ", draw(st.sampled_from([" ", "-", ".", " / ", "\u00a0"])))
    if draw(st.booleans()):
        written = written.replace("+", "00")
    return number, written


@given(
    ways_to_write(),
    st.sampled_from(["", "call ", "reach me at ", "Tel: ", "whatsapp ", "Signal: ", "(", "\n", "number is:"]),
    st.sampled_from(["", ".", " thanks", ", day and night", ")", "\nbye", " 50 usd", " 2g", "! 5% off", " x"]),
)
def test_a_number_with_its_country_is_found_however_it_is_written(
    number_written: tuple[str, str], before: str, behind: str
) -> None:
    number, written = number_written
    text = f"{before}{written}{behind}"
    is_bare = written.startswith("00") and written[2:].isdigit() and not before.lower().startswith(("tel", "wh", "si"))
    if is_bare:
        assert used(text) == []  # digits alone that begin with 00 are rather an order or a parcel
        return
    (hit,) = found_in(text)
    assert (hit.value, hit.state) == (number, State.NO_CHECKSUM)
    assert text[hit.start : hit.end] == hit.written
    assert hit.written.strip("(") == written


def test_what_follows_a_number_is_cut_off() -> None:
    for behind in (" 50", " 50 100", "-1", " / 20", " 2 4 6"):
        (hit,) = found_in(f"+12025550143{behind}")
        assert (hit.value, hit.written, hit.end) == ("+12025550143", "+12025550143", 12)


@given(st.integers(0, 999).map("{:03}".format))
def test_the_longest_number_that_a_plan_holds_is_taken(last: str) -> None:
    """Germany has numbers of many lengths; Berlin 030 23125 000 to 999 is kept free for films."""
    assert read_telephone("+49 30 23125") is not None
    assert used(f"+49 30 23125 {last}") == [f"+493023125{last}"]


@given(
    BRITAIN | st.sampled_from(["+99912345678", "+10000000000", "+4930", "+1202555014", "+123456789012345"]),
    st.sampled_from(["tel: ", "whatsapp: "]),
)
def test_a_number_that_no_plan_holds_is_shown_behind_its_cue_and_never_used(number: str, cue: str) -> None:
    assert found_in(number) == []
    assert {hit.state for hit in found_in(cue + number)} <= {State.DAMAGED}
    assert read_telephone(number) is None


NATIONAL = {  # text: stated country, E.164
    "0152 28817386": ("Germany", "+4915228817386"),
    "0152/288 173 86": ("DE", "+4915228817386"),
    "(202) 555-0143": ("United States", "+12025550143"),
    "202-555-0143": ("us", "+12025550143"),
    "0491 570 006": ("Australia", "+61491570006"),
    "070-174 06 05": ("Schweden", "+46701740605"),
    "+12025550143": ("Germany", "+12025550143"),
    "0049 152 28817386": ("NL", "+4915228817386"),
    "011 49 152 28817386": ("USA", "+4915228817386"),
}


@pytest.mark.parametrize("text", NATIONAL)
def test_a_national_number_is_read_only_with_the_country_that_is_stated(text: str) -> None:
    country, value = NATIONAL[text]
    assert number_in(text, country) == value
    if not text.startswith(("+", "00")):
        for nowhere in (None, "", "Europe", "worldwide", "XX"):
            assert number_in(text, nowhere) is None
        (hit,) = scan(f"phone: {text}").identifiers
        assert [told.state for told in checked((hit,))] == [State.INCOMPLETE]
        assert [(told.value, told.state) for told in checked((hit,), country)] == [(value, State.NO_CHECKSUM)]


def test_a_cell_gives_the_number_that_it_begins_with() -> None:
    assert number_in("+1 202 555 0143 Alex (owner)") == "+12025550143"
    assert number_in("12025550143@s.whatsapp.net Alex") == "+12025550143"
    assert number_in(" +12025550143\n") == "+12025550143"
    for text in (
        "Alex",
        "Alex +12025550143",
        "",
        "12025550143",
        "12025550143@post.invalid",
        "447700900123@s.whatsapp.net",
    ):
        assert number_in(text) is None


# What looks like a number and is none, with what stands around it in adverts and messages.
OTHER_NUMBERS = st.one_of(
    st.builds("order {:010}".format, st.integers(0, 10**10 - 1)),
    st.builds("Order #{:08}-{:04}".format, st.integers(0, 10**8 - 1), st.integers(0, 9999)),
    st.builds("order id 00{:09}".format, st.integers(0, 10**9 - 1)),
    st.builds(
        "tracking {}{:09}{}".format, st.sampled_from(["RR", "LX", "CP"]), st.integers(0, 10**9 - 1), st.just("DE")
    ),
    st.builds("parcel 00{:018}".format, st.integers(0, 10**18 - 1)),
    st.builds("parcel 0034 {:04} {:04} {:04} {:04}".format, *[st.integers(0, 9999)] * 4),
    st.builds("1Z999AA{:011}".format, st.integers(0, 10**11 - 1)),
    st.builds("{:,} pieces".format, st.integers(0, 10**10)),
    st.builds("USD {:,.2f}".format, st.floats(0, 10**8)),
    st.builds("profit +{:,}".format, st.integers(0, 10**10)),
    st.builds("{}.{:08}".format, st.integers(0, 99), st.integers(0, 10**8 - 1)),
    st.builds("{:%Y-%m-%d %H:%M:%S}".format, st.datetimes()),
    st.builds("{:%d.%m.%Y}".format, st.datetimes()),
    st.builds("{:%Y%m%d%H%M%S}".format, st.datetimes()),
    st.builds("GMT+{:02}:00".format, st.integers(0, 14)),
    st.builds("+{}%".format, st.integers(0, 10**6)),
    st.builds(
        "DE{:02} {:04} {:04} {:04} {:04} 0{}".format, st.integers(0, 99), *[st.integers(0, 9999)] * 4, st.just(7)
    ),
    st.builds("4111 {:04} {:04} {:04}".format, *[st.integers(0, 9999)] * 3),
    st.builds("{}.{}.{}.{}".format, *[st.integers(0, 255)] * 4),
    st.builds("0x{:040x}".format, st.integers(0, 2**160 - 1)),
    st.builds("fingerprint {:040X}".format, st.integers(0, 2**160 - 1)),
    st.builds("{}x{} mg, 100 000 sold".format, st.integers(1, 100), st.integers(1, 1000)),
    st.builds("{} + {}".format, st.integers(0, 10**9), st.integers(0, 10**9)),
    st.builds("1000 - {} - 2000 - 3000".format, st.integers(0, 10**4)),
)


@given(st.lists(OTHER_NUMBERS, min_size=1, max_size=5).map(", ".join))
def test_orders_prices_days_and_parcels_are_no_telephone_numbers(text: str) -> None:
    assert found_in(text) == []


@given(st.text("+0123456789 -().\u00a0/ta:el", max_size=60))
def test_no_text_makes_it_fail_and_what_is_used_is_in_its_one_spelling(text: str) -> None:
    for hit in found_in(text):
        assert text[hit.start : hit.end] == hit.written
        if hit.state is State.NO_CHECKSUM:
            assert phonenumbers.is_valid_number(phonenumbers.parse(hit.value))
            assert read_telephone(hit.value).value == hit.value


def test_other_hits_stay_as_they_are() -> None:
    hits = scan("wickr: salt_1, mail salt@post.invalid").identifiers
    assert checked(hits) is hits


def test_the_numbering_plans_are_loaded_when_a_number_is_met_and_not_before() -> None:
    code = (
        "import sys; from crossbearing.intake import extraction; "
        "from crossbearing.reference.telephones import number_in; assert 'phonenumbers' not in sys.modules; "
        "number_in('+12025550143'); assert 'phonenumbers' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_word_of_profiles_gives_null_where_nothing_can_be_read() -> None:
    (word,) = (word for word in profile_words() if word.name == "phone_in")
    texts = ["+12025550143", "0152 28817386", "0152 28817386", None, ""]
    assert word.function(texts, [None, "Germany", None, "Germany", None]) == [
        "+12025550143",
        "+4915228817386",
        *[None] * 3,
    ]
