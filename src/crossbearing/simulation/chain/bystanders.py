"""People who use the same services and have nothing to do with the market."""

from typing import Final

from crossbearing.simulation.chain.agenda import Agenda
from crossbearing.simulation.chain.books import Books, Role, Wallet
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.network import Network
from crossbearing.simulation.chain.services import CUSTODIAN, EXCHANGES, Services

_RETURNS: Final = 0.4  # withdrawals that are paid in again somewhere
_KEPT_SECONDS: Final = 20 * 86_400  # mean
_COMES_BACK: Final = 0.4  # withdrawals by somebody who withdrew before


class Bystanders:
    """Wallets of strangers."""

    def __init__(self, network: Network, agenda: Agenda, books: Books, services: Services, draws: Draws) -> None:
        self._network = network
        self._agenda = agenda
        self._books = books
        self._services = services
        self._draws = draws
        self._wallets: list[Wallet] = []

    def wallet(self) -> Wallet:
        """Somebody's wallet, for coin that leaves the story; it may return to a service later."""
        if self._wallets and self._draws.happens(_COMES_BACK):
            found = self._draws.one(self._wallets)
        else:
            found = self._books.open(Role.BYSTANDER, len(self._wallets))
            self._wallets.append(found)
        if self._draws.happens(_RETURNS):
            self._agenda.plan(self._network.now + 3600 + self._draws.wait(_KEPT_SECONDS), lambda: self._pay_in(found))
        return found

    def _pay_in(self, wallet: Wallet) -> None:
        service = self._draws.one((*EXCHANGES, CUSTODIAN))
        if wallet.satoshi:
            coins = wallet.take(len(wallet.coins))
            if self._books.sweep(wallet, coins, self._services.account(service), self._books.rate()):
                self._services.deposited(service)
