"""The fixed sentences of a package: the rules as readers see them, law, and the answers they may give."""

from typing import Final

# Each rule here says in words what a step does; the step named in the comment is the rule itself.
RULES: Final = {
    "routing": (  # target_route.sql
        "A subject is sent to a country if at least half of its adverts with a readable origin give "
        "that country (rule: main origin), or at least a fifth and at least three of them (rule: "
        "further origin). A named person may send a subject to a country, or keep it from one, with a reason."
    ),
    "ranking": (  # target.sql
        "Points decide the order and nothing else. Lethality 40 if an advert title holds a word for "
        "fentanyl or a nitazene, 25 for another opioid; volume 10, 20, 30 from 10, 100, 1 000 "
        "recorded orders; recency 20, 10, 5 if last seen within 30, 90, 365 days of the newest record "
        "of its market, whatever today's date; reach 5 for each market, at most 10. Ties: more orders "
        "first, then by name. Nothing about any person enters."
    ),
    "links": (  # pair_evidence.sql and account_pair.sql
        "Signals between two accounts are weighed by how much likelier they are for one operator than for "
        "two, as measured on simulated operations. Software proposes a pair if the sum makes one operator "
        "99 % probable and two kinds of evidence speak for it, one of them a key or contact that both show "
        "as their own. Where all that is shared (look, name, key) can be copied, it is a possible copy. Everything "
        "else is a lead. Only a named person joins accounts, gives a reason, and can undo it."
    ),
    "orders and value": (  # sale_valued.sql
        "An order is a row of the server's order table, in whatever state, cancelled and disputed "
        "ones too. Its value is the amount the server noted times the bitcoin price in euro of that "
        "day; an order without a rate, or at a placeholder price such as 9999, has no value and is counted apart."
    ),
    "substances": (  # reference/substances.py
        "A word of the advert's title that is commonly used for a substance; slang counts only where the "
        "market's category or a word beside it speaks for it, and a word that may still mean several "
        "substances is left out. Sellers lie: it says what is offered, not what is in the parcel. “As sold, "
        "content unknown” stands where a word says that a pill is pressed or copied."
    ),
}
DECONFLICTION: Final = (
    "Not run: these identifiers were not compared with other agencies' cases. Check your own before acting."
)
# The same in every package, so that it says nothing of what there is.
WITHHELD: Final = (
    "What is known here under a stricter handling code than that of this package is not in it; whether there is any is "
    "not said. Ask the originator."
)
BUYERS: Final = (
    "Buyers are counts: under “On record” stands how many accounts ordered from a subject. None is named, and reaching "
    "out to them is no part of this package."
)
CHANNEL: Final = (
    "As intelligence only. For use as evidence, ask the owner: directly if it is an authority of your "
    "own country, else through the channel that binds you both, such as a European Investigation "
    "Order, mutual legal assistance, or a joint team's agreement. The owner of each exhibit stands in "
    "the table below."
)
ANSWERS: Final = ("accept", "decline", "already known", "more information wanted")
