"""Who receives a subject: the rule, a person, a partner that disputes, and what nothing routes."""

import json
import re
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import made_operation
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.errors import BadRequest, MissingTable, NotFound
from crossbearing.domain.judgement import Answer, PairKind, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.domain.routing import Routing, standing_in
from crossbearing.interfaces.cli import main
from crossbearing.resolution import review
from crossbearing.store.operation import open_operation
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.erase import erase_person
from crossbearing.workflows.route_subject import Open, list_open, route_subject
from crossbearing.workflows.show_status import show_status
from small_market import MARKET, OTHER, ROWS, SELLER, small_market
from small_package import me, put_in

WIDE = "wideseller"
WIDE_ID = "u-wide-1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sellers that name the Netherlands, Germany, and no country at all."""
    home = tmp_path_factory.mktemp("routing")
    day = "2021-03-01 10:00:00"
    rows: dict[str, list[Sequence[object]]] = {
        **ROWS,
        "users": [*ROWS["users"], (WIDE_ID, WIDE, day, None, day)],
        "vendors": [*ROWS["vendors"], (WIDE_ID, 1, "plain goods")],
        "products": [*ROWS["products"], ("p-3", "Haze seeds 5g", "good", "c-1", WIDE_ID, day)],
        "physical_products": [*ROWS["physical_products"], ("p-3", "all", None, "Worldwide")],
        "offers": [*ROWS["offers"], ("o-3", "p-3", "9.00")],
    }
    folder = made_operation(home / "operation")
    put_in(folder, small_market(home / "kestrel.sql", rows), MARKET)
    bring_up_to_date(folder, me(), Silent())
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def packages(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Subjects by country and handle, as their packages show them."""
    bring_up_to_date(folder, me(), Silent())
    built = build_packages(folder, me(), Silent())
    found = {one.country: json.loads(one.data.read_text(encoding="utf-8")) for one in built}
    return {country: {one["accounts"][0]["handle"]: one for one in said["subjects"]} for country, said in found.items()}


def waiting(folder: Path) -> list[Open]:
    bring_up_to_date(folder, me(), Silent())
    return list_open(folder, me())


def account(folder: Path, handle: str) -> str:
    for subjects in packages(folder).values():
        if handle in subjects:
            return str(subjects[handle]["subject_id"])
    return next(one.subject for one in waiting(folder) if one.handles == (f"{handle} on {MARKET}",))


def routed(folder: Path, subject: str, country: str, routing: Routing = Routing.SENT, person: str = "analyst") -> None:
    by = "NL police" if routing is Routing.DISPUTED else ""
    route_subject(folder, me(person), subject, country, routing=routing, reason="as stated", by=by)


def test_what_no_rule_routes_waits_in_the_queue_with_the_reason(own: Path) -> None:
    (one,) = waiting(own)
    assert (one.handles, one.what, one.country) == ((f"{WIDE} on {MARKET}",), "unroutable", "")
    assert one.why == "no origin of its 1 advert names one country"
    assert show_status(own, me()).unroutable == 1


def test_a_person_sends_a_subject_with_a_reason_that_stands_in_every_package_that_gets_it(own: Path) -> None:
    subject = waiting(own)[0].subject
    routed(own, subject, "NL")
    routed(own, subject, "PL", person="second")
    found = packages(own)
    assert waiting(own) == []
    for country, by in (("NL", "analyst"), ("PL", "second")):
        route = found[country][WIDE]["route"]
        assert (route["rule"], route["by"], route["reason"]) == ("person", by, "as stated")
        assert route["also_sent_to"] == sorted({"NL", "PL"} - {country})
    page = (own / "packages" / "PL-001" / "package.html").read_text(encoding="utf-8")
    assert re.search(r"Sent here by <bdi[^>]*>second</bdi>", page)
    assert "Their own adverts say" not in page


def test_a_person_keeps_a_subject_from_a_country_and_takes_it_back(own: Path) -> None:
    subject = account(own, SELLER)
    routed(own, subject, "NL", Routing.KEPT_AWAY)
    assert "NL" not in packages(own)
    (found,) = [one for one in waiting(own) if one.subject == subject]
    assert found.why.startswith("a person kept it from Netherlands")
    with pytest.raises(NotFound, match="Nothing that second said"):
        routed(own, subject, "NL", Routing.WITHDRAWN, person="second")
    routed(own, subject, "NL", Routing.WITHDRAWN)
    assert packages(own)["NL"][SELLER]["route"]["rule"] == "main origin"


def test_a_dispute_stays_open_in_queue_and_package_until_a_person_decides(own: Path) -> None:
    subject = account(own, SELLER)
    routed(own, subject, "NL", Routing.DISPUTED)
    (found,) = [one for one in waiting(own) if one.subject == subject]
    assert (found.what, found.country) == ("disputed", "NL")
    assert "NL police says it is not theirs" in found.why
    route = packages(own)["NL"][SELLER]["route"]
    assert (route["rule"], route["disputed_by"]) == ("main origin", "NL police")
    routed(own, subject, "NL", person="second")
    assert subject not in {one.subject for one in waiting(own)}
    route = packages(own)["NL"][SELLER]["route"]
    assert (route["disputed_by"], route["by"], route["rule"]) == (None, "second", "main origin")


def test_only_what_is_routed_there_is_disputed_or_kept_away(own: Path) -> None:
    subject = account(own, SELLER)
    for routing in (Routing.DISPUTED, Routing.KEPT_AWAY):
        with pytest.raises(NotFound, match="is not routed to DE"):
            routed(own, subject, "DE", routing)
    with pytest.raises(NotFound, match="Nothing that analyst said"):
        routed(own, subject, "NL", Routing.WITHDRAWN)


@pytest.mark.parametrize(
    ("country", "routing", "reason", "by", "says"),
    [
        ("XX", Routing.SENT, "x", "", "'XX' is no country"),
        ("Netherlands", Routing.SENT, "x", "", "'Netherlands' is no country"),
        ("NL", Routing.SENT, " ", "", "needs a reason"),
        ("NL", Routing.DISPUTED, "x", "", "names the partner"),
        ("NL", Routing.SENT, "x", "NL police", "names the partner"),
    ],
)
def test_a_bad_route_is_refused_in_words(
    made: Path, country: str, routing: Routing, reason: str, by: str, says: str
) -> None:
    with pytest.raises(BadRequest, match=says):
        route_subject(made, me(), "A-1", country, routing=routing, reason=reason, by=by)


def test_the_guide_to_routing_runs_as_it_is_written(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "how-to" / "route-and-compare.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^\$ crossbearing (.+)$", guide)
    routes = [line for line in lines if line.startswith("package route")]
    assert [line.split(" --")[1].split()[0] for line in routes] == ["reason", "disputed-by", "away", "withdraw"]
    subject, after = waiting(own)[0].subject, []
    packages(own)
    for line in routes:
        words = [{"nightjar": str(own), "A-4132339f618e": subject}.get(word, word) for word in shlex.split(line)]
        assert main(words) == 0
        after.append({WIDE} & packages(own).get("NL", {}).keys())
    assert after == [{WIDE}, {WIDE}, set(), {WIDE}]
    others = [line for line in lines if line not in routes]
    assert len(others) == 4
    for line in others:
        assert main([str(own) if word == "nightjar" else word for word in shlex.split(line)]) == 0
    assert "disputed" in capsys.readouterr().out


def test_nobody_else_than_a_seller_on_record_is_routed(made: Path) -> None:
    with pytest.raises(NotFound, match="no seller's account 'A-nobody'"):
        routed(made, "A-nobody", "NL")


def test_an_empty_operation_has_no_queue_and_says_what_to_do(local_operation: Path) -> None:
    with pytest.raises(MissingTable, match="not up to date"):
        list_open(local_operation, me())
    bring_up_to_date(local_operation, me(), Silent())
    assert list_open(local_operation, me()) == []
    assert main(["package", "queue", str(local_operation)]) == 0


def joined(folder: Path, left: str, right: str, person: str = "analyst") -> None:
    """One person judges two accounts one operator."""
    left, right = sorted((left, right))
    same = Answer(
        kind=PairKind.ACCOUNT, left=left, right=right, person=person, verdict=Verdict.SAME, reason="one shop",
        is_blind=person == "other",
    )  # fmt: skip
    with open_operation(folder, me(person)) as operation:
        minted = Act(kind=ActKind.OPERATOR_MINTED, subject="O-0001", payload={"anchor": left})
        said = Act(kind=ActKind.PAIR_JUDGED, subject="P-1", payload=same.payload)
        operation.ledger.record(me(person), said, minted)
    bring_up_to_date(folder, me(), Silent())


def test_what_was_said_follows_the_account_into_an_operator_that_it_is_joined_to(own: Path) -> None:
    subject, other = account(own, SELLER), account(own, OTHER)
    routed(own, subject, "FR")
    joined(own, subject, other)
    for country in ("NL", "DE", "FR"):
        (one,) = packages(own)[country].values()
        assert one["subject_id"] == "O-0001"
        assert one["route"]["also_sent_to"] == sorted({"NL", "DE", "FR"} - {country})
    said = route_subject(own, me(), other, "FR", routing=Routing.KEPT_AWAY, reason="no")
    assert {one.account_id for one in said} == {subject, other}
    assert "FR" not in packages(own)


def test_an_operator_that_a_person_is_to_judge_blind_shows_as_its_accounts_in_the_queue(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "is_in_blind_share", lambda _: True)
    subject, wide = account(own, SELLER), waiting(own)[0].subject
    joined(own, subject, wide, person="other")
    routed(own, "O-0001", "NL", Routing.DISPUTED, person="other")
    bring_up_to_date(own, me(), Silent())
    assert [one.subject for one in list_open(own, me("other"))] == ["O-0001"]
    seen = list_open(own, me())
    assert {one.subject for one in seen} == {subject, wide}
    assert {one.points for one in seen} == {None}
    with pytest.raises(NotFound, match="O-0001"):
        routed(own, "O-0001", "NL")


def entry(position: int, routing: Routing, person: str = "a", account_id: str = "A-1", country: str = "NL") -> Entry:
    payload = {"subject": account_id, "country": country, "routing": str(routing), "by": "", "reason": "x"}
    return Entry(
        position=position, kind=ActKind.SUBJECT_ROUTED, subject=account_id, at="2026-01-01T00:00:00Z", person=person,
        authority="", purpose="", case="", version=1, payload=payload,
    )  # fmt: skip


def test_a_withdrawal_takes_back_the_newest_word_of_the_same_person_only() -> None:
    said = [entry(1, Routing.SENT), entry(2, Routing.KEPT_AWAY, "b"), entry(3, Routing.WITHDRAWN)]
    (one,) = standing_in(said)
    assert one.decision is not None
    assert (one.decision.routing, one.decision.person) == (Routing.KEPT_AWAY, "b")
    assert standing_in([*said, entry(4, Routing.WITHDRAWN, "b")]) == []
    assert standing_in([*said, entry(4, Routing.WITHDRAWN, "b"), entry(5, Routing.WITHDRAWN, "b")]) == []


def test_a_decision_answers_the_disputes_before_it_and_not_those_after_it() -> None:
    (one,) = standing_in([entry(1, Routing.DISPUTED), entry(2, Routing.SENT)])
    assert one.dispute is None
    (one,) = standing_in([entry(1, Routing.SENT), entry(2, Routing.DISPUTED)])
    assert one.dispute is not None
    assert one.decision is not None
    assert one.position == 2


def test_erasing_an_account_takes_what_was_said_of_it_and_leaves_that_of_others(own: Path, own_keys: None) -> None:
    subject, other = account(own, SELLER), account(own, OTHER)
    route_subject(own, me(), other, "FR", routing=Routing.SENT, reason=f"works with {SELLER}")
    routed(own, subject, "FR")
    erase_person(own, me(), Silent(), market=MARKET, account=SELLER, reason="order 9")
    with open_operation(own, me()) as operation:
        said = operation.ledger.entries(ActKind.SUBJECT_ROUTED)
        everything = operation.ledger.entries()
    assert [one.subject for one in said] == [other]
    assert any(one.is_erased and one.kind is ActKind.SUBJECT_ROUTED for one in everything)
    assert set(packages(own)["FR"]) == {OTHER}
