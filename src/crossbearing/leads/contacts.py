"""Contacts found at a scene, and the sales that they lead to: through a seller's own words, or in what was delivered.

A contact leads to the sales of the seller who shows it, to the sale in whose delivery it stands, and to the sales
between the two in whose messages it stands. It says who is known to whom, not which sale supplied the case.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from crossbearing.domain.contacts import NUMBER
from crossbearing.domain.identifier import Kind, State
from crossbearing.domain.scan import scan
from crossbearing.reference.telephones import checked, country_of_number, read_telephone
from crossbearing.store.session import Session

_CONTACTS: Final = frozenset({
    Kind.EMAIL, Kind.JABBER, Kind.MATRIX, Kind.WICKR, Kind.TELEGRAM, Kind.SIGNAL, Kind.SESSION, Kind.ICQ, Kind.THREEMA,
    Kind.PHONE,
})  # fmt: skip
_SURE: Final = frozenset({State.VERIFIED, State.NO_CHECKSUM})
_ADDRESS: Final = frozenset({Kind.EMAIL, Kind.JABBER})  # the same letters may serve as both
_OWN_DIGITS: Final = 7  # of a number's end, which are written alike with and without country and trunk prefix
_AT_ONCE: Final = 500  # contacts in one pattern; more make its automaton large
_SHOWN: Final = """
    SELECT identifier_kind, identifier, account_id, exhibit_ids FROM identifier
    WHERE account_id IS NOT NULL AND identifier IS NOT NULL AND identifier_state IN ('verified', 'no_checksum')
        AND NOT is_quoted
"""
# A text is looked into if, without signs and spaces, it holds the letters and digits that a contact cannot do without.
_DELIVERED: Final = """
    SELECT market, sale_server_id, address_text AS words, exhibit_id FROM delivery
    WHERE address_text IS NOT NULL AND NOT coalesce(is_encrypted, FALSE)
        AND regexp_matches(regexp_replace(lower(address_text), '[^0-9a-z]', '', 'g'), $1)
    ORDER BY ALL
"""
_SAID: Final = """
    WITH said AS (
        SELECT market, sender_server_id, recipient_server_id, body, exhibit_id FROM message_body
        WHERE body IS NOT NULL AND NOT starts_with(ltrim(body), '-----BEGIN PGP')
            AND regexp_matches(regexp_replace(lower(body), '[^0-9a-z]', '', 'g'), $1)
    ),
    party AS (
        SELECT *, sender_server_id AS buyer, recipient_server_id AS seller FROM said
        UNION ALL
        SELECT *, recipient_server_id AS buyer, sender_server_id AS seller FROM said
    )
    SELECT party.market, sale.sale_server_id, party.body AS words, party.exhibit_id
    FROM party
    INNER JOIN server_account AS own ON party.market = own.market AND party.seller = own.account_server_id
    INNER JOIN sale_valued AS sale
        ON party.market = sale.market AND party.buyer = sale.buyer_server_id AND own.account_id = sale.account_id
    WHERE sale.sale_server_id IS NOT NULL AND sale.sold_at IS NOT NULL
    ORDER BY ALL
"""


def contacts_in(text: str | None, country: str) -> frozenset[str]:
    """The contacts that a referral's cell names, each with its kind; a number may do without its country.

    Args:
        text: What was found, as "signal: name.01; +49 30 901820".
        country: Where the person lived, ISO 3166, for numbers without a country; empty if not known.
    """
    found = _scanned(text or "", country)
    for run in NUMBER.finditer(text or ""):
        number = read_telephone(run[0], country or None)
        if number:
            found.add(f"{Kind.PHONE} {number.value}")
    return frozenset(found)


def sales_of_contacts(
    engine: Session,
    wanted: Collection[str],
    places_of: Mapping[str, Collection[int]],
    place_of: Mapping[tuple[str, str], int],
) -> tuple[dict[str, set[int]], dict[str, set[str]]]:
    """Places of the sales that each contact leads to, and the exhibits that say so.

    Args:
        engine: A session with identifiers, and with the protected tables that may be searched.
        wanted: Contacts, as ``contacts_in`` gives them.
        places_of: Places of sales by the seller's account.
        place_of: Place of a sale by market and reference.
    """
    places: dict[str, set[int]] = defaultdict(set)
    behind: dict[str, set[str]] = defaultdict(set)
    for row in engine.rows(_SHOWN):
        contact = _named(row["identifier_kind"], row["identifier"])
        if contact in wanted:
            places[contact].update(places_of.get(row["account_id"], ()))
            behind[contact].update(row["exhibit_ids"])
    for contact, row in _in_texts(engine, sorted(wanted)):
        place = place_of.get((row["market"], row["sale_server_id"]))
        if place is not None:
            places[contact].add(place)
            behind[contact].add(row["exhibit_id"])
    return places, behind


def _in_texts(engine: Session, wanted: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Contacts with each row in whose words they stand."""
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        pattern = "|".join(sorted({key for contact in some if (key := _needed(contact))}))
        for table, query in (("delivery", _DELIVERED), ("message_body", _SAID)):
            if pattern and engine.holds(table):
                for row in engine.rows(query, [pattern]):
                    for contact in _standing_in(row["words"], some):
                        yield contact, row


def _standing_in(text: str, wanted: Iterable[str]) -> set[str]:
    found = _scanned(text, "") & set(wanted)
    numbers = {contact.split()[1] for contact in wanted if contact.startswith(f"{Kind.PHONE} ")}
    countries = sorted({country_of_number(number) or "" for number in numbers})
    ends = {number[-_OWN_DIGITS:] for number in numbers}
    for run in NUMBER.finditer(text) if numbers else ():
        digits = "".join(filter(str.isdecimal, run[0]))
        if not any(end in digits for end in ends):
            continue  # reading takes long, and a text may hold thousands of numbers
        # Read as a number of the wanted ones' countries: a number at home is written without it.
        read = {one.value for country in countries if (one := read_telephone(run[0], country or None))}
        found.update(f"{Kind.PHONE} {number}" for number in read & numbers)
    return found


def _scanned(text: str, country: str) -> set[str]:
    hits = checked(scan(text).identifiers, country or None)
    return {_named(hit.kind, hit.value) for hit in hits if hit.kind in _CONTACTS and hit.state in _SURE}


def _named(kind: str, value: str) -> str:
    return f"{Kind.EMAIL if kind in _ADDRESS else kind} {value}"


def _needed(contact: str) -> str:
    """The letters and digits that a text with the contact holds however it is written; empty if there are none."""
    kind, _, value = contact.partition(" ")
    plain = "".join(sign for sign in value.lstrip("@").partition("@")[0].lower() if sign.isascii() and sign.isalnum())
    return plain[-_OWN_DIGITS:] if kind == Kind.PHONE else plain
