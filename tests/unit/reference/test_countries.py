"""Origins: one country has its code; a region, several places, no place and what cannot be read are told apart."""

import pytest
from babel import Locale

from crossbearing.reference.countries import OriginKind, country_of, origin_kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"),
        ("  the   Netherlands ", "NL"),
        ("USA!", "US"),
        ("u.s.a.", "US"),
        ("(Poland)", "PL"),
        ("UK / United Kingdom", "GB"),
        ("United Kingdom (UK)", "GB"),
        ("u.s. / usa", "US"),
        ("Trinidad & Tobago", "TT"),
        ("Bosnia and Herzegovina", "BA"),
        ("C\u00f4te d'Ivoire", "CI"),
        ("Hong Kong", "HK"),
    ],
)
def test_one_country_is_known_however_it_is_written(text: str, code: str) -> None:
    assert (country_of(text), origin_kind(text)) == (code, OriginKind.COUNTRY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("EU", OriginKind.REGION),
        ("European Union", OriginKind.REGION),
        ("Europe (EU)", OriginKind.REGION),
        ("Worldwide", OriginKind.REGION),
        ("World", OriginKind.REGION),
        ("Skandinavien", OriginKind.NOT_READ),
        ("Germany / NL", OriginKind.SEVERAL),
        ("Norway or Sweden", OriginKind.SEVERAL),
        ("Germany, EU", OriginKind.SEVERAL),
        ("Germany, Heronland", OriginKind.NOT_READ),
        ("not Germany", OriginKind.NOT_READ),
        ("Hong", OriginKind.NOT_READ),
        ("Undeclared", OriginKind.NO_PLACE),
        ("undeclared ;)", OriginKind.NO_PLACE),
        ("Internet", OriginKind.NO_PLACE),
        ("", OriginKind.NO_PLACE),
        (None, OriginKind.NO_PLACE),
    ],
)
def test_what_is_not_one_country_has_no_code_and_says_what_it_is(text: str | None, kind: OriginKind) -> None:
    assert (country_of(text), origin_kind(text)) == (None, kind)


@pytest.mark.parametrize("language", ["en", "de", "fr", "nl", "es", "pt", "pl"])
def test_every_country_is_known_by_its_own_name_whatever_stands_in_it(language: str) -> None:
    """Names with commas, brackets and "and" are names, not lists."""
    for code in ("DE", "BA", "AG", "CD", "CG", "TT", "ST", "HK", "MO", "GB", "US", "MM"):
        name = Locale(language).territories[code]
        assert country_of(name) == code, name
        assert country_of(f" {name.upper()} ") == code, name
