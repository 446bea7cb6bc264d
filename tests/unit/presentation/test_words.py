"""Words of seven languages: every catalogue whole, every sentence known by its form, and seized text set off."""

import re
from collections.abc import Iterable
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from crossbearing.domain.labels import CATEGORIES, HANDLING, HANDLING_MEANING, NATURE, TLP, TLP_MEANING, Label
from crossbearing.identification.letters import shipped_providers
from crossbearing.intake.exhibit_reader import UNREAD
from crossbearing.intake.profile import all_profiles
from crossbearing.packages.admissibility import AS_EVIDENCE, summed_up
from crossbearing.packages.deconfliction import deconfliction_of
from crossbearing.packages.further import supply_of
from crossbearing.packages.heading import NO_AGE, OFFENCE, PURPOSE
from crossbearing.packages.money import NOT_TRACED
from crossbearing.packages.wording import ANSWERS, BUYERS, CHANNEL, DECONFLICTION, RULES, WITHHELD
from crossbearing.presentation.text import NOT_KNOWN
from crossbearing.presentation.words import LANGUAGES, catalogue, form_of, languages_of, words
from crossbearing.reference.countries import in_sentence

ROOT = Path(__file__).parents[3] / "src" / "crossbearing"
PAGES = sorted((ROOT / "packages" / "templates").rglob("*.j2"))
OTHERS = LANGUAGES[1:]
# Sections whose keys are words of a closed list, looked up by that word; sentences are known by their form.
BY_WORD = ("answer", "category", "column", "danger", "four", "grade", "handling", "nature", "part", "said", "shown",
           "tie", "tlp")  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts(entry: object) -> Iterable[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_key_and_every_placeholder_of_the_english_one(language: str) -> None:
    english, own = catalogue("en"), catalogue(language)
    assert own.keys() == english.keys()
    for key, entry in own.items():
        wanted = placeholders(next(iter(texts(english[key]))))
        assert [text for text in texts(entry) if placeholders(text) != wanted] == [], key
        assert all(text.strip() for text in texts(entry)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_with_plural_forms_has_each_that_a_whole_number_takes(language: str) -> None:
    locale = Locale(language)
    taken = {str(locale.plural_form(count)) for count in range(2_000)}
    for key, entry in catalogue(language).items():
        if not isinstance(entry, str) and "n" in placeholders(entry["other"]):
            assert taken <= entry.keys() | {"other"}, key
            assert entry.keys() <= {"one", "few", "many", "other"}, key
            if "few" in taken:
                assert "few" in entry, key


def test_no_key_is_unused_and_none_is_missing() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in [*ROOT.rglob("*.j2"), *ROOT.rglob("*.py")])
    used = set(re.findall(r'"([a-z]+\.\w+)"', source))
    keys = set(catalogue("en"))
    assert {key for key in keys - used if key.split(".")[0] not in BY_WORD} - {
        "text.agency", "text.name", "text.date"
    } == set()  # fmt: skip
    sentences = [text for key, text in catalogue("en").items() if key.startswith("said.") and isinstance(text, str)]
    assert len(sentences) == len(set(sentences)), "of two equal sentences one is never found"
    called = set(re.findall(r'\bt(?:\.plain)?\("([a-z]+\.\w+)"', source))
    assert called
    assert called <= keys


def test_a_template_of_packages_holds_no_label_of_its_own() -> None:
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for part in (r"\{#.*?#\}", r"\{\{.*?\}\}", r"\{%.*?%\}", r"<style>.*?</style>", r"<[^>]*>", r"&\w+;"):
            text = re.sub(part, " ", text, flags=re.DOTALL)
        assert set(re.findall(r"[^\W\d_]{2,}", text)) <= {"TLP", "SHA"}, path.name
        shown = re.findall(r'(?:aria-label|title|alt)="([^"{]+)"', path.read_text(encoding="utf-8"))
        assert shown == [], path.name


LABEL = {code: Label(handling=f"H{code}", tlp="AMBER", nature="fact") for code in "01"}


@pytest.mark.parametrize("sentence", [
    *RULES.values(), CHANNEL, DECONFLICTION, BUYERS, WITHHELD, PURPOSE, OFFENCE, NO_AGE, NOT_TRACED,
    *HANDLING_MEANING.values(), *AS_EVIDENCE.values(),
    *(summed_up([LABEL[one] for one in codes]) for codes in ("01", "00", "11")),
])  # fmt: skip
def test_a_fixed_sentence_of_the_document_is_known(sentence: str) -> None:
    assert form_of(sentence)
    assert words("en").said(sentence) == Markup.escape(sentence).replace("\u2009", "\u202f")
    for language in OTHERS:
        assert "<bdi" not in words(language).said(sentence)


@pytest.mark.parametrize("source", sorted({one.source for one in all_profiles()} | {UNREAD}))
def test_every_kind_of_source_has_words_in_every_language(source: str) -> None:
    for language in OTHERS:
        shown = words(language).said(f"Kestrel: {source}")
        assert source not in shown, language
        assert '<bdi lang="en">' not in shown, language


def leads(*grades: str) -> list[dict[str, str]]:
    return [{"reference": "log 1", "account_id": "A-1", "market": "Plover", "grade": one} for one in grades]


@pytest.mark.parametrize(
    "sentence",
    [
        supply_of([])["text"],
        supply_of(leads("weak"))["text"],
        supply_of(leads("weak", "strong", "strong", "fair"))["text"],
        deconfliction_of([], is_run=True)["text"],
        "1 subject with adverts that name a lethal opioid; 4 subjects with a strong overdose lead.",
        "3 subjects with adverts that name a lethal opioid.",
        "Who runs the accounts, but for 1 subject with a confirmed person, 5 subjects with a disputed person: judged "
        "by named people, and told here without who it is. Ask the originator; a candidate is not confirmed.",
        "Adverts of A-01, A-02, A-03, A-04 (+3) name one. Open no parcel and no press without protection against dust "
        "and naloxone at hand. Of 2 subjects no title is readable.",
        "No advert title names one; pressed pills and powders may hold it all the same. Of 1 subject no title is "
        "readable.",
        "5 subjects of them a person sent here; the reason stands with each. A subject is one account, or several that "
        "a person judged to be one operator; it is not a person.",
        "charges of the market: BTC\u00a00.5 in 4 entries; 1 without an amount",
        "address that servers noted to be paid for its orders: 1 entry, amount in XMR not known",
    ],
)
def test_a_sentence_with_sentences_in_it_is_known_whole(sentence: str) -> None:
    shown = Markup.escape(sentence).replace("\u2009", "\u202f")
    assert re.sub(r'<span class="nb">|</span>', "", words("en").said(sentence)) == shown
    for language in OTHERS:
        assert "<bdi" not in words(language).said(sentence), language


def test_a_sentence_of_which_one_part_is_not_known_stays_english_whole() -> None:
    assert form_of("1 subject with a strong overdose lead; something new.") is None


def test_what_every_provider_holds_and_for_how_long_is_known() -> None:
    for provider in shipped_providers():
        first = (
            f"What a {provider.kind} of post.invalid holds on A-01: {provider.holds}. It may be gone from 2021-05-03 "
            f"on, {provider.days} days after {provider.after}. {provider.note} The list on each subject's page says "
            "whom to ask, and what may be gone first."
        )
        for language in OTHERS:
            shown = words(language).said(first, limit=1_000)
            assert shown.count("<bdi") == 1, (language, provider.kind)
            assert '<bdi class="seized" lang="" dir="auto">post.invalid</bdi>' in shown


def test_every_word_of_a_closed_list_has_a_label() -> None:
    keys = catalogue("en").keys()
    for section, listed in (
        ("category", CATEGORIES), ("nature", NATURE), ("grade", ("strong", "fair", "weak")),
        ("danger", ("named", "not named", "not known", "minors")), ("shown", ("contact", "wallet")),
    ):  # fmt: skip
        assert {f"{section}.{one.replace(' ', '_')}" for one in listed} <= keys


def test_english_meanings_and_answers_are_those_of_the_domain() -> None:
    own = words("en")
    assert {code: own.plain(f"handling.{code}") for code in HANDLING} == HANDLING_MEANING
    assert {code: own.plain(f"tlp.{code}") for code in TLP} == TLP_MEANING
    assert [str(own.term("answer", one)) for one in ANSWERS] == list(ANSWERS)


# Also the very words that stand around a value, so that a sentence can be read in two ways.
AROUND = [" on ", "): ", " (its own package went to: ", "NL", "lead only: ", "x"]
SEIZED = st.one_of(
    st.text(min_size=1, max_size=60), st.lists(st.sampled_from(AROUND), min_size=1, max_size=6).map("".join)
)


@given(SEIZED, SEIZED, SEIZED)
def test_a_sentence_is_translated_with_its_values_or_stays_as_it_is(handle: str, market: str, signals: str) -> None:
    sentence = f"lead only: {handle} on {market} (its own package went to: NL): {signals}"
    known = form_of(sentence)
    if known is None:
        shown = words("de").said(sentence, limit=1_000)
        assert shown.startswith('<bdi lang="en">')
        assert "Hinweis" not in shown.replace(str(Markup.escape(handle + market + signals)), "")
    else:  # never read in another way than it was written
        assert known.values == {"handle": handle, "market": market, "countries": "NL", "signals": signals}


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_what_is_said_holds_no_markup_but_ours(text: str, language: str) -> None:
    shown = str(words(language).said(f"{text}<b>&'\""))
    assert re.sub(r'</?bdi[^<>]*>|<span class="nb">|</span>', "", shown).count("<") == 0


def test_seized_values_are_set_off_and_turn_nothing_around_them() -> None:
    shown = words("pl").said("one account on Ke\u202estrel")
    assert shown == 'jedno konto na rynku <bdi class="seized" lang="" dir="auto">Ke⟨U+202E⟩strel</bdi>'


def test_a_country_is_named_in_the_language_of_the_page() -> None:
    sentence = f"That anything was posted from {in_sentence('NL')}."
    assert words("de").said(sentence) == "Dass irgendetwas von hier aus verschickt wurde: Niederlande."
    assert words("fr").said(sentence).endswith(": Pays-Bas.")


def test_numbers_and_days_have_the_form_of_the_language() -> None:
    assert words("en").figure("EUR\u00a01\u2009204.50") == "EUR\u00a01\u2009204.50"
    assert words("de").figure("EUR\u00a01\u2009204.50") == "EUR\u00a01\u2009204,50"
    days = {language: words(language).day("2021-05-03") for language in LANGUAGES}
    assert days == {
        "en": "3 May 2021", "de": "3. Mai 2021", "fr": "3 mai 2021", "nl": "3 mei 2021", "es": "3 de mayo de 2021",
        "pt": "3 de maio de 2021", "pl": "3 maja 2021",
    }  # fmt: skip
    assert words("de").day(NOT_KNOWN) == NOT_KNOWN


@pytest.mark.parametrize(
    ("country", "languages"),
    [
        ("DE", ("en", "de")), ("CH", ("en", "de", "fr")), ("BE", ("en", "nl", "fr", "de")), ("GB", ("en",)),
        ("MX", ("en", "es")), ("BR", ("en", "pt")), ("PL", ("en", "pl")), ("CZ", ("en",)), ("ZZ", ("en",)),
    ],
)  # fmt: skip
def test_a_package_is_written_in_english_and_the_languages_of_its_country(
    country: str, languages: tuple[str, ...]
) -> None:
    assert languages_of(country) == languages


@pytest.mark.parametrize(("count", "shown"), [(1, "1 wskazówka"), (3, "3 wskazówki"), (5, "5 wskazówek")])
def test_polish_counts_take_their_own_form(count: int, shown: str) -> None:
    english = f"{count} lead{'s' if count > 1 else ''}"
    assert words("pl").said(english) == shown
