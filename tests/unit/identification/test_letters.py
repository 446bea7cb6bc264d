"""Letters to providers: what may be gone first comes first, and no letter says more than the provider needs."""

from crossbearing.identification.evidence import Evidence
from crossbearing.identification.letters import drafts_for, shipped_providers
from small_persons import KEY, MAIL, POSTAGE, TRACKING, account, bought, evidence, parcel, shown


def asked(*shown_things: tuple[str, str]) -> Evidence:
    return evidence(shown=[shown("key", KEY), *(shown(*one) for one in shown_things)], bought=[bought()],
                    parcels=[parcel()])  # fmt: skip


def test_what_may_be_gone_first_comes_first_counted_from_the_last_day_that_is_known() -> None:
    drafts = drafts_for(asked(("email", MAIL), ("wallet", "bcrt1qinvented")), "A-1", "GB-7")
    assert [(one.to, one.gone_on) for one in drafts] == [
        ("post counter", "2021-06-06"), ("carrier", "2021-08-05"), ("mail provider of post.invalid", "2022-03-01"),
        ("postage provider", "2022-05-07"), ("exchange", "2026-11-30"),
    ]  # fmt: skip


def test_what_has_no_known_day_comes_last_and_says_so() -> None:
    given = evidence(account(begins="", ends=""), shown=[shown("email", MAIL)], bought=[bought()])
    assert [one.gone_on for one in drafts_for(given, "A-1", "")] == ["2021-06-06", "2021-08-05", ""]


def test_a_letter_names_its_identifier_and_neither_account_market_key_nor_anything_of_another_letter() -> None:
    values = {MAIL, "other@box.invalid", "bcrt1qinvented", TRACKING, POSTAGE}
    given = asked(("email", MAIL), ("email", "other@box.invalid"), ("wallet", "bcrt1qinvented"))
    for one in drafts_for(given, "A-1", "GB-7"):
        for letter in (one.preservation, one.request):
            assert {value for value in values if value in letter} == set(one.identifiers)
            assert not [word for word in ("finch-1", "Kestrel", KEY, "A-1", "suspect") if word in letter]
            assert "GB-7" in letter
            assert "Software never sends it" in letter


def test_two_mailboxes_of_one_host_are_one_letter_and_of_two_hosts_two() -> None:
    given = asked(("email", MAIL), ("email", "more@post.invalid"), ("email", "other@box.invalid"))
    mail = {one.to: one.identifiers for one in drafts_for(given, "A-1", "") if one.to.startswith("mail")}
    assert mail == {
        "mail provider of post.invalid": ("more@post.invalid", MAIL),
        "mail provider of box.invalid": ("other@box.invalid",),
    }


def test_an_identifier_shown_in_two_times_or_as_two_kinds_stands_in_a_letter_once() -> None:
    two = account(), account(2, "A-1", ends="2022-01-01")
    (draft,) = drafts_for(evidence(*two, shown=[shown("email", MAIL), shown("email", MAIL, 2)]), "A-1", "")
    assert draft.identifiers == (MAIL,)
    assert draft.preservation.count(MAIL) == 1


def test_letters_are_about_the_operator_asked_for_only() -> None:
    given = evidence(account(), account(2), shown=[shown("email", MAIL, 2)], bought=[bought()])
    assert {value for one in drafts_for(given, "A-1", "") for value in one.identifiers} == {TRACKING}


def test_every_period_has_a_source_and_says_that_it_is_to_be_checked() -> None:
    for one in shipped_providers():
        assert one.days > 0
        assert len(one.source) > 10
        assert one.note.startswith("As the author knows, check locally")
