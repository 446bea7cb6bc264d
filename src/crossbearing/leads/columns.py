"""What matching works on: the cases one by one, the searched sales as columns, each consignee once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.leads.addresses import Address, Consignee
from crossbearing.leads.person_names import NameTable
from crossbearing.reference.related_substances import Screen

DAY: Final = 86_400
NOBODY: Final = -1  # no consignee is readable
NO_ADDRESS, ENCRYPTED, READABLE = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One referred case in comparable form.

    Attributes:
        address: Last known home.
        last_seen: Unix seconds, last seen alive or well; when found, if nobody says when last seen; None if neither.
        found: Unix seconds; None if not stated.
        is_last_seen_stated: Whether ``last_seen`` is what the referral says.
        order, handle, payment, tracking: Found at the scene, folded; empty if not.
        contacts: Mail, numbers and messenger names found there, each with its kind.
        is_contact_unread: A contact was given, and nobody could read one in it.
        screen: What the laboratories say.
        exhibits: Ids of those that the referral and the laboratory's results are in.
    """

    number: str
    given: str
    family: str
    address: Address
    last_seen: int | None
    found: int | None
    is_last_seen_stated: bool
    order: str = ""
    handle: str = ""
    payment: str = ""
    tracking: str = ""
    contacts: frozenset[str] = frozenset()
    is_contact_unread: bool = False
    screen: Screen = field(default_factory=Screen)
    exhibits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sales:
    """The searched sales, in order of time; columns of one length.

    Attributes:
        sold_at: Unix seconds, by the server's clock.
        consignee: Place in ``consignees``; ``NOBODY`` where nothing is readable.
        delivery: ``NO_ADDRESS``, ``ENCRYPTED`` or ``READABLE``.
        buyer: Number of the buyer's account; -1 if the server does not say.
        seller: Number of the seller's account.
        origin: Country that the advert ships from, ISO 3166; empty if it says none.
        advert: Place in ``adverts``.
        adverts: What each kind of advert names: substances in our names, sorted; adverts that name the same are one.
        consignees: Each text once.
        orders: Places of the sales with a reference, folded; so for payments, parcels and contacts.
        handles: Numbers of buyers' accounts with a handle, folded.
    """

    sold_at: NDArray[np.int64]
    consignee: NDArray[np.int32]
    delivery: NDArray[np.int8]
    buyer: NDArray[np.int32]
    seller: NDArray[np.int32]
    origin: NDArray[np.str_]
    advert: NDArray[np.int32]
    adverts: Sequence[tuple[str, ...]]
    consignees: Sequence[Consignee]
    orders: Mapping[str, Sequence[int]] = field(default_factory=dict)
    payments: Mapping[str, Sequence[int]] = field(default_factory=dict)
    parcels: Mapping[str, Sequence[int]] = field(default_factory=dict)
    contacts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    handles: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many sales."""
        return len(self.sold_at)

    @cached_property
    def of_consignee(self) -> "Groups":
        """The sales of each consignee."""
        return Groups.of(self.consignee, len(self.consignees))

    @cached_property
    def of_buyer(self) -> "Groups":
        """The sales of each buyer's account."""
        return Groups.of(self.buyer, int(self.buyer.max(initial=-1)) + 1)

    @cached_property
    def names(self) -> NameTable:
        """Names of the consignees."""
        return NameTable.of([(one.given, one.family) for one in self.consignees])

    @cached_property
    def places(self) -> "Places":
        """Addresses of the consignees."""
        return Places.of([one.address for one in self.consignees])


@dataclass(frozen=True, slots=True)
class Groups:
    """Places of rows by the group that they belong to."""

    order: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, group: NDArray[np.int32], count: int) -> "Groups":
        """Groups by number; rows with a negative one belong to none."""
        order = np.argsort(group, kind="stable")
        order = order[np.searchsorted(group[order], 0) :]
        return cls(order, np.searchsorted(group[order], np.arange(count + 1)))

    def rows(self, groups: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of some groups, and for each row the place of its group among those asked for."""
        starts, lengths = self.starts[groups], self.starts[groups + 1] - self.starts[groups]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total) - np.repeat(ends - lengths, lengths)
        return self.order[np.repeat(starts, lengths) + within], np.repeat(np.arange(len(groups)), lengths)


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses as numbers of distinct words; 0 says nothing."""

    country: NDArray[np.int32]
    code: NDArray[np.int32]
    town: NDArray[np.int32]
    street: NDArray[np.int32]
    house: NDArray[np.int32]
    numbers: Mapping[str, Mapping[str, int]]
    streets: Sequence[str]

    @classmethod
    def of(cls, addresses: Sequence[Address]) -> "Places":
        """One row per address."""
        numbers: dict[str, dict[str, int]] = {}
        columns = {}
        for name in ("country", "code", "town", "street", "house"):
            known = numbers.setdefault(name, {"": 0})
            columns[name] = np.fromiter(
                (known.setdefault(getattr(one, name), len(known)) for one in addresses), np.int32, len(addresses)
            )
        return cls(**columns, numbers=numbers, streets=list(numbers["street"]))

    def number(self, name: str, word: str) -> int:
        """Number of a word in a column: 0 if it is empty, -1 if no address has it."""
        return self.numbers[name].get(word, -1)
