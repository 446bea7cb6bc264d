"""Substances and goods in titles: whole words, every meaning kept, slang only with a reason, copies marked."""

# ruff: noqa: RUF001 - look-alike characters are what is tested

import re
import string
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.reference.folding import folded
from crossbearing.reference.names import Names, atoms_of
from crossbearing.reference.substances import LETHAL_OPIOID, OPIOID, Basis, Kind, goods_in, groups, substances_in


def data(name: str) -> dict:
    return tomllib.loads((resources.files("crossbearing.reference") / name).read_text(encoding="utf-8"))


NAMES = {
    (substance, kind, word)
    for substance, entry in data("substances.toml").items()
    for kind in entry.keys() & set(Kind)
    for word in entry[kind]
}
OPEN_WORDS = data("ambiguous_words.toml")["word"]


def named(title: str, category: str | None = None) -> list[str]:
    return [one.substance for one in substances_in(title, category)]


@pytest.mark.parametrize(
    ("title", "substances"),
    [
        ("2g fentanyl hcl", ["fentanyl"]), ("acetyl fentanyl 1g", ["acetylfentanyl"]),
        ("Acetylfentanyl", ["acetylfentanyl"]),
        ("n-desethyl isotonitazene", ["desethylisotonitazene"]),
        ("protonitazene 5g", ["protonitazene"]),
        ("2CB pills", ["2c-b"]), ("2c-b", ["2c-b"]), ("2-CB", ["2c-b"]),
        ("5-MeO-DMT", ["5-meo-dmt"]),
        ("4aco-dmt", ["tryptamine"]), ("lsd25 drops", ["lsd"]), ("10mdma", ["mdma"]),
        ("golden-teacher 3g", ["psilocybin"]), ("xans", ["alprazolam"]),
        ("flubromazolam powder", ["benzodiazepine analogue"]), ("ADB-BUTINACA", ["synthetic cannabinoid"]),
        ("4-cmc crystals", ["chloromethcathinone"]), ("pmk glycidate", ["pmk"]), ("levamisole 1kg", ["cutting agent"]),
        ("xylazine", ["xylazine"]), ("ＭＤＭＡ", ["mdma"]),
        ("mdma and cocaine and ketamine", ["mdma", "cocaine", "ketamine"]),
        ("\U0001d426\U0001d41d\U0001d426\U0001d41a", ["mdma"]), ("5g кокаин", ["cocaine"]),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_joined(title: str, substances: list[str]) -> None:
    assert named(title) == substances


@pytest.mark.parametrize(
    "title",
    [
        "method of payment",
        "something",
        "thcode",
        "amphetaminergic",
        "lsdx",
        "q2cb",
        "mdmax",
        "kettle",
        "crocodoc",
        "m301",
        "m30x",
        "am30x",
    ],
)
def test_a_part_of_a_word_is_no_name(title: str) -> None:
    assert named(title) == []


@given(
    st.sampled_from(sorted(NAMES)),
    st.sampled_from(["", "pure ", "100x ", "(", "*** "]),
    st.sampled_from(["", " top", ")"]),
)
def test_every_listed_name_is_found_with_its_span_and_kind(name: tuple[str, str, str], before: str, after: str) -> None:
    substance, kind, word = name
    title = f"{before}{word.upper()}{after}"
    found = [one for one in substances_in(title) if one.substance == substance]
    assert found, title
    assert found[0].kind == kind
    assert title[found[0].start : found[0].end] == found[0].word
    assert folded(found[0].word) == folded(word)


@given(st.sampled_from(sorted(NAMES)), st.sampled_from(string.ascii_lowercase))
def test_a_letter_more_makes_it_another_word(name: tuple[str, str, str], letter: str) -> None:
    """Behind a name that ends in a letter; a plural s is understood, and some names begin others."""
    word = name[2]
    longer = word + letter
    if word[-1].isalpha() and letter != "s" and longer not in {other for _, _, other in NAMES}:
        assert not [one for one in substances_in(longer) if one.end == len(longer) and one.start == 0]


def test_no_name_stands_twice_and_every_substance_has_a_group() -> None:
    keys: dict[str, str] = {}
    for substance, _, word in sorted(NAMES):
        key = "".join(atom.text for atom in atoms_of(folded(word)))
        assert keys.setdefault(key, word) == word, f"{word} of {substance} stands twice"
    for entry in OPEN_WORDS:
        for word in entry["words"]:
            assert "".join(atom.text for atom in atoms_of(folded(word))) not in keys, word
    assert {LETHAL_OPIOID, OPIOID} <= groups()
    assert {group for entry in data("ambiguous_words.toml")["categories"].values() for group in entry} <= groups()


def test_a_word_with_two_meanings_keeps_both() -> None:
    both = substances_in("2g china white", "Opioids / Other")
    assert [(one.substance, one.is_ambiguous, one.others) for one in both] == [
        ("fentanyl", True, ("heroin",)),
        ("heroin", True, ("fentanyl",)),
    ]
    settled = substances_in("china white heroin", "Opioids")
    assert {(one.substance, one.is_ambiguous) for one in settled} == {("heroin", False)}


@pytest.mark.parametrize(
    ("title", "category", "substances"),
    [
        ("snow boots", None, []), ("5 gram snow", "Drugs / Stimulants", ["cocaine"]),
        ("uncut snow 5 gram", None, ["cocaine"]),
        ("ice cream recipe", "Guides / Other", []), ("ice 3.5", "Drugs / Stimulants", ["methamphetamine"]),
        ("ice 3.5", "Drugs / Cannabis", []), ("high speed proxy", "Security / VPN", []),
        ("speed 10g", "Drugs", ["amphetamine"]),
        ("gold bars", "Jewels & Gold", []), ("white bars 2mg", "Benzos / Pills", ["alprazolam"]),
        ("dob ssn", "Fraud / Personal Information", []), ("dob 2mg", "Psychedelics / DOx", ["dox"]),
    ],
)  # fmt: skip
def test_a_word_of_everyday_language_counts_only_with_a_reason(
    title: str, category: str | None, substances: list[str]
) -> None:
    assert named(title, category) == substances


def test_the_reason_is_told() -> None:
    bases = [
        one.basis
        for title, category in (
            ("mdma", None),
            ("snow", "Stimulants"),
            ("uncut snow", None),
            ("lsd on blotters", "Psychedelics"),
        )
        for one in substances_in(title, category)
    ]
    assert bases == [Basis.WORD, Basis.CATEGORY, Basis.NEAR, Basis.WORD, Basis.TITLE]


@pytest.mark.parametrize(
    ("title", "is_sold_as"),
    [
        ("M30 blues", True), ("pressed oxycodone 30mg", True), ("adderall style 30mg", True),
        ("replica xanax bars", True),
        ("a215", True), ("oxycodone 30mg", False), ("xanax by the maker", False), ("pressed mdma", False),
    ],
)  # fmt: skip
def test_a_copied_pill_is_sold_as_something_and_its_content_is_unknown(title: str, is_sold_as: bool) -> None:
    assert {one.is_sold_as for one in substances_in(title, "Opioids / Pills")} == {is_sold_as}


@pytest.mark.parametrize(
    ("title", "substance", "group"),
    [
        ("qorvafentanyl", "fentanyl analogue", LETHAL_OPIOID),
        ("qorvanitazene", "nitazene analogue", LETHAL_OPIOID),
        ("qorvazolam", "benzodiazepine analogue", "benzodiazepine analogue"),
    ],
)  # fmt: skip
def test_a_relative_without_an_entry_is_known_by_its_end(title: str, substance: str, group: str) -> None:
    (one,) = substances_in(title)
    assert (one.substance, one.group, one.kind) == (substance, group, Kind.ENDING)


@pytest.mark.parametrize(
    ("title", "category", "goods"),
    [
        ("Passport scans", None, ["documents"]), ("fullz with cvv", None, ["payment cards", "payment cards"]),
        ("pill press", None, ["equipment"]), ("glock 17", "Weapons / Pistols", ["weapons"]),
        ("20 euro notes", None, ["counterfeit money"]), ("crypter and keylogger", None, ["software", "software"]),
        ("lifetime premium", "Fraud / Accounts & Bank Drops", ["accounts", "accounts"]),
        ("knife", None, []), ("knife", "Weapons / Hand Weapons", ["weapons"]), ("mdma cookbook", None, ["guides"]),
        ("3g mdma", "Drugs / Ecstasy", []),
    ],
)  # fmt: skip
def test_other_goods_have_kinds_of_their_own(title: str, category: str | None, goods: list[str]) -> None:
    assert [one.goods for one in goods_in(title, category)] == goods


@given(st.text(max_size=120), st.none() | st.text(max_size=20))
def test_no_text_makes_it_fail_and_every_span_holds_its_word(text: str, category: str | None) -> None:
    for one in (*substances_in(text, category), *goods_in(text, category)):
        assert text[one.start : one.end] == one.word


WORDS = st.sampled_from(["finest", "dutch", "stealth", "shipping", "domestic", "trusted", "vendor", "amazing"])


@given(
    st.lists(WORDS, min_size=6, max_size=12),
    st.lists(WORDS, min_size=6, max_size=12),
    st.sampled_from(["mdma", "m30", "fent"]),
)
def test_masking_a_title_elsewhere_changes_no_reading(before: list[str], after: list[str], word: str) -> None:
    title = " ".join([*before, word, *after])
    masked = re.sub(r"\w+", lambda match: match[0] if match[0] == word else "·" * len(match[0]), title)
    assert substances_in(title) == substances_in(masked)
    assert len(substances_in(title)) == 1


def test_longer_names_go_before_shorter_ones_and_joints_are_kept() -> None:
    names = Names({"ab-cd": 1, "ab": 2, "cd ef gh": 3})
    text = "ab cd ef gh abcd abc-d"
    assert [(hit.meaning, hit.first, hit.last) for hit in names.find(text, atoms_of(text))] == [(1, 0, 1), (1, 4, 4)]
