"""What could be read with the few private keys that were seized: delivery addresses and messages to those sellers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_lines
from crossbearing.simulation.markets import DAY, KESTREL
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.servers.correspondence import ASKED, CONFIDED, awake, made_messages, plain_addresses
from crossbearing.simulation.servers.kestrel import Contents, Ids, written_address

_AUTHORITY: Final = "SIM-2021-017"


def write_decrypted(path: Path, contents: Contents, ids: Ids, scenario: Scenario, seed: int) -> None:
    """One text a line, addresses first; each names the key, the authority and who decrypted it."""
    opened = _Opened(contents, ids, scenario, seed)
    write_lines(path, (*opened.addresses(), *opened.messages()))


class _Opened:
    """What is readable with the keys of some sellers."""

    def __init__(self, contents: Contents, ids: Ids, scenario: Scenario, seed: int) -> None:
        self.contents, self.ids, self.scenario, self.seed = contents, ids, scenario, seed
        self.shift = 60 * scenario.dirt.clock_minutes  # as the server has it
        sales = contents.sales
        self.owner = np.array([one.account for one in contents.adverts])[sales.advert]
        kept_from = KESTREL.closes - scenario.trade.purged_after_days * DAY
        self.is_kept = (sales.at >= kept_from) & (np.arange(len(sales)) >= sales.deleted)
        accounts = contents.population.accounts
        keyed = [number for number in np.unique(self.owner[self.is_kept]).tolist() if accounts[number].key]
        count = min(len(keyed), max(1, round(scenario.trade.keys_recovered * len(keyed))))
        chosen = stream(seed, "keys recovered").permutation(len(keyed))[:count].tolist()
        self.is_readable = np.isin(self.owner, [keyed[place] for place in chosen])

    def addresses(self) -> Iterator[dict[str, Any]]:
        """Where orders were to be sent, as far as the buyer had sealed it."""
        sales = self.contents.sales
        sealed = ~plain_addresses(sales, self.scenario.trade, self.seed)
        chosen = np.flatnonzero(self.is_readable & self.is_kept & sealed)
        for sale, at in zip(chosen.tolist(), stamps(sales.at[chosen] + self.shift), strict=True):
            yield self._line("order", self.ids.sale[sale], sale, at, written_address(self.contents, sale))

    def messages(self) -> Iterator[dict[str, Any]]:
        """What buyers wrote to these sellers."""
        wakes = awake(self.contents.population, self.contents.adverts)
        made = made_messages(self.contents.sales, wakes, self.scenario.trade, self.seed)
        chosen = np.flatnonzero(self.is_readable[made.sale] & ~made.is_answer & ~made.is_plain)
        for place, at in zip(chosen.tolist(), stamps(made.at[chosen] + self.shift), strict=True):
            sale = int(made.sale[place])
            text = CONFIDED[made.confided[place]].format(
                asked=ASKED[made.words[place]],
                address=written_address(self.contents, sale),
                handle=self.contents.handles[int(self.contents.sales.buyer[sale])],
            )
            yield self._line("message", self.ids.message[place], sale, at, text)

    def _line(self, kind: str, server_id: str, sale: int, at: str, text: str) -> dict[str, Any]:
        key = self.contents.population.accounts[int(self.owner[sale])].key
        return {
            "kind": kind, "server_id": server_id, "written_at": at,
            "key": key.fingerprint if key else "", "authority": _AUTHORITY, "decrypted_by": "DE Cyber Unit, desk 4",
            "text": text,
        }  # fmt: skip
