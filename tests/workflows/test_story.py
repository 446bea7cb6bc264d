"""The story from evidence to figures, on simulated evidence: what must hold at each station."""

import csv
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from conftest import SEED, fixed_context, reported, taken_in
from crossbearing.domain.errors import BadRequest, MissingTable, NotAuthorised, NotFound, UnreadableSource
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.labels import HANDLING
from crossbearing.domain.progress import Silent
from crossbearing.packages import gather
from crossbearing.store.operation import open_operation
from crossbearing.store.session import session
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, list_packages, show_package
from crossbearing.workflows.evaluate_against_truth import evaluate_against_truth
from crossbearing.workflows.judge_pairs import consult_pair, judge, list_operators, list_pairs
from crossbearing.workflows.list_outcomes import list_outcomes
from crossbearing.workflows.show_evidence import list_evidence, show_bytes, show_evidence, verify_evidence
from crossbearing.workflows.show_log import show_log, verify_log
from crossbearing.workflows.show_results import show_results, write_results_page
from crossbearing.workflows.show_status import show_status
from crossbearing.workflows.simulate_operation import simulate_operation
from made_once import made_anew


@pytest.fixture
def copy(story: Path, tmp_path: Path) -> Path:
    """A copy of the taken-in operation that a test may change."""
    return Path(shutil.copytree(story, tmp_path / "copy"))


@pytest.fixture(scope="module")
def packages(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which every proposal was accepted and packages were built."""
    folder = tmp_path_factory.mktemp("built") / "operation"
    shutil.copytree(story, folder)
    for pair in list_pairs(folder, fixed_context(), PairKind.ACCOUNT, tier="proposal"):
        judge(folder, fixed_context(), PairKind.ACCOUNT, pair["pair_id"], Verdict.SAME, reason="same key")
    bring_up_to_date(folder, fixed_context(), Silent())
    build_packages(folder, fixed_context(), Silent())
    return folder


@pytest.fixture(scope="module")
def without_truth(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the story is, taken in with one thread and without the truth beside the evidence."""
    home = tmp_path_factory.mktemp("without")
    shutil.copytree(simulated, home / "simulated", ignore=shutil.ignore_patterns("truth"))
    with made_anew():
        return taken_in(home / "operation", home / "simulated", threads=1)


def files(folder: Path, *kinds: str) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for kind in kinds
        for path in (folder / kind).rglob("*")
        if path.is_file() and path.suffix in {".parquet", ".json", ".html", ""}
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(simulated: Path, tmp_path: Path) -> None:
    simulate_operation(tmp_path / "again", Silent(), size="tiny", seed=SEED)
    simulate_operation(tmp_path / "other", Silent(), size="tiny", seed=SEED + 1)

    def hashes(folder: Path) -> dict[str, str]:
        return {
            str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in folder.rglob("*")
            if p.is_file()
        }

    assert hashes(tmp_path / "again") == hashes(simulated)
    assert hashes(tmp_path / "other")["evidence/kestrel.sql"] != hashes(simulated)["evidence/kestrel.sql"]


def test_two_runs_give_the_same_files_with_one_thread_and_with_two(story: Path, without_truth: Path) -> None:
    found = files(without_truth, "records", "originals")
    assert found == files(story, "records", "originals")

    def derived(folder: Path) -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / "derived").glob("*.parquet")}

    assert derived(without_truth) == derived(story)
    assert len(derived(story)) >= 18


def test_rows_in_are_rows_out_and_rows_refused_for_every_part(story: Path) -> None:
    for exhibit in list_evidence(story, fixed_context()):
        for part in exhibit.parts:
            assert part.rows_in == part.rows_out + part.rows_refused, part
            if part.bytes_read is None:
                assert part.rows_in == 0
                continue
            assert 0 < part.bytes_in_rows + part.bytes_refused <= part.bytes_read
            assert part.part.endswith(".gz") or part.bytes_read == part.size_bytes
        view = show_evidence(story, fixed_context(), exhibit.exhibit_id)
        assert sum(r["source_rows"] for r in view.refusals) == sum(p.rows_refused for p in exhibit.parts)
        assert all(r["reason"] for r in view.refusals)


def test_every_record_leads_to_the_bytes_of_its_row(story: Path) -> None:
    """A sale's bytes hold its server id, whatever else is in the file."""
    with open_operation(story, fixed_context()) as operation, reading(operation) as engine:
        rows = engine.rows("SELECT * FROM sale ORDER BY sale_server_id LIMIT 40")
    for row in rows:
        found = show_bytes(
            story, fixed_context(), row["exhibit_id"], offset=row["byte_offset"], length=row["byte_length"]
        )
        assert row["sale_server_id"] in found
        assert found.startswith("(")
        assert found.endswith(")")


def test_looking_at_bytes_is_an_act_in_the_log(copy: Path) -> None:
    exhibit = list_evidence(copy, fixed_context())[0]
    show_bytes(copy, fixed_context("curious"), exhibit.exhibit_id, offset=0, length=10)
    (entry,) = show_log(copy, fixed_context(), last=1)
    assert (entry.person, entry.kind, entry.subject) == ("curious", "original_opened", exhibit.exhibit_id)


def test_looking_at_a_pair_is_an_act_in_the_log(copy: Path) -> None:
    pair = list_pairs(copy, fixed_context(), PairKind.ACCOUNT)[0]["pair_id"]
    assert consult_pair(copy, fixed_context("curious"), PairKind.ACCOUNT, pair)["reasons_for"]
    (entry,) = show_log(copy, fixed_context(), last=1)
    assert (entry.person, entry.kind, entry.subject) == ("curious", "consulted", pair)


def test_delivery_addresses_and_message_bodies_are_in_no_open_table(story: Path) -> None:
    with open_operation(story, fixed_context()) as operation, reading(operation) as engine:
        for table in ("sale", "message", "account_sighting", "feedback"):
            text = json.dumps(engine.rows(f"SELECT * FROM {table}"), default=str)
            assert "BEGIN PGP MESSAGE" not in text
            assert "$2y$10$" not in text


def test_the_truth_is_never_needed_and_never_read(without_truth: Path) -> None:
    """With the truth folder gone everything up to the results still runs."""
    build_packages(without_truth, fixed_context(), Silent())
    show_results(without_truth, fixed_context())
    with pytest.raises(UnreadableSource):
        evaluate_against_truth(without_truth, fixed_context(), without_truth.parent / "simulated" / "truth")


def test_proposals_rest_on_an_own_identity_and_nothing_joins_by_itself(story: Path) -> None:
    for pair in list_pairs(story, fixed_context(), PairKind.ACCOUNT):
        owned = any(reason.startswith(("both show key", "both show contact")) for reason in pair["reasons_for"])
        assert (pair["tier"] == "proposal") <= owned
        assert (pair["tier"] == "proposal") <= (pair["probability"] >= 0.99)
        assert pair["places"], "a reason without rows"
    assert list_operators(story, fixed_context()).operators == {}


def test_bars_add_up_to_the_score_of_every_pair_and_each_has_its_rows(story: Path) -> None:
    with (
        open_operation(story, fixed_context()) as operation,
        reading(operation, "pair_evidence", "account_pair") as engine,
    ):
        wrong = engine.rows(
            "SELECT pair_id FROM account_pair JOIN pair_evidence USING (pair_id) GROUP BY pair_id, log_odds, prior "
            "HAVING prior + sum(log_lr) <> log_odds OR NOT bool_and(len(pair_evidence.places) > 0)"
        )
        assert engine.one("SELECT count(*) AS pairs FROM account_pair")["pairs"] > 0
    assert wrong == []


def test_a_staff_key_joins_nobody(story: Path) -> None:
    with (
        open_operation(story, fixed_context()) as operation,
        reading(operation, "account_identity", "account", "account_key", "pair_met") as engine,
    ):
        shared = engine.one(
            "SELECT fingerprint, list(DISTINCT account_id) AS accounts FROM account_key WHERE fingerprint IN "
            "(SELECT fingerprint FROM account_key JOIN account USING (account_id) WHERE role = 'staff') "
            "GROUP BY fingerprint"
        )
        assert len(shared["accounts"]) > 1
        marked = engine.rows("SELECT is_desk_key FROM account_identity WHERE identity = ?", [shared["fingerprint"]])
        assert marked
        assert all(row["is_desk_key"] for row in marked)
        met = engine.rows(
            "SELECT candidate_rules FROM pair_met WHERE list_contains(?, left_id) AND list_contains(?, right_id)",
            [shared["accounts"], shared["accounts"]],
        )
        assert not [row for row in met if "key" in row["candidate_rules"]]


def test_a_judgement_joins_and_its_withdrawal_leaves_no_trace_in_the_view(copy: Path, anew: None) -> None:
    context = fixed_context()
    one, other = list_pairs(copy, context, PairKind.ACCOUNT, tier="proposal")[:2]
    before = files(copy, "derived")
    judge(copy, context, PairKind.ACCOUNT, other["pair_id"], Verdict.SAME, reason="keys")
    judged = judge(copy, context, PairKind.ACCOUNT, one["pair_id"], Verdict.SAME, reason="keys")
    assert judged.minted == ("O-0002",)
    assert judged.operators["O-0002"] == tuple(sorted((one["left_id"], one["right_id"])))
    withdrawn = judge(copy, context, PairKind.ACCOUNT, one["pair_id"], Verdict.WITHDRAWN, reason="mistake")
    assert list(withdrawn.operators) == ["O-0001"]
    judge(copy, context, PairKind.ACCOUNT, other["pair_id"], Verdict.WITHDRAWN, reason="mistake")
    bring_up_to_date(copy, context, Silent())
    after = files(copy, "derived")
    parquet = {name: sha for name, sha in after.items() if name.endswith(".parquet")}
    assert parquet == {name: sha for name, sha in before.items() if name.endswith(".parquet")}


def test_an_operator_keeps_its_id_when_it_is_judged_again(copy: Path) -> None:
    context = fixed_context()
    pair = list_pairs(copy, context, PairKind.ACCOUNT, tier="proposal")[0]["pair_id"]
    for verdict in (Verdict.SAME, Verdict.WITHDRAWN, Verdict.SAME):
        judged = judge(copy, context, PairKind.ACCOUNT, pair, verdict, reason="x")
    assert list(judged.operators) == ["O-0001"]
    assert judged.minted == ()


def test_a_contradiction_is_shown_and_joins_nothing(copy: Path) -> None:
    context = fixed_context()
    pair = list_pairs(copy, context, PairKind.ACCOUNT, tier="proposal")[0]
    judge(copy, context, PairKind.ACCOUNT, pair["pair_id"], Verdict.SAME, reason="x")
    judged = judge(copy, context, PairKind.ACCOUNT, pair["pair_id"], Verdict.DIFFERENT, reason="changed my mind")
    assert judged.operators == {}


def test_judgements_without_reason_or_object_are_refused(story: Path) -> None:
    pair = list_pairs(story, fixed_context(), PairKind.ACCOUNT)[0]["pair_id"]
    for pair_id, verdict, reason, error in (
        (pair, Verdict.SAME, " ", BadRequest),
        (pair, Verdict.WITHDRAWN, "x", BadRequest),
        ("P-nothing", Verdict.SAME, "x", NotFound),
    ):
        with pytest.raises(error):
            judge(story, fixed_context(), PairKind.ACCOUNT, pair_id, verdict, reason=reason)


def test_rank_points_are_the_sum_of_their_parts_and_decide_the_order(story: Path) -> None:
    with open_operation(story, fixed_context()) as operation, reading(operation, "target") as engine:
        targets = engine.rows("SELECT * FROM target ORDER BY rank_place")
    parts = ("lethality_points", "volume_points", "recency_points", "reach_points")
    for target in targets:
        assert target["rank_points"] == sum(target[part] for part in parts)
    assert [t["rank_points"] for t in targets] == sorted((t["rank_points"] for t in targets), reverse=True)
    assert len({t["rank_points"] for t in targets}) > 3, "the simulation tells subjects apart"


def test_every_subject_is_routed_or_said_to_be_unroutable(story: Path) -> None:
    with open_operation(story, fixed_context()) as operation, reading(operation, "target", "target_route") as engine:
        targets = {row["subject_id"] for row in engine.rows("SELECT subject_id FROM target")}
        routes = engine.rows("SELECT subject_id, country, route_rule FROM target_route")
    assert {row["subject_id"] for row in routes} == targets
    assert all((row["country"] is None) == (row["route_rule"] == "unroutable") for row in routes)
    assert any(row["country"] is None for row in routes), "the simulation has sellers without a readable origin"


def documents(folder: Path) -> list[Mapping[str, Any]]:
    return [show_package(folder, fixed_context(), p["package_id"]) for p in list_packages(folder, fixed_context())]


def test_every_figure_of_a_package_has_its_rows(packages: Path) -> None:
    """Numbers point at an entry, entries at rows, rows at registered exhibits."""
    exhibits = {exhibit.exhibit_id for exhibit in list_evidence(packages, fixed_context())}
    for document in documents(packages):
        numbers = {figure["number"] for figure in document["figures"]}
        assert numbers == set(range(1, len(numbers) + 1))
        pointed = {int(n) for n in re.findall(r'"figure": (\d+)', json.dumps(document))}
        assert pointed == numbers
        for figure in document["figures"]:
            assert figure["source_rows"] == len(figure["rows"]) > 0, figure["says"]
            assert {row.split("|")[0] for row in figure["rows"]} <= exhibits


def test_order_figures_equal_a_slow_count_over_the_dump_itself(packages: Path, simulated: Path) -> None:
    """The oracle reads both servers' SQL with patterns of its own and counts orders per seller."""
    dump = (simulated / "evidence" / "kestrel.sql").read_text(encoding="utf-8")
    names = dict(re.findall(r"\('([0-9a-f-]{36})','([^']+)','\$2y", dump))
    tail = r",\d+,(?:NULL|'[^']*'),([0-9.]+),'[a-z]+','(?:btc|xmr)'"
    orders = re.findall(r"\('[0-9a-f-]{36}','[0-9a-f-]{36}','[0-9a-f-]{36}','([0-9a-f-]{36})'" + tail, dump)
    counted = Counter(("Kestrel", names[vendor]) for vendor, _ in orders)
    second = (simulated / "evidence" / "osprey.sql").read_text(encoding="utf-8")
    rows = {
        name: [line.split("\t") for line in body.splitlines()]
        for name, body in re.findall(r"(?ms)^COPY public\.(\w+) .*? FROM stdin;\n(.*?)^\\\.$", second)
    }
    logins, sellers = {row[0]: row[1] for row in rows["member"]}, {row[0]: row[1] for row in rows["good"]}
    counted.update(("Osprey", logins[sellers[row[1]]]) for row in rows["deal"])
    checked = 0
    for document in documents(packages):
        for subject in document["subjects"]:
            expected = sum(counted[account["market"], account["handle"]] for account in subject["accounts"])
            shown = subject["orders"]["value"]
            assert (int(shown.replace("\u2009", "")) if shown else 0) == expected
            checked += expected
    assert checked > 400


class Links(HTMLParser):
    """Anchors and targets of a page, and whatever would make it load something."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if values.get("id"):
            self.ids.add(str(values["id"]))
        if tag == "a":
            self.links.append(str(values.get("href")))
        if tag in {"script", "iframe", "img", "link", "object", "form"} or "src" in values:
            self.loads.append(tag)


def test_a_page_opens_without_a_network_and_every_link_leads_somewhere(packages: Path) -> None:
    for page in (packages / "packages").rglob("package.html"):
        text = page.read_text(encoding="utf-8")
        found = Links()
        found.feed(text)
        assert not found.loads
        assert all(link.startswith("#") and link[1:] in found.ids for link in found.links)
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_a_package_carries_the_strictest_label_of_its_sources(packages: Path) -> None:
    labels = {e.exhibit_id: e.label for e in list_evidence(packages, fixed_context())}
    order = ("H0", "H1", "H2", "H3", "unknown")
    for document in documents(packages):
        used = {entry["exhibit_id"] for entry in document["provenance"]}
        assert document["handling"]["code"] == max((labels[e].handling for e in used), key=order.index)
        assert document["is_simulated"] is True


def test_the_facts_of_a_package_do_not_depend_on_the_order_of_the_rows_in_the_tables(packages: Path) -> None:
    """One handle with one key on two markets is a tie; what breaks it must be in the query."""
    with open_operation(packages, fixed_context()) as operation, reading(operation, *gather.TABLES) as engine:
        countries = gather.countries(engine)
        facts = {country: gather.subjects_of(engine, country) for country in countries}
        tables = {table: engine.arrow(f"SELECT * FROM {table}") for table in (*gather.TABLES, *gather.RECORDS)}
    for order in (1, -1):
        with session(threads=1) as other:
            for table, rows in tables.items():
                other.table(table, rows.take(list(range(rows.num_rows))[::order]))
            assert {country: gather.subjects_of(other, country) for country in countries} == facts


def test_every_exhibit_that_a_row_is_shown_of_is_listed_and_counts_for_the_label(packages: Path) -> None:
    """Rates and accounts of others too: their rows stand behind figures."""
    for path in sorted((packages / "packages").glob("*/package.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        listed = {one["exhibit_id"]: one for one in document["provenance"]}
        assert {row.partition("|")[0] for figure in document["figures"] for row in figure["rows"]} <= listed.keys()
        strictest = max((one["handling"] for one in listed.values()), key=HANDLING.index)
        assert document["handling"]["code"] == strictest


def test_no_page_grows_by_more_than_a_two_hundredth_of_five_megabytes_for_each_subject(packages: Path) -> None:
    """Two hundred subjects fit; benchmarks/packages/sizes.py measures the full size."""
    for path in sorted((packages / "packages").glob("*/package.json")):
        subjects = len(json.loads(path.read_text(encoding="utf-8"))["subjects"])
        assert path.with_name("package.html").stat().st_size < 200_000 + 24_000 * subjects, path.parent.name


@pytest.mark.usefixtures("anew")
def test_an_unchanged_package_keeps_its_version_and_its_bytes(packages: Path) -> None:
    before = files(packages, "packages")
    later = fixed_context()
    later = type(later)(person="somebody else", clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    built = build_packages(packages, later, Silent())
    assert not any(one.is_new for one in built)
    assert files(packages, "packages") == before


def test_a_changed_package_supersedes_the_last_version(packages: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(packages, tmp_path / "copy"))
    pair = list_pairs(folder, fixed_context(), PairKind.ACCOUNT, tier="proposal")[0]["pair_id"]
    judge(folder, fixed_context(), PairKind.ACCOUNT, pair, Verdict.WITHDRAWN, reason="x")
    with pytest.raises(MissingTable):
        build_packages(folder, fixed_context(), Silent())
    bring_up_to_date(folder, fixed_context(), Silent())
    newer = [one for one in build_packages(folder, fixed_context(), Silent()) if one.is_new]
    assert newer
    assert {one.version for one in newer} == {2}
    assert show_package(folder, fixed_context(), newer[0].package_id)["supersedes"] == 1


def test_a_package_for_a_country_without_subjects_is_refused(packages: Path) -> None:
    with pytest.raises(BadRequest):
        build_packages(packages, fixed_context(), Silent(), only=["JP"])


def test_double_reports_are_proposed_and_count_once_when_judged_so(copy: Path, simulated: Path) -> None:
    context = fixed_context()
    lines = {line.kind: line for line in show_results(copy, context)[0].lines}
    before = lines["arrest"].total
    with (simulated / "truth" / "double_reports.csv").open(encoding="utf-8") as truth:
        true = {frozenset(row.values()) for row in csv.DictReader(truth)}
    with open_operation(copy, context) as operation, reading(operation, "outcome_event") as engine:
        refs = {row["outcome_id"]: row["report_ref"] for row in engine.rows("SELECT * FROM outcome_event")}
    pairs = list_pairs(copy, context, PairKind.OUTCOME)
    found = [p for p in pairs if frozenset((refs[p["left_id"]], refs[p["right_id"]])) in true]
    assert len(found) == len(true)
    judge(copy, context, PairKind.OUTCOME, found[0]["pair_id"], Verdict.SAME, reason="one arrest")
    bring_up_to_date(copy, context, Silent())
    result = show_results(copy, context)[0]
    after = next(line for line in result.lines if line.kind == "arrest")
    assert after.total == before - 1
    assert after.sum_of_parts == after.total
    judge(copy, context, PairKind.OUTCOME, found[0]["pair_id"], Verdict.WITHDRAWN, reason="two arrests")
    bring_up_to_date(copy, context, Silent())
    again = next(line for line in show_results(copy, context)[0].lines if line.kind == "arrest")
    assert again.total == before


def test_both_views_of_an_event_add_to_one_total(story: Path) -> None:
    """An arrest abroad moves between countries, never in or out of the sum of events."""
    credit = show_results(story, fixed_context())[0]
    place = show_results(story, fixed_context(), by_place=True)[0]
    for one, other in zip(credit.lines, place.lines, strict=True):
        counted = [sum((p.counted for p in line.countries), Decimal(0)) for line in (one, other)]
        assert counted[0] == counted[1]


def test_currencies_stay_apart_and_converted_money_names_every_rate(story: Path, simulated: Path) -> None:
    reported = set()
    for path in (simulated / "evidence").glob("outcomes-*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            reported |= {row["unit"] for row in csv.DictReader(lines) if row["item"] == "cash"}
    assert len(reported) > 3
    result = show_results(story, fixed_context(), currency="EUR")[0]
    units = {line.unit for line in result.lines if line.item == "cash"}
    assert units == reported
    for money in result.money:
        assert money.rate is not None
        assert money.rate_on is not None
        assert (money.on - money.rate_on).days in range(8)
    assert result.money_total == sum(money.value for money in result.money)
    assert result.money_left == 0
    with pytest.raises(BadRequest):
        show_results(story, fixed_context(), currency="XXX")


def test_the_unspecified_part_is_shown(story: Path, tmp_path: Path) -> None:
    result = show_results(story, fixed_context())[0]
    drugs = next(line for line in result.lines if line.item == "drugs")
    (french,) = [part for part in drugs.countries if part.country == "FR"]
    assert french.total == 48
    assert french.unspecified == 48 - french.counted > 0
    # Of two totals of one country the one that fits its events is used, and the other is said.
    assert any("differ for US" in problem and "900" in problem for problem in drugs.problems)
    assert drugs.kind_unspecified == drugs.total - sum(amount for _, amount in drugs.kinds)
    page = write_results_page([result], tmp_path / "results.html").read_text(encoding="utf-8")
    assert 'class="open"' in page
    assert "hatched: not specified" in page


def test_evaluation_finds_every_account_and_counts_as_the_truth_does(packages: Path, simulated: Path) -> None:
    found = evaluate_against_truth(packages, fixed_context(), simulated / "truth")
    with (simulated / "truth" / "accounts.csv").open(encoding="utf-8", newline="") as lines:
        truth = list(csv.DictReader(lines))
    hands = {(r["market"], r["handle"]): {r["operator"], *filter(None, [r["also_run_by"]])} for r in truth}
    # Nothing reads the second market's dump yet, and an account of the third that no visit saw stands nowhere.
    with open_operation(packages, fixed_context()) as operation, reading(operation, "account") as engine:
        sellers = engine.rows("SELECT market, handle FROM account WHERE role = 'seller'")
    known = [hands[row["market"], row["handle"]] for row in sellers]
    assert found.condition == "simulation"
    assert (found.accounts, found.accounts_in_truth) == (len(known), len(truth))
    assert found.true_pairs == sum(bool(one & other) for one, other in combinations(known, 2))
    scores = {score.name: score for score in found.scores}
    pairs = list_pairs(packages, fixed_context(), PairKind.ACCOUNT)
    for name, tiers in (
        ("proposals", {"proposal"}),
        ("imitation hypotheses", {"imitation"}),
        ("leads", {"lead"}),
        ("candidates (all)", {"proposal", "imitation", "lead"}),
    ):
        chosen = [pair for pair in pairs if pair["tier"] in tiers]
        sides = [[hands[pair[f"{s}_market"], pair[f"{s}_handle"]] for s in ("left", "right")] for pair in chosen]
        assert scores[name].precision.trials == len(chosen)
        assert scores[name].precision.hits == scores[name].recall.hits == sum(bool(one & other) for one, other in sides)


def test_status_says_what_is_stale_and_what_waits(copy: Path) -> None:
    status = show_status(copy, fixed_context())
    assert status.stale == ()
    proposals = list_pairs(copy, fixed_context(), PairKind.ACCOUNT, tier="proposal")
    assert status.open_proposals == len(proposals) > 1
    with open_operation(copy, fixed_context()) as operation, reading(operation, "target_route") as engine:
        assert status.unroutable == len(engine.rows("SELECT * FROM target_route WHERE country IS NULL")) > 0
    pair = list_pairs(copy, fixed_context(), PairKind.ACCOUNT, tier="proposal")[0]["pair_id"]
    judge(copy, fixed_context(), PairKind.ACCOUNT, pair, Verdict.SAME, reason="x")
    after = show_status(copy, fixed_context())
    assert "operator_member" in after.stale
    assert after.open_proposals is None


def test_a_flipped_bit_in_an_original_or_a_record_is_found(copy: Path) -> None:
    assert all(check.is_whole for check in verify_evidence(copy, fixed_context(), Silent()))
    for path in (next((copy / "originals").rglob("??/*")), next((copy / "records").rglob("*.parquet"))):
        path.chmod(0o644)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))
    broken = [check for check in verify_evidence(copy, fixed_context(), Silent()) if not check.is_whole]
    assert len(broken) == 2


def test_the_log_holds_together_after_the_whole_story(packages: Path) -> None:
    report = verify_log(packages, fixed_context())
    assert report.findings == ()
    assert report.size > 20


def test_a_corrected_report_counts_and_the_earlier_one_does_not(local_operation: Path) -> None:
    """Whatever the hashes of the files are: the one added later stands."""
    row = "X,R-1,event,seizure,2022-01-01,,NL,NL,Desk,cash,,{},EUR,,,"
    for number, amount in enumerate((100, 400, 200, 300)):
        reported(local_operation, f"report{number}.csv", row.format(amount))
        (line,) = show_results(local_operation, fixed_context())[0].lines
        assert line.total == amount


def test_alike_events_under_one_reference_all_count(local_operation: Path) -> None:
    row = "X,R-1,event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,"
    reported(local_operation, "report.csv", row, row)
    (line,) = show_results(local_operation, fixed_context())[0].lines
    assert line.total == 2
    assert line.check == "sum of events; no total was stated"


def test_a_total_for_no_known_country_is_left_out_and_said(local_operation: Path) -> None:
    event = "X,R-1,event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,"
    total = "X,R-2,total,arrest,,2022-02-01,,Atlantis,Desk,persons,,9,persons,,,"
    reported(local_operation, "report.csv", event, total)
    (line,) = show_results(local_operation, fixed_context())[0].lines
    assert line.total == 1
    assert "Atlantis" in line.problems[0]


def test_parts_that_exceed_the_stated_total_are_said(local_operation: Path) -> None:
    event = "X,R-{0},event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,"
    total = "X,R-T,total,arrest,,2022-02-01,,,Desk,persons,,1,persons,,,"
    reported(local_operation, "report.csv", event.format(1), event.format(2), total)
    (line,) = show_results(local_operation, fixed_context())[0].lines
    assert (line.total, line.check) == (2, "does not add up")


def test_stale_tables_are_never_read(copy: Path, simulated: Path) -> None:
    pair = list_pairs(copy, fixed_context(), PairKind.OUTCOME)[0]["pair_id"]
    judge(copy, fixed_context(), PairKind.OUTCOME, pair, Verdict.SAME, reason="x")
    for read in (show_results, list_outcomes):
        with pytest.raises(MissingTable, match="not up to date"):
            read(copy, fixed_context())


def test_an_authority_that_is_not_registered_is_refused_for_any_act(copy: Path) -> None:
    pair = list_pairs(copy, fixed_context(), PairKind.ACCOUNT)[0]["pair_id"]
    context = replace(fixed_context(), authority="NO-SUCH")
    with pytest.raises(NotAuthorised):
        judge(copy, context, PairKind.ACCOUNT, pair, Verdict.SAME, reason="x")


@pytest.mark.parametrize("wrong", [{"market": "KESTREL"}, {"clock": "noon"}])
def test_a_market_has_one_spelling_and_a_clock_is_an_offset(copy: Path, simulated: Path, wrong: dict[str, str]) -> None:
    given = {"market": "Kestrel", "path": simulated / "evidence" / "plover-listings.csv", **wrong}
    submission = Submission(authority="SIM-2022-004", **given)
    with pytest.raises(BadRequest):
        add_evidence(copy, fixed_context(), [submission], Silent())
