"""Words that are no names: what stands behind "wickr" or "formerly" in a sentence that names nobody.

English, German, Dutch, French and Spanish; small letters.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT_A_NAME: Final = _words(
    # articles, pronouns, prepositions, conjunctions
    "the and for with you your our his her its this that these those there here who what when where which how why "
    "from into over only also but not yes all any some one two first now then than too very just still even more most "
    "der die das den dem des ein eine einen und oder aber mit von bei auf nur auch nicht wir ihr sie wenn dann hier "
    "het een van voor met maar niet ook alleen als dan hier naar onze deze "
    "les des une avec pour mais pas aussi ici nous vous mon notre dans par sur plus "
    "los las una con por pero para solo aqui nuestro desde como mas "
    # verbs of a sentence about a service
    "are was were has have had can could will would may must should does did get got use uses used using add ask make "
    "send sent write wrote message messages messaged contact contacts call text find found see want need know work "
    "works working download install please ist sind war wird kann nutzen schreiben nachricht bericht stuur ecrire "
    # things around a service
    "account accounts app apps application user users username name names number numbers group groups channel "
    "channels chat support server servers client client's profile id ids handle nick available only preferred "
    "coming soon "
    "address adress adresse encrypted encryption secure security privacy private public free paid pro premium "
    "desktop mobile phone android iphone link links info details below above inside http https www com org net onion "
    "instead too anymore always never again today tomorrow online offline http hxxp email mail jabber xmpp wickr "
    "telegram signal threema session icq whatsapp kik discord pgp tor otr whatever anything something nothing someone "
    "anyone everyone etc none unknown hidden secret strength jammer lost down broken gone"
)

# What is said of wares and people, not a handle: "formerly sold on".
NOT_A_HANDLE: Final = NOT_A_NAME | _words(
    "vendor vendors seller sellers buyer buyers buying selling sold bought listed seen known active available located "
    "vending member customer shop store scammer scammers scam admin moderator mod staff boss king banned high drunk "
    "based stuck busy born living waiting back done gone out off away down good bad best great happy sorry sure new "
    "old early late number drugs weed coke molly speed acid crack meth mdma lsd heroin me him them us it "
    "händler verkäufer kunde käufer mitglied verfügbar bekannt aktiv hier dort besser billiger immer noch schon lange "
    "verkoper koper klant lid actief beschikbaar beter goedkoper altijd vroeger daar "
    "vendeur acheteur client membre actif disponible connu mieux moins toujours vendu présent "
    "vendedor comprador cliente miembro activo disponible conocido mejor siempre vendido estaba "
    "monday tuesday wednesday thursday friday saturday sunday"
)

NOT_A_MARKET: Final = NOT_A_NAME | _words(
    "my me it here request demand sale top time board page earth vacation holiday holidays tour drugs mdma lsd weed "
    "streets street road market forum forums site net web internet darknet way start beginning end left right "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december mon tue wed thu fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag markt strasse anfang januar februar märz mai juni "
    "juli "
    "oktober dezember maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo"
)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longer first, grouped by first letter so that most places fail at once."""
    ordered = sorted(words, key=lambda word: (word[0], -len(word), word))
    groups = groupby(ordered, key=lambda word: word[0])
    return "|".join(re.escape(first) + "(?:" + "|".join(re.escape(w[1:]) for w in ws) + ")" for first, ws in groups)
