"""What a package says of one subject: known, proposed, against, not known; each with its rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from crossbearing.packages.further import NOTHING, Further, supply_of
from crossbearing.packages.gather import OPEN, SubjectFacts
from crossbearing.presentation.text import day, moment, money, number, plural, seized
from crossbearing.reference.countries import country_name, in_sentence


class FigureBook(Protocol):
    """Numbers figures as they are said."""

    def add(self, value: str, says: str, how: str, places: Sequence[str]) -> dict[str, Any]:
        """Number a figure."""


Statement = dict[str, Any]
_LEADS_SHOWN = 3
_MOST_AGAINST = 6  # origins; who states more states them in the adverts


def described(facts: SubjectFacts, figures: FigureBook, country: str, further: Further = NOTHING) -> dict[str, Any]:
    """One subject as it stands in the document.

    Args:
        facts: Rows of the tables.
        figures: Takes each figure and gives its number.
        country: The recipient.
        further: What other features let a package tell of it.
    """
    target = facts.target
    # In reading order, for that is the order of the notes.
    route, sales, value = _route(facts, figures, country), _sales_figure(facts, figures), _value_figure(facts, figures)
    known, proposed = _known(facts, figures), _proposed(facts, figures)
    against = _against(facts, figures, country)
    return {
        "subject_id": target["subject_id"],
        "kind": target["subject_kind"],
        "status": further.status,
        "persons": list(further.persons),
        "title": _title(facts),
        "rank_place": target["rank_place"],
        "rank_points": {
            "lethality": target["lethality_points"],
            "volume": target["volume_points"],
            "recency": target["recency_points"],
            "reach": target["reach_points"],
            "total": target["rank_points"],
        },
        "names_lethal_opioid": target["names_lethal_opioid"],
        "substances": [row["substance"] for row in facts.substances],
        "last_active_at": moment(target["last_active_at"]),
        "last_seen_on": day(target["last_seen_at"]),
        "route": route,
        "orders": sales,
        "value": value,
        "accounts": [_account(account) for account in facts.accounts],
        "keys": [_key(key, figures) for key in facts.keys],
        "known": known,
        "proposed": proposed,
        "against": against,
        "not_known": _not_known(facts, further),
        "supply": supply_of(further.supply),
        "requests": list(further.requests),
        "months": _months(facts.months),
        "listings": [_listing(listing, figures) for listing in facts.listings],
    }


def _title(facts: SubjectFacts) -> str:
    market = seized(facts.accounts[0]["market"])
    if facts.target["subject_kind"] == "operator":
        markets = facts.target["markets"]
        return f"operator: {plural(len(facts.accounts), 'account')} on {plural(markets, 'market')}, joined by judgement"
    return f"one account on {market}"


def _route(facts: SubjectFacts, figures: FigureBook, country: str) -> dict[str, Any]:
    target = facts.target
    name = in_sentence(country)
    return {
        "rule": target["route_rule"],
        "by": target["routed_by"],
        "on": None if target["routed_on"] is None else day(target["routed_on"]),
        "reason": target["routing_reason"],
        "disputed_by": target["disputed_by"],
        "dispute_reason": target["dispute_reason"],
        "adverts": {"value": None, "figure": None}
        if not target["places"]
        else figures.add(
            f"{target['listings_from_country']} of {target['listings_with_origin']}",
            f"adverts of {target['subject_id']} with a readable origin that name {name}",
            f"Rule '{target['route_rule']}'. Further adverts that state no origin naming one country: "
            f"{target['listings'] - target['listings_with_origin']}. Table target_route.",
            target["places"],
        ),
        "also_sent_to": [row["country"] for row in facts.other_routes if row["country"] != country],
    }


def _sales_figure(facts: SubjectFacts, figures: FigureBook) -> Statement:
    if facts.sales is None:
        return {"value": None, "figure": None}
    how = (
        "Order rows of the seized server whose seller is one of the accounts, in every state; one row per order. "
        "Table sale_valued."
    )
    return figures.add(
        number(facts.sales["sales"]), f"orders at {facts.target['subject_id']}", how, facts.sales["places"]
    )


def _value_figure(facts: SubjectFacts, figures: FigureBook) -> Statement:
    if facts.sales is None or facts.sales["value_eur"] is None:
        return {"value": None, "figure": None}
    left_out = _left_out(facts.sales)
    how = (
        f"Sum over the same order rows of amount times the bitcoin price in euro on the day of each order "
        f"(rates of {day(facts.sales['first_rate_on'])} to {day(facts.sales['last_rate_on'])}), each rounded to cents; "
        f"{left_out} left out; cancelled and disputed ones are in it. Table sale_valued."
    )
    value = money(facts.sales["value_eur"], "EUR", whole=True)
    rows = [*facts.sales["places"], *facts.sales["rate_places"]]
    return figures.add(value, f"value of orders at {facts.target['subject_id']}", how, rows)


def _left_out(sales: Mapping[str, Any]) -> str:
    """Orders without a value, in words."""
    at_placeholder = sales["at_placeholder"]
    words = f"{plural(sales['without_value'] - at_placeholder, 'order')} without a rate"
    return f"{words} and {number(at_placeholder)} at a placeholder price" if at_placeholder else words


def _account(account: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "account_id": account["account_id"],
        "market": account["market"],
        "handle": account["handle"],
        "server_id": account["server_id"],
        "first_seen_at": moment(account["first_seen_at"]),
        "last_seen_at": moment(account["last_seen_at"]),
        "exhibits": account["exhibit_ids"],
    }


def _key(key: Mapping[str, Any], figures: FigureBook) -> dict[str, Any]:
    state = {
        "verified": "whole, signed by itself",
        "crc_ok": "reads without error",
        "packet_only": "cut or damaged: no checksum that fits",
    }[key["key_state"]]
    context = {"own_profile": "own profile", "message": "message sent", "listing": "advert"}[key["key_context"]]
    if key["shown_by_staff"]:
        state += "; a key that market staff show: not its own"
    elif (key["shown_by"] or 0) > 1:
        state += f"; {key['shown_by']} accounts show it"
    return {
        "fingerprint": key["fingerprint"],
        "context": context,
        "state": state,
        "account": f"{key['handle']} on {key['market']}",
        "seen": figures.add(
            number(len(key["places"])),
            f"blocks with key …{key['fingerprint'][-8:]} in {context} of {key['handle']}",
            "Public key blocks whose first packet has this fingerprint. Table key_reading.",
            key["places"],
        ),
    }


def _known(facts: SubjectFacts, figures: FigureBook) -> list[Statement]:
    known: list[Statement] = []
    for substance in facts.substances[:4]:
        words = ", ".join(substance["words"])
        holds = "advert holds" if substance["listings"] == 1 else "adverts hold"
        known.append(
            {
                "text": f"{holds} a word for {substance['substance']}: {words}",
                **figures.add(
                    number(substance["listings"]),
                    f"adverts of {facts.target['subject_id']} with a word for {substance['substance']}",
                    f"Adverts whose title holds one of the words: {words}. Table listing_substance.",
                    substance["places"],
                ),
            }
        )
    known.extend(
        {
            "text": f"{'order' if state['sales'] == 1 else 'orders'} the server calls “{state['state']}”",
            **figures.add(
                number(state["sales"]),
                f"orders of {facts.target['subject_id']} in state {state['state']}",
                "Order rows by the server's own word for their state. Table sale_valued.",
                state["places"],
            ),
        }
        for state in facts.states
    )
    if facts.sales:
        known.append(
            {
                "text": "different buyer accounts, as a count only",
                **figures.add(
                    number(facts.sales["buyers"]),
                    f"buyer accounts that ordered from {facts.target['subject_id']}",
                    "Distinct buyer ids in the order rows. Buyers are counts until a named purpose opens one.",
                    facts.sales["places"],
                ),
            }
        )
    return known


def _judged(row: Mapping[str, Any], figures: FigureBook) -> Statement:
    pair = f"{row['left_handle']} ({row['left_market']}) and {row['right_handle']} ({row['right_market']})"
    why = "; ".join(row["reasons_for"] or ["no signal stands any more"])
    return {
        "text": f"judged one operator by {row['judged_by']} on {row['judged_at'][:10]}: {pair}. Reason given: "
        f"“{row['judgement_reason']}”. It rests on: {why}",
        **figures.add(
            "judged",
            f"accounts {pair}",
            f"A person's judgement; what spoke for it: {why}.",
            row["places"] or [],
        ),
    }


def _open(facts: SubjectFacts, tier: str) -> list[Mapping[str, Any]]:
    return [pair for pair in facts.pairs if pair["verdict"] in OPEN and pair["tier"] == tier]


def _leads(facts: SubjectFacts) -> list[Mapping[str, Any]]:
    return [pair for pair in _open(facts, "lead") if pair["reasons_for"]]


def _shown(facts: SubjectFacts) -> list[Mapping[str, Any]]:
    """Open pairs that the page names: proposals, possible imitations, and the likeliest leads."""
    named = [*_open(facts, "proposal"), *_open(facts, "imitation")]
    return [pair for pair in named if pair["reasons_for"]] + _leads(facts)[:_LEADS_SHOWN]


def _proposed(facts: SubjectFacts, figures: FigureBook) -> list[Statement]:
    shown, leads = _shown(facts), _leads(facts)
    openings = {"proposal": "proposed: may be one hand with", "imitation": "may copy, or be copied by:"}
    said = [_pair(pair, figures, openings.get(pair["tier"], "lead only:")) for pair in shown]
    if len(leads) > _LEADS_SHOWN:
        rest = [place for pair in leads[_LEADS_SHOWN:] for place in pair["places"]]
        figure = figures.add(
            number(len(leads) - _LEADS_SHOWN), "further leads", "Pairs with a weak signal. Table account_pair.", rest
        )
        said.append({"text": "further leads, not listed here", **figure})
    return [_judged(row, figures) for row in facts.judged] + said


def _pair(pair: Mapping[str, Any], figures: FigureBook, opening: str) -> Statement:
    side = "right" if pair["is_left"] else "left"
    handle, market = pair[f"{side}_handle"], pair[f"{side}_market"]
    where = pair["other_countries"] or "no country"
    score = f"Probability {pair['probability']:.3f} by the model {pair['model']}"
    how = f"{'; '.join(pair['reasons_for'])}. {score}. Table account_pair, {pair['pair_id']}."
    return {
        "text": f"{opening} {handle} on {market} (its own package went to: {where}): {pair['reasons_for'][0]}",
        **figures.add(pair["tier"], f"pair {pair['pair_id']}", how, pair["places"]),
    }


def _against(facts: SubjectFacts, figures: FigureBook, country: str) -> list[Statement]:
    said: list[Statement] = [
        {"text": f"other adverts state {country_name(row['country'])} as origin", "figure": None}
        for row in facts.other_routes
        if row["country"] != country
    ]
    target = facts.target
    elsewhere = target["listings_with_origin"] - target["listings_from_country"]
    if elsewhere and not said:
        said.append({"text": f"{plural(elsewhere, 'advert')} state another origin", "figure": None})
    doubted = [pair for pair in _shown(facts) if pair["reasons_against"]]
    said = said[:_MOST_AGAINST] + [_doubt(pair, figures) for pair in doubted]
    for row in facts.judged:
        said.extend({"text": reason, "figure": None} for reason in row["reasons_against"] or [])
    return said


def _doubt(pair: Mapping[str, Any], figures: FigureBook) -> Statement:
    side = "right" if pair["is_left"] else "left"
    reasons = "; ".join(pair["reasons_against"])
    return {
        "text": f"against one hand with {pair[f'{side}_handle']} on {pair[f'{side}_market']}: {reasons}",
        **figures.add("against", f"pair {pair['pair_id']}", f"{reasons}.", pair["places"]),
    }


_ALWAYS_UNKNOWN: tuple[str, ...] = (
    "who posts the parcels, and from where",
    "what the products contained",
    "money beyond amounts that servers noted",
)


def _not_known(facts: SubjectFacts, further: Further) -> list[str]:
    points = [*([] if further.status == "confirmed" else ["who runs the account"]), *_ALWAYS_UNKNOWN]
    checks: tuple[tuple[bool, Callable[[], str]], ...] = (
        (
            facts.sales is None,
            lambda: "whether anything was sold: no order is on record",
        ),
        (not facts.keys, lambda: "any key: none was readable on a profile"),
        (not facts.substances, lambda: "the substance: no advert title holds a word we recognise"),
        (
            facts.sales is not None and facts.sales["without_value"] > 0,
            lambda: f"the value of {_left_out(facts.sales or {})}",
        ),
    )
    return points + [says() for applies, says in checks if applies]


def _months(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sales per month without gaps from the first to the last."""
    if not rows:
        return []
    counts = {row["month"]: row["sales"] for row in rows}
    year, month = map(int, rows[0]["month"].split("-"))
    months = []
    while (name := f"{year:04d}-{month:02d}") <= rows[-1]["month"]:
        months.append({"month": name, "sales": counts.get(name, 0)})
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
    return months


def _listing(listing: Mapping[str, Any], figures: FigureBook) -> dict[str, Any]:
    return {
        "listing_id": listing["listing_id"],
        "market": listing["market"],
        "title": listing["title"],
        "category": listing["category"],
        "price": None if listing["price"] is None else money(listing["price"], listing["price_currency"] or ""),
        "ships_from": listing["ships_from"],
        "last_seen_on": day(listing["last_seen_on"]),
        "sold_counter": listing["sold_counter"],
        "sales": listing["sales"],
        "seen": figures.add(
            number(len(listing["places"])),
            f"rows that show advert {listing['listing_id']}",
            "Rows that show this advert; the latest stated value stands where they differ. Table listing.",
            listing["places"],
        ),
    }
