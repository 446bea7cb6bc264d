"""The document as blocks for paper: the same parts in the same order as the page, and parts it does not know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from crossbearing.packages import paper_parts, ties
from crossbearing.packages.any_part import any_part
from crossbearing.presentation import charts
from crossbearing.presentation.blocks import Block, heading, lines, table, text
from crossbearing.presentation.text import grouped, number, seized
from crossbearing.presentation.typeset import drawing
from crossbearing.presentation.words import Run, Words

_KNOWN: Final = frozenset(
    {"schema", "package_id", "version", "supersedes", "built_on", "operation", "originator", "recipient",
     "is_simulated", "software", "handling", "newest_record_on", "sources", "why", "last_active", "expires_first",
     "do_first", "unproven", "rules", "subjects", "figures", "provenance", "law", "deconfliction", "feedback",
     "heading", "risks", "uses", "uses_in_short", "withheld", "buyers"}
)  # fmt: skip
_KNOWN_OF_SUBJECT: Final = frozenset(
    {"subject_id", "kind", "status", "title", "rank_place", "rank_points", "names_lethal_opioid", "substances",
     "last_active_at", "last_seen_on", "route", "orders", "value", "accounts", "keys", "known", "proposed", "against",
     "not_known", "months", "listings", "handling", "shown", "persons", "supply", "money", "requests"}
)  # fmt: skip
_LINES: Final = (("known", "solid"), ("proposed", "dotted"), ("against", "dash-dotted"), ("not_known", "dashed"))
_ROWS_SHOWN: Final = 2  # of a note; package.json has all
_COMMAND: Final = "crossbearing evidence show OP EXHIBIT --part FILE --offset BYTE --length N"
_SIX: Final = 6  # adverts, beyond which a subject's are not all shown


class Paper:
    """Writes one document's blocks in one language.

    Args:
        document: A whole package.
        words: The language.
        age: Days from the newest record to the day of building, if known.
        values: Chart of the orders' values, if there is one.
    """

    def __init__(self, document: Mapping[str, Any], words: Words, age: int | None, values: Markup | None) -> None:
        self._p = document
        self._w = words
        self._age = age
        self._values = values

    @property
    def footer(self) -> str:
        """What stands at the foot of every page."""
        p, code = self._p, self._p["handling"]
        mark = f" · {self._w.plain('masthead.simulated_short')}" if p["is_simulated"] else ""
        return f"{p['package_id']} v{p['version']} · {code['code']} · TLP:{code['tlp']}{mark}"

    def blocks(self) -> list[Block]:
        """All blocks, in order."""
        return [
            *self._opening(),
            *self._overview(),
            *(block for place, one in enumerate(self._p["subjects"], 1) for block in self._subject(place, one)),
            *self._closing(),
            *self._notes(),
        ]

    def _label(self, key: str, **values: Any) -> list[Run]:
        return self._w.runs_of(key, **values)

    def _said(self, sentence: str | None, limit: int = 600) -> list[Run]:
        return self._w.runs(sentence, limit=limit)

    def _figure(self, figure: Mapping[str, Any]) -> list[Run]:
        if not figure["figure"]:
            return self._said(None)
        return [*self._said(figure["value"]), Run(str(figure["figure"]), "note")]

    def _opening(self) -> Iterator[Block]:
        p, w = self._p, self._w
        place = w.country(p["recipient"]["country"])
        head = self._label("masthead.package", package=f"{p['package_id']} v{p['version']}")
        if p["supersedes"]:
            head += [Run(" ("), *self._label("masthead.supersedes", version=str(p["supersedes"])), Run(")")]
        built = self._label("masthead.built", day=w.day(p["built_on"]))
        code = p["handling"]
        yield text(
            [*self._label("masthead.operation", operation=p["operation"]), Run(" · "), *head, Run(" · "), *built,
             Run(" · "), *self._label("masthead.from", originator=p["originator"]),
             Run(f" · {code['code']} · TLP:{code['tlp']}", "strong")], "small")  # fmt: skip
        if p["is_simulated"]:
            yield text(self._label("masthead.simulated"), "banner")
        yield heading(1, self._label("masthead.title", n=len(p["subjects"]), country=place))
        yield text(self._said(p["why"]["text"]), "lede")
        if w.language != "en":
            yield text(self._label("language.caution"), "small")
        yield {"kind": "facts", "pairs": list(self._facts(place))}
        yield heading(2, self._label("head.do_first"))
        yield lines([self._said(step) for step in p["do_first"]], ordered=True)
        yield heading(2, self._label("head.unproven"))
        yield lines([self._said(point) for point in p["unproven"]])
        yield from paper_parts.risks(p, w)

    def _facts(self, place: str) -> Iterator[tuple[list[Run], list[Run]]]:
        p, w = self._p, self._w
        why = self._label("fact.why_text", adverts=self._figure(p["why"]["adverts"]), country=place)
        yield self._label("fact.why", country=place), [*why, Run(" "), *self._said(p["why"]["caution"])]
        if self._age is None:
            yield self._label("fact.age"), self._label("fact.age_unknown")
        else:
            years = w.figure(f"{self._age / 365.25:.1f}")
            day = w.day(p["newest_record_on"])
            yield self._label("fact.age"), self._label("fact.age_text", day=day, n=self._age, years=years)
        active = [
            [Run(one["subject_id"], "subject"), Run(" ("), Run(seized(one["handles"], limit=120), "seized"),
             Run(f") {one['at']}")]
            for one in p["last_active"]
        ]  # fmt: skip
        clock = self._label("fact.last_active_clock" if active else "fact.last_active_unknown")
        yield self._label("fact.last_active"), [*_sentence(active), *clock]
        sources = _sentence([self._said(one) for one in p["sources"].split("; ")])
        yield self._label("fact.sources"), [*sources, *self._label("fact.accounts", n=p["why"]["accounts"])]
        yield self._label("fact.expires"), self._said(p["expires_first"])
        code = p["handling"]
        yield self._label("fact.use"), [
            *self._label("fact.use_text"), Run(f" {code['code']}: ", "strong"), *self._term("handling", code["code"]),
            Run(f" TLP:{code['tlp']}: ", "strong"), *self._term("tlp", code["tlp"]), Run(" "),
            *self._label("fact.owners", owners=", ".join(code["owners"])),
        ]  # fmt: skip
        yield from paper_parts.facts(p, w)

    def _overview(self) -> Iterator[Block]:
        subjects = self._p["subjects"]
        yield heading(2, self._label("head.check_list"), page=True)
        yield table(
            self._heads("place", "subject", "handle_market", "own_key"),
            [[[Run(str(place))], [Run(one["subject_id"], "subject")], _handles(one), self._own_keys(one)]
             for place, one in enumerate(subjects, 1)],
            (0, 0, 1, 2), right=(0,))  # fmt: skip
        yield heading(2, self._label("head.subjects"))
        yield table(
            self._heads("place", "subject", "points", "substances", "orders", "value", "last_active", "page_seen"),
            [self._row(place, one) for place, one in enumerate(subjects, 1)],
            (0, 0, 0, 3, 2, 2, 2, 2),
            right=(0, 2, 4, 5),
        )
        rules = [*self._said(self._p["rules"].get("ranking"), 2000), Run(" ")] if self._p["rules"] else []
        yield text([*rules, *self._label("text.points_note")], "small")
        if self._values:
            yield heading(3, self._label("head.values"))
            yield _chart(self._values, self._w.plain("head.values"), 85)
            yield text(self._label("text.values_note"), "small")

    def _row(self, place: int, one: Mapping[str, Any]) -> list[list[Run]]:
        kind = "strong" if one["names_lethal_opioid"] else "english"
        names = [Run(", ".join(one["substances"]), kind)] if one["substances"] else self._said(None)
        active = self._said(None) if "known" in one["last_active_at"] else [Run(one["last_active_at"][:10])]
        return [[Run(str(place))], [Run(one["subject_id"], "subject")], [Run(str(one["rank_points"]["total"]))], names,
                self._figure(one["orders"]), self._figure(one["value"]), active,
                self._said(one["last_seen_on"])]  # fmt: skip

    def _own_keys(self, one: Mapping[str, Any]) -> list[Run]:
        own = {key["fingerprint"]: key for key in one["keys"]
               if key["context"] == "own profile" and "staff" not in key["state"]}  # fmt: skip
        return [run for each in own for run in (Run(grouped(each), "id"), Run("", "break"))][:-1] or self._said(None)

    def _subject(self, place: int, one: Mapping[str, Any]) -> Iterator[Block]:
        w, total = self._w, len(self._p["subjects"])
        title = [*self._label("head.subject", n=place, m=str(total)), Run(f" · {one['subject_id']} · ")]
        yield {**heading(2, [*title, *_handles(one, market=False)], page=True), "subject": one["subject_id"]}
        points = {name: str(value) for name, value in one["rank_points"].items()}
        yield text([*self._said(one["title"]), Run(" · "), *self._said(one["status"]), Run(f" · {one['handling']} · "),
                    *self._label("text.rank", **points)], "small")  # fmt: skip
        yield text(self._here(one))
        yield from paper_parts.sent(one, w)
        yield {"kind": "four", "columns": [
            {"title": self._label(f"four.{name}"), "line": line, "items": self._column(name, one[name])}
            for name, line in _LINES
        ]}  # fmt: skip
        yield from self._ties(one)
        yield heading(3, self._label("head.identifiers"))
        yield table(self._heads("kind", "identifier", "stood", "seen"), list(self._identifiers(one)), (0, 1, 1, 0))
        originator = self._p["originator"]
        yield from paper_parts.persons(one, originator, w)
        yield from paper_parts.supply(one, w)
        yield from paper_parts.money(one, w)
        yield from paper_parts.requests(one, originator, w)
        if one["months"]:
            yield heading(3, self._label("head.months"))
            drawn = w.plain("text.months_title", subject=one["subject_id"])
            pairs = [(month["month"], month["sales"]) for month in one["months"]]
            yield _chart(charts.columns(pairs, title=drawn), drawn, 150)
            yield text(self._label("text.months_note"), "small")
        six = len(one["listings"]) == _SIX
        yield heading(3, self._label("head.adverts_six" if six else "head.adverts"))
        if one["listings"]:
            yield table(
                self._heads("advert", "market", "price", "ships_from", "advert_orders", "captured"),
                [self._listing(each) for each in one["listings"]], (6, 2, 3, 2, 2, 3), right=(2, 4))  # fmt: skip
        for name, value in one.items():
            if name not in _KNOWN_OF_SUBJECT:
                yield from any_part(name, value, 3, self._w)

    def _here(self, one: Mapping[str, Any]) -> list[Run]:
        place = self._w.country(self._p["recipient"]["country"])
        adverts, rule = self._figure(one["route"]["adverts"]), one["route"]["rule"]
        if rule == "person":
            said = self._label("text.here_person", adverts=adverts, country=place)
        else:
            said = self._label("text.here", adverts=adverts, country=place, rule=self._said(rule))
        if one["route"]["also_sent_to"]:
            said += [Run(" "), *self._label("text.also", countries=", ".join(one["route"]["also_sent_to"]))]
        said += [Run(" "), *self._label("text.orders", orders=self._figure(one["orders"])), Run(" ")]
        said += [*self._label("text.value", value=self._figure(one["value"])), Run(" ")]
        if "known" in one["last_active_at"]:
            return said + self._label("text.active_unknown", day=one["last_seen_on"])
        return said + self._label("text.active", moment=one["last_active_at"])

    def _column(self, name: str, statements: Sequence[Any]) -> list[list[Run]]:
        if not statements:
            return [
                self._label({"known": "text.only_pages", "against": "text.nothing_against"}.get(name, "text.nothing"))
            ]
        return [self._said(one) if isinstance(one, str) else self._statement(name, one) for one in statements]

    def _statement(self, name: str, one: Mapping[str, Any]) -> list[Run]:
        value = [*self._said(one["value"]), Run(" ")] if name == "known" else []
        return [*value, *self._said(one["text"]), *([Run(str(one["figure"]), "note")] if one["figure"] else [])]

    def _ties(self, one: Mapping[str, Any]) -> Iterator[Block]:
        found = ties.ties_of(one)
        if found:
            yield heading(3, self._label("head.links"))
            yield _chart(
                ties.ties_chart(one, found, self._w), self._w.plain("text.links_title", subject=one["subject_id"]), 110
            )
            yield text(self._label("text.links_note"), "small")
            yield table(
                self._heads("account", "tie_kind", "tie", "tie_state"),
                [[[Run(seized(tie.account, limit=400), "seized")], [Run(ties.label(tie, self._w))],
                  [Run(grouped(tie.other), "id") if tie.is_key else Run(seized(tie.other, limit=400), "seized")],
                  self._label(tie.how_sure)] for tie in found],
                (1, 0, 2, 0), caption=self._label("head.data"))  # fmt: skip

    def _identifiers(self, one: Mapping[str, Any]) -> Iterator[list[Sequence[Run]]]:
        for each in one["accounts"]:
            stood = self._label("text.account", market=[Run(seized(each["market"]), "seized")],
                                  account=[Run(each["account_id"], "id")])  # fmt: skip
            period = self._label("text.period", first=each["first_seen_at"][:10], last=each["last_seen_at"][:10])
            yield [self._label("text.handle"), [Run(seized(each["handle"]), "seized")], stood, period]
        for each in one["keys"]:
            stood = self._label("text.key_place", context=self._said(each["context"]),
                                  account=[Run(seized(each["account"]), "seized")],
                                  state=self._said(each["state"]))  # fmt: skip
            seen = self._label("text.rows", n=each["seen"]["value"], value=self._figure(each["seen"]))
            yield [self._label("text.key"), [Run(grouped(each["fingerprint"]), "id")], stood, seen]
        yield from paper_parts.shown(one, self._w)

    def _listing(self, one: Mapping[str, Any]) -> list[list[Run]]:
        orders = self._said(None)
        if one["sales"] is not None:
            orders = [Run(number(one["sales"]))]
        elif one["sold_counter"] is not None:
            orders = self._label("text.by_page", n=one["sold_counter"])
        title = [Run(seized(one["title"]), "seized")] if one["title"] else self._said(None)
        return [[*title, Run(str(one["seen"]["figure"]), "note")], [Run(seized(one["market"]), "seized")],
                [Run(self._w.figure(one["price"]))] if one["price"] else self._said(None),
                [Run(seized(one["ships_from"]), "seized")] if one["ships_from"] else self._said(None), orders,
                self._said(one["last_seen_on"])]  # fmt: skip

    def _closing(self) -> Iterator[Block]:
        p = self._p
        for name, value in p.items():
            if name not in _KNOWN:
                yield from any_part(name, value, 2, self._w)
        yield heading(2, self._label("head.law"), page=True)
        yield lines([self._said(line) for line in p["law"]])
        yield text(paper_parts.deconfliction(p, self._w))
        yield from paper_parts.uses(p, self._w)
        yield heading(2, self._label("head.provenance"))
        yield table(
            self._heads("exhibit", "owner", "read_as", "rows_in", "rows_read", "rows_refused", "clock"),
            [row for one in p["provenance"] for row in self._exhibit(one)], (3, 2, 2, 0, 0, 0, 0), right=(3, 4, 5),
            caption=self._label("text.provenance_note"))  # fmt: skip
        yield heading(2, self._label("head.rules"))
        rules = sorted(p["rules"].items())
        yield {"kind": "facts", "pairs": [(self._term("part", name), self._said(rule, 2000)) for name, rule in rules]}
        yield heading(2, self._label("head.answer"))
        yield text(
            self._label("text.return", originator=p["originator"], package=p["package_id"], version=str(p["version"]))
        )
        answers = [self._term("answer", one) for one in p["feedback"]]
        yield table(
            [*self._heads("subject"), *answers, *self._heads("which")],
            [[[Run(one["subject_id"], "id")], *([Run("", "box")] for _ in answers), []] for one in p["subjects"]],
            (0, *(0 for _ in answers), 1))  # fmt: skip
        line = "_" * 22
        blanks = [self._label(f"text.{name}") for name in ("agency", "name", "date")]
        yield text([run for blank in blanks for run in [*blank, Run(f" {line}   ")]], "small")

    def _exhibit(self, one: Mapping[str, Any]) -> Iterator[list[list[Run]]]:
        named = [
            Run(one["exhibit_id"], "id"),
            Run(" "),
            Run(seized(one["name"]), "seized"),
            Run(" SHA-256 "),
            Run(one["sha256"], "id"),
        ]
        owner = f"{', '.join(one['owners'])}; {one['authority']}; {one['handling']} TLP:{one['tlp']}"
        market = [Run(seized(one["market"]), "seized")] if one["market"] else [Run("\u2013")]
        counts = [[Run(number(one[name]))] for name in ("rows_in", "rows_out", "rows_refused")]
        yield [named, [Run(owner)], [*market, Run(f", {one['profile']}")], *counts, self._said(one["clock"])]
        for reason in one["refusals"]:
            said = self._label("text.refused", reason=self._w.runs(reason, limit=200))
            yield [said, [], [], [], [], [], []]

    def _notes(self) -> Iterator[Block]:
        yield heading(2, self._label("head.notes"), page=True)
        yield text(self._label("text.notes_note", command=[Run(_COMMAND, "id")]), "small")
        yield {"kind": "notes", "items": [
            {"number": str(one["number"]), "runs": self._note(one)} for one in self._p["figures"]
        ]}  # fmt: skip
        p = self._p
        made = self._label("text.made", software=p["software"], operation=p["operation"], schema=p["schema"],
                           day=self._w.runs(p["newest_record_on"]))  # fmt: skip
        yield text(made, "small")

    def _note(self, one: Mapping[str, Any]) -> list[Run]:
        said = [*_strong(self._said(one["value"])), Run(" "), *self._said(one["says"], 300), Run(". "),
                *self._said(one["how"]), Run(" "), *self._label("text.source_rows", n=one["source_rows"])]  # fmt: skip
        if not one["rows"]:
            return [*said, Run(".")]
        more = [Run(", "), *self._label("text.first_two")] if one["source_rows"] > _ROWS_SHOWN else []
        shown = [Run(f"{': ' if at == 0 else '; '}") for at in range(len(one["rows"][:_ROWS_SHOWN]))]
        rows = [
            run
            for mark, row in zip(shown, one["rows"], strict=False)
            for run in (mark, Run(seized(row, limit=300), "id"))
        ]
        return [*said, *more, *rows, Run(".")]

    def _heads(self, *names: str) -> list[list[Run]]:
        return [self._label(f"column.{name}") for name in names]

    def _term(self, section: str, word: str) -> list[Run]:
        return self._w.term_runs(section, word)


def _handles(one: Mapping[str, Any], *, market: bool = True) -> list[Run]:
    made: list[Run] = []
    for account in one["accounts"]:
        made += [Run(seized(account["handle"]), "seized")]
        made += [Run(f" {seized(account['market'], limit=60)}"), Run("", "break")] if market else [Run(", ")]
    return made[:-1]


def _sentence(parts: Sequence[Sequence[Run]]) -> list[Run]:
    """The parts one after the other, with a full stop."""
    joined = [run for part in parts for run in [*part, Run("; ")]]
    return [*joined[:-1], Run(". ")] if joined else []


def _strong(runs: Iterable[Run]) -> list[Run]:
    return [Run(run.text, run.kind or "strong") for run in runs]


def _chart(svg: str, alt: str, width: int) -> Block:
    return {"kind": "chart", "svg": drawing(svg), "alt": alt, "width": width}
