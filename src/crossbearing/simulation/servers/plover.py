"""The third market: nobody seized it; its pages were saved from outside, and read into a list by hand and script."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.destinations import destinations_in_words
from crossbearing.simulation.formats.dirt import misread
from crossbearing.simulation.formats.warc import Page, Warc
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import DAY, PLOVER
from crossbearing.simulation.population import Account, Population
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.servers.columns import dollars
from crossbearing.simulation.servers.profiles import profile
from crossbearing.simulation.trade import Advert
from crossbearing.simulation.uploads import advert_picture

_VISITS: Final = 4
_DESCRIPTION: Final = 250  # characters of an advert that a listing page shows
_COLUMNS: Final = (
    "captured_on", "listing_id", "seller", "title", "description", "category", "price", "currency", "ships_from",
    "ships_to", "seller_key",
)  # fmt: skip
_SITE: Final = "http://plover.invalid"  # a name that can never exist: RFC 2606


@dataclass(frozen=True, slots=True)
class Pages:
    """What was to be seen on one visit: adverts posted and not yet gone."""

    at: int
    adverts: list[Advert] = field(default_factory=list)


def visits(adverts: Sequence[Advert], population: Population) -> list[Pages]:
    """Four visits, the last on the day before the end."""
    found = []
    for number in range(_VISITS):
        at = PLOVER.closes - DAY - (_VISITS - 1 - number) * 45 * DAY
        shown = [one for one in adverts if one.posted <= at < population.accounts[one.account].closed]
        found.append(Pages(at, shown))
    return found


def write_capture(path: Path, adverts: Sequence[Advert], population: Population, scenario: Scenario, seed: int) -> None:
    """The list: one advert per row and visit, with the seller's profile key."""
    chance, dials = stream(seed, "plover", "capture"), scenario.dirt
    words = destinations_in_words(population, PLOVER, scenario.trade, seed)
    rows: list[Sequence[object]] = []
    for visit in visits(adverts, population):
        day = str(np.datetime64(visit.at, "s").astype("datetime64[D]"))
        for one in visit.adverts:
            account = population.accounts[one.account]
            cut = one.description[:_DESCRIPTION]
            text = cut if cut == one.description else f"{cut}…"
            if chance.random() < dials.mojibake:
                text = misread(text)
            if account.listing_keys:
                text += "\nmy key:\n" + account.listing_keys[0]
            row = (
                day, _listing_id(one), account.handle, one.title, text, one.product.category,
                f"{int(dollars(one.cents)[:-3]):,}{dollars(one.cents)[-3:]}", "USD", f"  {account.origin} ",
                words[account.number],
                account.shown_keys[0] if account.shown_keys and dials.profiles_saved else "",
            )  # fmt: skip
            rows += [row, row] if chance.random() < dials.doubled_rows else [row]
    write_list(path, _COLUMNS, rows)


def write_pages(path: Path, adverts: Sequence[Advert], population: Population, scenario: Scenario, seed: int) -> None:
    """The saved pages: every advert and profile of every visit."""
    begun = _moment(visits(adverts, population)[0].at - 5)
    with path.open("wb") as out, Warc(out, name=path.name, begun=begun, arguments=["--warc-file=plover-pages"]) as warc:
        for page in _pages(adverts, population, scenario, seed):
            warc.page(page)


def _pages(adverts: Sequence[Advert], population: Population, scenario: Scenario, seed: int) -> Iterator[Page]:
    words = {one.number: profile(one, population, scenario, seed) for one in population.on(PLOVER)}
    pictured = set[int]()  # a picture is saved with the first page that shows it
    for visit in visits(adverts, population):
        at, seen = visit.at, set[int]()
        for one in visit.adverts:
            account = population.accounts[one.account]
            at += 7
            yield Page(f"{_SITE}/listing/{_listing_id(one)}", _moment(at), _listing(one, account).encode())
            if one.number not in pictured:
                pictured.add(one.number)
                at += 1
                yield Page(f"{_SITE}{_picture_of(one)}", _moment(at), advert_picture(one, seed), kind="image/jpeg")
            if account.number not in seen and scenario.dirt.profiles_saved:
                seen.add(account.number)
                at += 7
                yield Page(
                    f"{_SITE}/vendor/{account.handle}", _moment(at), _profile(account, words[account.number]).encode()
                )


def _listing_id(one: Advert) -> str:
    return f"pl{one.number:05d}"


def _picture_of(one: Advert) -> str:
    return f"/img/{one.number:05d}.jpg"


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _framed(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{html.escape(title)} - Plover</title></head>\n'
        f'<body><div class="top">Plover <a href="/">home</a></div>\n{body}\n'
        '<div class="foot">prices are set by vendors</div></body></html>\n'
    )


def _listing(one: Advert, account: Account) -> str:
    text = html.escape(one.description).replace("\n", "<br>\n")
    return _framed(
        one.title,
        f'<h1>{html.escape(one.title)}</h1>\n<p>Vendor: <a href="/vendor/{html.escape(account.handle)}">'
        f'{html.escape(account.handle)}</a></p>\n<p class="price">USD {dollars(one.cents)}</p>\n'
        f"<p>Category: {html.escape(one.product.category)}</p>\n<p>Ships from: {html.escape(account.origin)}</p>\n"
        f'<img src="{_picture_of(one)}" alt="">\n<div class="description">{text}</div>',
    )


def _profile(account: Account, words: str) -> str:
    keys = "".join(f'<pre class="pgp">{html.escape(key)}</pre>\n' for key in account.shown_keys)
    return _framed(
        account.handle,
        f'<h1>{html.escape(account.handle)}</h1>\n<div class="about">{html.escape(words)}</div>\n{keys}',
    )
