"""What links to one person come to: confirmable, candidate evidence, or misleading and why. People decide, not this.

The rule. Confirmable is a person to whom two kinds of evidence lead that do not come from one source, one of them
strong, one about running the account and not only about money or parcels, and one of them more than what a customer
showed or typed; without a pattern that is known to mislead, and without evidence against it; and only for the days of
which the dated evidence speaks. Everything else is candidate evidence, or misleading and why.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Final

from crossbearing.identification.evidence import Evidence, Row
from crossbearing.identification.kinds import Facet, Kind, Strength
from crossbearing.identification.linking import Link, links_in, overlap
from crossbearing.identification.persons import Persons, Sighting, persons_of
from crossbearing.presentation.text import plural

RULE: Final = (
    "two kinds, two sources, one strong, one of running, one not on paper, for the days it speaks of; version 2"
)
_WORDS: Final = {
    "borrowed address": "Only a return address names this person, and anybody may write any.",
    "courier": "All evidence is about parcels: a courier or a drop looks the same.",
    "helper": "Nothing shows that this person ran the account: a helper who cashes out and posts looks the same.",
    "papers": "All evidence rests on what a customer showed: a mule, or bought papers, look the same.",
    "serves several": "The same customer stands behind accounts that nobody joined: a mule, a drop or an exchanger "
    "looks the same.",
    "copied key": "The key on the device is shown by accounts that nobody joined, and no log-in of this one was on it: "
    "an impostor shows the key of another.",
    "two customers": "Two answers about one identifier name different persons.",
    "another device": "Another person's device has the key or the log-in of the account: several hands, a sale, or the "
    "wrong person.",
    "seized before": "The device was seized before the account began.",
}
_DEVICE: Final = frozenset({Kind.DEVICE_KEY, Kind.DEVICE_LOGIN})


class Status(StrEnum):
    """What software says of a person; the best first."""

    CONFIRMABLE = "confirmable"
    CANDIDATE = "candidate evidence"
    MISLEADING = "misleading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A reason against taking somebody for the person: a pattern that misleads, or evidence against it.

    Attributes:
        code: Short name that does not change.
        words: The same as a sentence.
        places: Rows that it rests on.
    """

    code: str
    words: str
    places: tuple[str, ...] = ()
    exhibit_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One person of one subject.

    Attributes:
        missing: What the rule asks for and the evidence does not have, in sentences.
        patterns: What is known to mislead.
        counter: Evidence against it; it has the same standing as the links.
        since, until: First and last day of which dated evidence speaks; empty if none of it has a day. Of other days
            it says nothing: an account that was sold without a trace looks like one that was not.
        in_use_since, in_use_until: First and last day of the accounts on record; empty if not known.
        other_subjects: Operators or accounts to which this person is linked too.
        namesakes: Persons of the same name whom no rule joined to this one.
        places: The rows that name the person, the first to come in first.
    """

    person_id: str
    status: Status
    links: tuple[Link, ...]
    missing: tuple[str, ...]
    patterns: tuple[Remark, ...]
    counter: tuple[Remark, ...]
    since: str
    until: str
    in_use_since: str
    in_use_until: str
    other_subjects: tuple[str, ...]
    namesakes: tuple[str, ...]
    places: tuple[str, ...]


def proposals_in(evidence: Evidence) -> dict[str, list[Proposal]]:
    """The persons of every subject that evidence leads to, the best first; subjects without any are left out."""
    links = links_in(evidence)
    sightings = {one.sighting.place: one.sighting for one in links}
    sightings |= {one.place: one for one in _further_sightings(evidence)}
    persons = persons_of(sightings.values())
    by_pair: defaultdict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        pair = evidence.accounts[link.account_id].subject, persons.person_of[link.sighting.place]
        by_pair[pair].append(link)
    found: defaultdict[str, list[Proposal]] = defaultdict(list)
    weighing = _Weighing(evidence, persons, by_pair)
    for subject, person in by_pair:
        found[subject].append(weighing.proposal(subject, person))
    order = list(Status)
    return {
        subject: sorted(several, key=lambda one: (order.index(one.status), -len(_counted(one.links)), one.person_id))
        for subject, several in sorted(found.items())
    }


def _further_sightings(evidence: Evidence) -> Iterator[Sighting]:
    """Rows that lead to no account by themselves: imports, travel, and statements against."""
    for table, rows in (("person_sighting", evidence.consignees), ("person_statement", evidence.statements)):
        yield from (one for row in rows if (one := evidence.sighting(table, row)) is not None)


def _counted(links: Sequence[Link]) -> set[Kind]:
    return {link.kind for link in links if link.counts}


class _Weighing:
    """The persons of all subjects, seen together."""

    def __init__(self, evidence: Evidence, persons: Persons, by_pair: Mapping[tuple[str, str], Sequence[Link]]) -> None:
        self.evidence, self.persons, self.by_pair = evidence, persons, by_pair
        self.subjects: defaultdict[str, set[str]] = defaultdict(set)
        self.on_account: defaultdict[str, list[tuple[str, Link]]] = defaultdict(list)
        self.answers: defaultdict[str, list[tuple[str, Link]]] = defaultdict(list)
        for (subject, person), links in by_pair.items():
            self.subjects[person].add(subject)
            for link in links:
                self.on_account[link.account_id].append((person, link))
                self.answers[link.asked].append((person, link))
        self.said: defaultdict[str, list[Row]] = defaultdict(list)
        for row in evidence.statements:
            if row["place"] in persons.person_of:
                self.said[persons.person_of[row["place"]]].append(row)

    def proposal(self, subject: str, person: str) -> Proposal:
        links = (*self.by_pair[subject, person], *self._beside(subject, person))
        missing, patterns = _missing(links), tuple(self._patterns(person, links))
        counter = tuple(dict.fromkeys(self._counter(person, links)))
        status = Status.CANDIDATE
        if patterns:
            status = Status.MISLEADING
        elif not missing and not counter:
            status = Status.CONFIRMABLE
        dated = [link for link in links if _is_dated(link)]
        accounts = [self.evidence.accounts[name] for name in sorted({link.account_id for link in links})]
        return Proposal(
            person_id=person, status=status, links=links, missing=missing, patterns=patterns, counter=counter,
            since=min((link.since for link in dated), default=""),
            until=max((link.until for link in dated), default=""),
            in_use_since=min((one.begins for one in accounts if one.begins), default=""),
            in_use_until=max((one.ends for one in accounts if one.ends), default=""),
            other_subjects=tuple(sorted(self.subjects[person] - {subject})),
            namesakes=self.persons.namesakes.get(person, ()), places=self.persons.places[person],
        )  # fmt: skip

    def _beside(self, subject: str, person: str) -> Iterator[Link]:
        """Imports and travel of a person whom other evidence names: they bear it out, and prove nothing."""
        first = self.by_pair[subject, person][0]
        plain = replace(first, kind=Kind.TRAVEL, strength=Strength.CORROBORATING, doubts=(), asked="")
        consigned = [("person_sighting", row, str(row["stated_at"] or "")[:10]) for row in self.evidence.consignees]
        travelled = [("person_statement", row, str(row["since"] or "")[:10]) for row in self.said[person]
                     if row["kind"] == "travel"]  # fmt: skip
        for table, row, day in (*consigned, *travelled):
            if self.persons.person_of.get(row["place"]) == person and (one := self.evidence.sighting(table, row)):
                yield replace(plain, sighting=one, since=day, until=day, places=(one.place,),
                              exhibit_ids=frozenset({one.exhibit_id}))  # fmt: skip

    def _patterns(self, person: str, links: Sequence[Link]) -> Iterator[Remark]:
        counted = [link for link in links if link.counts]
        kinds, on_paper = {link.kind for link in counted}, all(link.is_paper for link in counted)
        if {link.kind for link in links} == {Kind.LABEL}:
            yield _remark("borrowed address", links)
        if len(kinds) > 1 and {link.facet for link in counted} == {Facet.POSTING}:
            yield _remark("courier", counted)
        elif len(kinds) > 1 and on_paper:
            yield _remark("papers", counted)
        elif len(kinds) > 1 and not any(link.facet is Facet.RUNNING for link in counted):
            yield _remark("helper", counted)
        if counted and on_paper and len(self._served(person)) > 1:
            yield _remark("serves several", counted)
        copied = [link for link in links if link.kind is Kind.DEVICE_KEY and link.doubts]
        if copied and not any(link.kind in _DEVICE and not link.doubts for link in links):
            yield _remark("copied key", copied)
        for account_id in sorted({link.account_id for link in counted}):
            for change in self.evidence.changes_of(account_id):
                between = f" between {change.old_until} and {change.new_from}" if change.old_until else ""
                words = f"The account may have changed hands{between}: say for which time the evidence holds."
                yield Remark(code="changed hands", words=words, places=change.places,
                             exhibit_ids=frozenset(change.exhibit_ids))  # fmt: skip

    def _served(self, person: str) -> set[str]:
        """Subjects to which evidence on paper leads from this person."""
        return {
            subject
            for subject in self.subjects[person]
            if any(link.counts and link.is_paper for link in self.by_pair[subject, person])
        }

    def _counter(self, person: str, links: Sequence[Link]) -> Iterator[Remark]:
        for link in links:
            yield from self._rivals(person, link)
            if link.kind in _DEVICE:
                yield from self._at_odds_with_seizure(link)
        accounts = sorted({link.account_id for link in links})
        for row in self.said[person]:
            if row["kind"] == "held":
                yield from self._while_held(row, accounts)
            if row["kind"] == "contradicts":
                account = self.evidence.account_of(row)
                if account is not None and account.account_id in accounts:
                    words = "A statement says that this person did not run the account."
                    yield Remark(code="contradicted", words=words, places=(row["place"],),
                                 exhibit_ids=frozenset({row["exhibit_id"]}))  # fmt: skip

    def _rivals(self, person: str, link: Link) -> Iterator[Remark]:
        """What names somebody else for the same thing; a row with the same name and no day of birth may be the same."""
        span, same = (link.since, link.until), {person, *self.persons.namesakes.get(person, ())}
        answers = [one for who, one in self.answers[link.asked] if who not in same] if link.asked else []
        if others := [one for one in answers if overlap(span, (one.since, one.until))]:
            yield _remark("two customers", others)
        others = [one for who, one in self.on_account[link.account_id] if who not in same and one.kind in _DEVICE]
        if others := [one for one in others if one.counts]:
            yield _remark("another device", others)

    def _at_odds_with_seizure(self, link: Link) -> Iterator[Remark]:
        account, days = self.evidence.accounts[link.account_id], self.evidence.activity.get(link.account_id, ())
        if link.until and account.begins > link.until:
            yield _remark("seized before", [link])
        after = [(day, place) for day, place in days if link.until and day > link.until]
        if after:
            words = (
                f"The account wrote on {plural(len(after), 'day')} after the device was seized, first on {after[0][0]}."
            )
            yield Remark(code="goes on", words=words, places=(after[0][1],),
                         exhibit_ids=frozenset({after[0][1].split("|")[0]}))  # fmt: skip

    def _while_held(self, row: Row, accounts: Sequence[str]) -> Iterator[Remark]:
        since, until = str(row["since"] or "")[:10], str(row["until"] or "")[:10]
        within = sorted(
            (day, place)
            for account_id in accounts
            for day, place in self.evidence.activity.get(account_id, ())
            if since and until and since < day < until
        )
        if within:
            days = plural(len({day for day, _ in within}), "day")
            words = (
                f"The account wrote on {days} while this person was held or could not have, first on {within[0][0]}."
            )
            yield Remark(code="active while held", words=words, places=(row["place"], within[0][1]),
                         exhibit_ids=frozenset({row["exhibit_id"], within[0][1].split("|")[0]}))  # fmt: skip


def _missing(links: Sequence[Link]) -> tuple[str, ...]:
    """What the rule asks for beyond these links."""
    counted = [link for link in links if link.counts]
    said = []
    if not any(one.kind is not two.kind and one.sighting.root != two.sighting.root
               for one, two in combinations(counted, 2)):  # fmt: skip
        said.append("a second kind of evidence from another source")
    if not any(link.strength is Strength.STRONG for link in counted):
        said.append("one strong kind of evidence")
    if all(link.is_paper for link in counted):
        said.append("evidence that does not rest on what a customer showed or typed")
    if not any(_is_dated(link) for link in counted):
        said.append("evidence that says of which days it speaks")
    return tuple(said)


def _is_dated(link: Link) -> bool:
    return bool(link.counts and link.since and link.until)


def _remark(code: str, links: Sequence[Link]) -> Remark:
    places = tuple(dict.fromkeys(place for link in links for place in link.places))
    return Remark(code=code, words=_WORDS[code], places=places,
                  exhibit_ids=frozenset(name for link in links for name in link.exhibit_ids))  # fmt: skip
