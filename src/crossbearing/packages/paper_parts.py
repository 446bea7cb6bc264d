"""Parts of a document that paper shows as the page does: heading, dangers, persons, money, requests, uses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from crossbearing.presentation.blocks import Block, heading, lines, table, text
from crossbearing.presentation.text import seized
from crossbearing.presentation.words import Run, Words

_LEADS, _REQUESTS, _IDENTIFIERS = 12, 8, 4  # shown of each; package.json has all
_NOWHERE: Final = "\u2013"
Part = Mapping[str, Any]


def facts(p: Part, w: Words) -> Iterator[tuple[list[Run], list[Run]]]:
    """Lines of page one: for what, how urgent, whether evidence, whom to ask."""
    head = p["heading"]
    yield w.runs_of("fact.purpose"), [*w.runs(head["offence"]), Run(" "), *w.runs(head["purpose"])]
    urgent = [Run(w.plain("fact.urgent"), "strong")] if head["urgency"] == "urgent" else w.runs_of("fact.routine")
    yield w.runs_of("fact.urgency"), [*urgent, Run(": "), *w.runs(head["urgency_why"])]
    yield w.runs_of("fact.evidence"), [*w.runs(p["uses_in_short"]), Run(" "), *w.runs(p["withheld"])]
    day = w.runs(head["review_on"]) if "known" in head["review_on"] else w.day(head["review_on"])
    yield w.runs_of("fact.ask"), w.runs_of("fact.ask_text", contact=w.runs(head["contact"]), day=day)


def risks(p: Part, w: Words) -> Iterator[Block]:
    """What to be careful of."""
    yield heading(2, w.runs_of("head.risks"))
    rows = [[w.term_runs("danger", one["what"]), _state(one["state"], w), w.runs(one["text"])] for one in p["risks"]]
    yield table(_heads(w, "danger", "in_adverts", "what_to_do"), rows, (2, 1, 5))


def sent(one: Part, w: Words) -> Iterator[Block]:
    """Who sent a subject here by hand, and which partner disputes it."""
    route = one["route"]
    if route["by"]:
        said = {"person": seized(route["by"]), "reason": seized(route["reason"], limit=400)}
        yield text(w.runs_of("text.sent_by", day=w.day(route["on"]), **said))
    if route["disputed_by"]:
        said = {"agency": seized(route["disputed_by"]), "reason": seized(route["dispute_reason"], limit=400)}
        yield text(w.runs_of("text.disputed", **said))


def persons(one: Part, originator: str, w: Words) -> Iterator[Block]:
    """Who was judged, by number."""
    yield heading(3, w.runs_of("head.persons"))
    if not one["persons"]:
        yield text(w.runs_of("text.persons_none"))
        return
    columns = ("person", "state", "category", "rests_on", "for_time", "judged", "review")
    yield table(_heads(w, *columns), [_person(each, w) for each in one["persons"]], (0, 2, 2, 2, 2, 3, 0))
    yield text(w.runs_of("text.persons_note", originator=originator), "small")


def _person(one: Part, w: Words) -> list[Sequence[Run]]:
    categories = _joined([w.term_runs("category", each) for each in one["categories"]])
    period = w.runs_of("text.period", first=one["since"] or _NOWHERE, last=one["until"] or _NOWHERE)
    judges = ", ".join(one["judged_by"])
    return [[Run(one["person_id"], "id")], w.runs(one["state"]), categories or w.runs(None),
            w.term_runs("nature", one["nature"]), period, [Run(f"{seized(judges)}, {one['judged_on']}")],
            [Run(one["review_on"])]]  # fmt: skip


def supply(one: Part, w: Words) -> Iterator[Block]:
    """Overdose leads on a subject's sales."""
    leads = one["supply"]["leads"]
    yield text(w.runs(one["supply"]["text"]))
    if leads:
        rows = [[[Run(each["reference"], "id")], _account(each, w), w.term_runs("grade", each["grade"])]
                for each in leads[:_LEADS]]  # fmt: skip
        yield table(_heads(w, "reference", "account", "supply"), rows, (1, 3, 1))
    yield from _first_of(_LEADS, len(leads), w)


def money(one: Part, w: Words) -> Iterator[Block]:
    """Payments and charges that servers noted, and what was not looked at."""
    noted = [
        [*w.runs(each["value"]), Run(" "), *w.runs(each["text"]), Run(str(each["figure"]), "note")]
        for each in one["money"]["noted"]
    ]
    yield heading(3, w.runs_of("head.money"))
    yield lines([*(noted or [w.runs_of("text.money_none")]), w.runs(one["money"]["not_traced"])])


def requests(one: Part, originator: str, w: Words) -> Iterator[Block]:
    """Whom to ask for what, the first to expire first."""
    found = one["requests"]
    yield heading(3, w.runs_of("head.requests"))
    if not found:
        yield text(w.runs_of("text.requests_none"))
        return
    rows = [_request(each, originator, w) for each in found[:_REQUESTS]]
    yield table(_heads(w, "gone_from", "ask", "about", "they_hold"), rows, (2, 3, 4, 5))
    yield from _first_of(_REQUESTS, len(found), w)
    yield text(w.runs_of("text.requests_note"), "small")


def _request(one: Part, originator: str, w: Words) -> list[Sequence[Run]]:
    known = one["identifiers"]
    about = _joined([_seized(each) for each in known[:_IDENTIFIERS]])
    if one["held_by_owner"]:
        about = w.runs_of("text.purchases", n=one["held_by_owner"], originator=originator)
    elif len(known) > _IDENTIFIERS:
        about = w.runs_of("text.more", values=about, n=len(known) - _IDENTIFIERS)
    held = w.runs_of("text.holds", holds=w.runs(one["holds"]), n=one["days"], after=w.runs(one["after"]))
    return [[Run(one["gone_on"])] if one["gone_on"] else w.runs(None), w.runs(one["to"]), about, held]


def shown(one: Part, w: Words) -> Iterator[list[Sequence[Run]]]:
    """Rows of contacts and wallets for the table of identifiers."""
    for each in one["shown"]:
        stood = w.runs_of("text.shown_by", network=_seized(each["network"], 30), account=_seized(each["account"]))
        if each["other_accounts"]:
            stood += [Run("; "), *w.runs_of("text.shown_by_others", n=each["other_accounts"])]
        seen = [*w.runs(each["seen"]["value"]), Run(str(each["seen"]["figure"]), "note")]
        yield [w.term_runs("shown", each["kind"]), _seized(each["value"]), stood,
               w.runs_of("text.places", n=each["seen"]["value"], value=seen)]  # fmt: skip


def deconfliction(p: Part, w: Words) -> list[Run]:
    """Whether it was run."""
    return [Run(w.plain("text.deconfliction"), "strong"), Run(" "), *w.runs(p["deconfliction"]["text"])]


def uses(p: Part, w: Words) -> Iterator[Block]:
    """What each exhibit may be used for."""
    yield heading(2, w.runs_of("head.uses"))
    yield table(
        _heads(w, "exhibit", "handling", "now", "in_court", "grades"), [_use(one, w) for one in p["uses"]],
        (0, 2, 3, 3, 2), caption=w.runs(p["uses_in_short"]))  # fmt: skip
    yield text([*w.runs(p["withheld"]), Run(" "), *w.runs(p["buyers"])])


def _use(one: Part, w: Words) -> list[Sequence[Run]]:
    owner = [Run(", ".join(one["owners"]))] if one["owners"] else w.runs(None)
    owner = [*owner, Run(f"; {one['handling']}")]
    if one["restrictions"]:
        owner.append(Run(f"; {seized('; '.join(one['restrictions']), limit=200)}"))
    graded = [Run(", ".join(one["gradings"]))] if one["gradings"] else w.runs_of("text.not_graded")
    grades = [*graded, Run("; "), *w.term_runs("nature", one["nature"])]
    return [[Run(one["exhibit_id"], "id")], owner, w.runs(one["now"]), w.runs(one["as_evidence"]), grades]


def _state(state: str, w: Words) -> list[Run]:
    named = w.term_runs("danger", state)
    return [Run(run.text, "strong") for run in named] if state == "named" else named


def _account(one: Part, w: Words) -> list[Run]:
    return w.runs_of("text.on_account", account=[Run(one["account_id"], "id")], market=_seized(one["market"], 60))


def _first_of(most: int, total: int, w: Words) -> Iterator[Block]:
    if total > most:
        yield text(w.runs_of("text.first_of", m=str(most), n=total), "small")


def _heads(w: Words, *names: str) -> list[list[Run]]:
    return [w.runs_of(f"column.{name}") for name in names]


def _seized(value: str | None, limit: int = 160) -> list[Run]:
    return [Run(seized(value, limit=limit), "seized")]


def _joined(parts: Sequence[Sequence[Run]]) -> list[Run]:
    return [run for part in parts for run in [*part, Run(", ")]][:-1]
