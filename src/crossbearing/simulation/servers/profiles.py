"""What an account says of itself on its profile: its words, sometimes a contact, sometimes an earlier name."""

from typing import Final

from crossbearing.simulation.adverts import about
from crossbearing.simulation.chance import stream
from crossbearing.simulation.population import Account, Kind, Population
from crossbearing.simulation.scenario import Scenario

_SHOWN: Final = 0.7  # accounts of an operator with a contact that show it
_CONTACTS: Final = (
    "jabber: {name}@chat.invalid", "mail {name}@post.invalid", "wickr {name}x", "write to {name}@box.invalid",
)  # fmt: skip


def profile(account: Account, population: Population, scenario: Scenario, seed: int) -> str:
    """The profile text of an account; always the same for the same account."""
    chance = stream(seed, "profile", account.number)
    formerly = None
    earlier = _earlier(account, population)
    if earlier and chance.random() < scenario.population.formerly:
        formerly = (earlier.handle, earlier.market.name)
    words = about(account.hand, account.handle, account.origin, chance, formerly=formerly)
    contact = contact_of(account.operators[0], population, scenario, seed)
    return f"{words}\n{contact}" if contact and chance.random() < _SHOWN else words


def _earlier(account: Account, population: Population) -> Account | None:
    """The account that this one follows, or says it follows."""
    if account.kind is Kind.COPYCAT:
        return population.accounts[account.copies]
    if account.kind is Kind.MOVED:
        return next(one for one in population.accounts if one.operators[0] == account.operators[0])
    return None


def contact_of(operator: int, population: Population, scenario: Scenario, seed: int) -> str:
    """One and the same on every account of an operator; empty for most."""
    chance = stream(seed, "contact", operator)
    if chance.random() >= scenario.population.contact:
        return ""
    first = next(one for one in population.accounts if operator == one.operators[0])
    return _CONTACTS[int(chance.integers(len(_CONTACTS)))].format(name=first.handle.lower())
