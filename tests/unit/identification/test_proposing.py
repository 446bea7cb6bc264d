"""What makes a person confirmable, what never does, and what misleads is named."""

from dataclasses import replace
from typing import Any

import pytest

from crossbearing.identification.evidence import Evidence, Handover, is_well_graded
from crossbearing.identification.kinds import NATURE, Kind, Strength
from crossbearing.identification.proposing import Status
from small_persons import (
    DANEO,
    DEPOSIT,
    KEY,
    MAIL,
    OTHER_MAIL,
    POSTAGE,
    SOMEBODY,
    TRACKING,
    account,
    bought,
    codes,
    device,
    evidence,
    exchange,
    money_path,
    only,
    parcel,
    proposed,
    record,
    row,
    shown,
    statement,
)


def sound(**changed: Any) -> Evidence:
    """A device with key and log-in, and an exchange return that a graded path leads to: one person behind both."""
    said: dict[str, Any] = {"shown": [shown("key", KEY)], "devices": [device()], "returns": [exchange()],
                            "statements": [money_path()]}  # fmt: skip
    return evidence(**{**said, **changed})


def status(given: Evidence) -> Status:
    return only(given).status


def test_two_kinds_from_two_sources_one_strong_and_one_not_on_paper_are_confirmable() -> None:
    found = only(sound())
    assert found.status is Status.CONFIRMABLE
    assert (found.missing, found.patterns, found.counter) == ((), (), ())
    assert {link.kind for link in found.links} == {Kind.DEVICE_KEY, Kind.DEVICE_LOGIN, Kind.EXCHANGE}
    assert all(link.places[-1] == link.sighting.place and link.exhibit_ids for link in found.links)


def test_a_person_is_confirmable_only_for_the_days_of_which_dated_evidence_speaks() -> None:
    found = only(sound())
    assert (found.since, found.until) == ("2021-02-01", "2021-03-01")
    assert (found.in_use_since, found.in_use_until) == ("2021-01-01", "2021-12-01")
    undated = only(sound(statements=[money_path(since="")]))
    assert undated.missing == ("evidence that says of which days it speaks",)
    assert undated.status is Status.CANDIDATE


@pytest.mark.parametrize("lost", ["devices", "returns", "statements"])
def test_with_either_kind_lost_nobody_is_confirmable(lost: str) -> None:
    found = only(sound(**{lost: []}))
    assert found.status is Status.CANDIDATE
    assert "a second kind of evidence from another source" in found.missing


def test_two_kinds_of_one_source_are_one_source() -> None:
    found = only(evidence(shown=[shown("key", KEY)], devices=[device()]))
    assert {link.kind for link in found.links} == {Kind.DEVICE_KEY, Kind.DEVICE_LOGIN}
    assert found.status is Status.CANDIDATE


def test_two_sources_without_a_strong_kind_are_not_enough() -> None:
    found = only(evidence(devices=[device(keys="[]")], statements=[statement("surveillance")]))
    assert found.missing == ("one strong kind of evidence",)
    assert found.status is Status.CANDIDATE


def test_papers_alone_mislead_however_many_and_however_strong() -> None:
    mule = evidence(shown=[shown("email", MAIL)], returns=[exchange()], statements=[money_path()],
                    records=[record("mail", MAIL)])  # fmt: skip
    found = only(mule)
    assert sum(link.strength is Strength.STRONG for link in found.links) == 2
    assert codes(found) == {"papers"}
    assert found.missing == ("evidence that does not rest on what a customer showed or typed",)
    assert found.status is Status.MISLEADING


def test_a_courier_who_pays_and_is_seen_posting_is_named_as_such() -> None:
    posting = {"bought": [bought()], "parcels": [parcel()], "records": [record("postage account", POSTAGE)],
               "statements": [statement("seen posting", identifier=TRACKING)]}  # fmt: skip
    found = only(evidence(**posting))
    assert {link.kind for link in found.links} == {Kind.POSTAGE, Kind.SEEN_POSTING}
    assert codes(found) == {"courier"}
    assert found.status is Status.MISLEADING
    both = only(evidence(**{**posting, "devices": [device()]}))
    assert both.status is Status.CONFIRMABLE
    assert (both.since, both.until) == ("2021-05-01", "2021-05-07")


def test_a_helper_who_cashes_out_and_posts_is_named_as_such_for_nothing_shows_who_ran_the_account() -> None:
    seen = statement("seen posting", identifier=TRACKING)
    for watched in (seen, statement("surveillance")):
        found = only(evidence(bought=[bought()], returns=[exchange()], statements=[money_path(), watched]))
        assert codes(found) == {"helper"}
        assert found.status is Status.MISLEADING


def test_a_return_address_is_a_borrowed_one_and_counts_for_nothing() -> None:
    label = row("sighting", role="sender", ref="PC-1", full_name="Daneo Canarykin", street="12 Alder Lane",
                town="Marrow", exhibit_id="E-parcels")  # fmt: skip
    found = only(evidence(bought=[bought()], parcels=[parcel()], senders=[label]))
    assert [(link.kind, link.strength) for link in found.links] == [(Kind.LABEL, Strength.LEAD_ONLY)]
    assert codes(found) == {"borrowed address"}
    assert found.status is Status.MISLEADING


def test_a_label_of_another_exhibit_with_the_same_reference_is_not_of_this_parcel() -> None:
    label = row("sighting", role="sender", ref="PC-1", full_name="Daneo Canarykin", exhibit_id="E-elsewhere")
    assert not proposed(evidence(bought=[bought()], parcels=[parcel()], senders=[label]))


def test_a_key_that_others_show_misleads_unless_the_log_in_of_the_account_is_there_or_one_operator_has_both() -> None:
    both_show = [shown("key", KEY), shown("key", KEY, 2)]
    impostor = evidence(account(), account(2), shown=both_show, devices=[device()], returns=[exchange()],
                        statements=[money_path(2)])  # fmt: skip
    (copycat,) = proposed(impostor, "A-2")
    assert codes(copycat) == {"copied key"}
    assert copycat.status is Status.MISLEADING
    assert {link.kind: link.strength for link in copycat.links}[Kind.DEVICE_KEY] is Strength.CORROBORATING
    victim = only(replace(impostor, statements=[money_path(1)]), "A-1")
    assert codes(victim) == set()
    assert {link.kind: link.strength for link in victim.links}[Kind.DEVICE_KEY] is Strength.STRONG
    joined = replace(impostor, accounts={one.account_id: one for one in (account(subject="O-1"), account(2, "O-1"))})
    assert only(joined, "O-1").status is Status.CONFIRMABLE


@pytest.mark.parametrize("told", ["by its adverts", "by a statement", "by a statement that nobody graded"])
def test_an_account_that_may_have_changed_hands_is_not_confirmable_and_says_why(told: str) -> None:
    change = Handover(old_until="2021-04-01", new_from="2021-04-05", places=("E-h|p|t|1|0|1",), exhibit_ids=("E-h",))
    sold = statement("handover", {}, grade="" if "nobody" in told else "4x4:B2")
    given = sound(handovers={"A-1": change}) if "adverts" in told else sound(statements=[money_path(), sold])
    found = only(given)
    assert codes(found) == {"changed hands"}
    assert found.status is Status.MISLEADING


def test_another_persons_device_speaks_against_both_and_a_namesake_without_a_birth_does_not() -> None:
    rival = device(SOMEBODY, keys="[]", ref="DV-2")
    for found in proposed(sound(devices=[device(), rival])):
        assert codes(found) == {"another device"}
        assert found.status is Status.CANDIDATE
    nameless = device({**DANEO, "born_on": ""}, keys="[]", ref="DV-2")
    best, other = proposed(sound(devices=[device(), nameless]))
    assert best.status is Status.CONFIRMABLE
    assert best.namesakes == (other.person_id,)


def test_two_customers_for_one_address_speak_against_both_unless_each_had_it_at_another_time() -> None:
    two = sound(returns=[exchange(), exchange(SOMEBODY)])
    assert all("two customers" in codes(found) for found in proposed(two))
    mails = {"shown": [shown("key", KEY), shown("email", MAIL)], "returns": []}
    early = record("mail", MAIL, held_from="2020-01-01", held_until="2021-06-01")
    late = record("mail", MAIL, SOMEBODY, held_from="2021-06-02")
    assert not any("two customers" in codes(found) for found in proposed(sound(**mails, records=[early, late])))
    overlapping = {**late, "held_from": "2021-05-01"}
    assert all("two customers" in codes(found) for found in proposed(sound(**mails, records=[early, overlapping])))


def test_activity_while_the_person_was_held_speaks_against_and_names_its_days() -> None:
    held = statement("held", since="2021-05-01", until="2021-06-01")
    wrote = {"A-1": [("2021-04-30", "E-m|p|t|1|0|1"), ("2021-05-09", "E-m|p|t|2|0|1")]}
    found = only(sound(statements=[money_path(), held], activity=wrote))
    assert found.status is Status.CANDIDATE
    (remark,) = found.counter
    assert remark.code == "active while held"
    assert "on 1 day while" in remark.words
    assert remark.places == (held["place"], "E-m|p|t|2|0|1")
    assert only(sound(statements=[money_path(), held], activity={"A-1": wrote["A-1"][:1]})).counter == ()


def test_an_account_that_goes_on_after_the_seizure_or_began_after_it_speaks_against() -> None:
    wrote = {"A-1": [("2022-02-02", "E-m|p|t|1|0|1")]}
    assert codes(only(sound(activity=wrote))) == {"goes on"}
    assert codes(only(sound(devices=[device(seized="2020-12-31")]))) == {"seized before"}


def test_a_statement_that_somebody_did_not_run_the_account_has_the_same_standing_as_one_that_says_so() -> None:
    found = only(sound(statements=[money_path(), statement("contradicts", grade="")]))
    assert codes(found) == {"contradicted"}
    assert found.status is Status.CANDIDATE


def test_one_customer_behind_several_accounts_that_nobody_joined_is_named_as_a_mule_or_a_drop() -> None:
    given = evidence(account(), account(2), shown=[shown("email", MAIL), shown("email", OTHER_MAIL, 2)],
                     records=[record("mail", MAIL), record("mail", OTHER_MAIL)])  # fmt: skip
    found = only(given)
    assert codes(found) == {"serves several"}
    assert found.other_subjects == ("A-2",)
    joined = replace(given, accounts={one.account_id: one for one in (account(subject="O-1"), account(2, "O-1"))})
    assert codes(only(joined, "O-1")) == set()


@pytest.mark.parametrize("grade", ["", "4x4:X4", "4x4:C1", "4x4:A4", "3x5x2:2AP", "admiralty:F1", "nonsense"])
def test_what_nobody_graded_or_graded_low_stays_a_lead(grade: str) -> None:
    assert not is_well_graded(grade)
    found = only(evidence(statements=[statement("surveillance", grade=grade)]))
    assert found.links[0].strength is Strength.LEAD_ONLY
    assert "not graded" in found.links[0].doubts[0]
    assert only(sound(statements=[money_path(grade=grade)])).status is Status.CANDIDATE


def test_a_path_of_money_without_its_program_bears_out_and_proves_nothing() -> None:
    found = only(sound(statements=[money_path(tool="")]))
    assert {link.strength for link in found.links if link.kind is Kind.EXCHANGE} == {Strength.CORROBORATING}
    assert found.status is Status.CANDIDATE


def test_a_customer_who_had_it_at_another_time_is_a_lead_only() -> None:
    late = record("mail", MAIL, held_from="2022-01-01")
    found = only(evidence(shown=[shown("email", MAIL)], records=[late]))
    assert found.links[0].strength is Strength.LEAD_ONLY
    assert "at another time" in found.links[0].doubts[0]


def test_an_import_bears_out_a_person_whom_other_evidence_names_and_leads_nowhere_by_itself() -> None:
    home = {"street": "12 Alder Lane", "town": "Marrow"}
    consigned = row("sighting", role="consignee", ref="IM-1", full_name="Canarykin Daneo", **home)
    mailbox = record("mail", MAIL, {**DANEO, **home})
    stranger = row("sighting", role="consignee", ref="IM-2", full_name="Kelia Harwen", **home)
    found = only(evidence(shown=[shown("email", MAIL)], records=[mailbox], consignees=[consigned, stranger]))
    assert [link.places[-1] for link in found.links if link.kind is Kind.TRAVEL] == [consigned["place"]]
    assert {link.kind for link in found.links} == {Kind.RECOVERY_MAIL, Kind.TRAVEL}
    assert not proposed(evidence(consignees=[consigned]))


def test_an_exchange_address_that_orders_paid_names_the_seller_with_medium_strength() -> None:
    paid = {DEPOSIT: ("A-1", ("E-market|m|t|9|0|1",), ("E-market",))}
    (link,) = only(evidence(returns=[exchange()], paid=paid)).links
    assert (link.kind, link.strength) == (Kind.ORDER_PAYMENT, Strength.MEDIUM)


def test_several_hands_and_one_person_behind_several_operators_can_be_said() -> None:
    devices = [device(handles=("finch-1", "finch-2")), device(SOMEBODY, keys="[]", ref="DV-2")]
    given = sound(accounts={one.account_id: one for one in (account(), account(2))}, devices=devices)
    assert len({found.person_id for found in proposed(given)}) == 2
    assert {found.other_subjects for found in proposed(given)} == {("A-2",), ()}


def test_every_kind_has_its_number_and_says_what_can_be_wrong() -> None:
    assert set(NATURE) == set(Kind)
    for nature in NATURE.values():
        assert nature.law[1:].isdigit()
        assert len(nature.failure) > 20
