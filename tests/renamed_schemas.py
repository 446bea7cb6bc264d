"""Markets of the simulation under other names: what a schema that nobody has seen might call the same things.

Written before the words of the proposals, and kept apart from them. Each line: table of the simulation, its new name,
new names of its columns in their order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossbearing.intake.part_reader import Recognised, recognise
from crossbearing.intake.profile import Profile
from crossbearing.intake.proposing.proposal import propose
from crossbearing.intake.proposing.words import lists, words_of
from crossbearing.intake.reader import RawBatch, Reader
from crossbearing.intake.sources import Source
from crossbearing.simulation.formats.mysqldump import MysqlDump
from crossbearing.simulation.formats.table import Table

SERVER = {  # the first market: fifteen tables
    "plain English": """
        users: accounts uid nickname passwd last_activity public_key invited_by registered
        vendors: merchants uid rank profile_text since
        admins: moderators uid since
        pgpkeys: key_history kid uid armored added
        categories: sections sid parent label
        products: items item_id headline details section_id owner_id modified
        physical_products: shipping_info item_id mode destinations origin
        offers: item_prices pid item_id minimum unit_price
        images: item_photos photo_id item_id filename is_main
        purchases: orders order_id price_id customer_id merchant_id qty ship_address total status currency pay_address
            ordered_at
        feedback: reviews rid merchant_id customer_id item_id stars review_text posted_at
        messages: private_messages mid from_user to_user body sent
        disputes: complaints cid order_id decided_for opened
        vendor_applications: seller_requests rid uid pitch stock_photo requested
        invoices: commission_bills bid merchant_id period fee billed
    """,
    "prefixes and camel case": """
        users: tblMember mbrId mbrLogin mbrPwd mbrLastLogin mbrPgp mbrReferrer mbrJoined
        vendors: tblTrader mbrId trdTier trdBio trdSince
        admins: tblStaff mbrId stfSince
        pgpkeys: tblPgpArchive arcId mbrId arcBlock arcDate
        categories: tblGroup grpId grpUp grpTitle
        products: tblArticle artId artSubject artText grpId mbrId artChanged
        physical_products: tblArticleShip artId shpRule shpTargets shpOrigin
        offers: tblTariff trfId artId trfMin trfCost
        images: tblMedia medId artId medFile medPrimary
        purchases: tblDeal dlId trfId dlClient dlTrader dlPieces dlShipTo dlSum dlStage dlCoin dlWallet dlDate
        feedback: tblRating ratId ratTrader ratClient artId ratScore ratRemark ratDate
        messages: tblMail mlId mlAuthor mlAddressee mlText mlDate
        disputes: tblClaim clmId dlId clmWinner clmDate
        vendor_applications: tblCandidate cndId mbrId cndLetter cndSample cndDate
        invoices: tblCharge chgId trdId chgMonth chgValue chgDate
    """,
    "short and sloppy": """
        users: usr id usrname pw lastseen pgp ref regdate
        vendors: vend id lvl descr ts
        admins: adm id ts
        pgpkeys: oldkeys id usr blob ts
        categories: cat id pid nm
        products: prod id nm descr cat usr upd
        physical_products: prodship id opt ctry ctry_from
        offers: prc id prod minq amt
        images: pics id prod fn main
        purchases: ord id prc buyr vend cnt adr amt st cur btcaddr ts
        feedback: fb id vend buyr prod val txt ts
        messages: msg id snd rcv txt ts
        disputes: disp id ord win ts
        vendor_applications: apply id usr txt pic ts
        invoices: inv id vend mon amt ts
    """,
    "German": """
        users: benutzer id benutzername kennwort zuletzt_gesehen schluessel geworben_von angemeldet_am
        vendors: haendler id stufe beschreibung seit
        admins: verwalter id seit
        pgpkeys: alte_schluessel id benutzer_id schluessel eingetragen
        categories: kategorien id oberkategorie bezeichnung
        products: artikel id titel beschreibung kategorie_id benutzer_id geaendert
        physical_products: versand id art laender herkunft
        offers: preise id artikel_id mindestmenge preis
        images: bilder id artikel_id datei haupt
        purchases: bestellungen id preis_id kaeufer_id verkaeufer_id menge anschrift betrag zustand waehrung zahladresse
            bestellt_am
        feedback: bewertungen id verkaeufer_id kaeufer_id artikel_id sterne kommentar abgegeben_am
        messages: nachrichten id absender_id empfaenger_id inhalt gesendet_am
        disputes: streitfaelle id bestellung_id gewinner_id eroeffnet_am
        vendor_applications: bewerbungen id benutzer_id text bild eingereicht_am
        invoices: rechnungen id verkaeufer_id monat betrag ausgestellt_am
    """,
    "Russian in Latin letters": """
        users: polzovateli id imya parol posledniy_vhod klyuch priglasil data_reg
        vendors: prodavcy id uroven o_sebe data
        admins: administratory id data
        pgpkeys: starye_klyuchi id polzovatel klyuch data
        categories: kategorii id roditel nazvanie
        products: tovary id nazvanie opisanie kategoriya prodavec izmeneno
        physical_products: dostavka id rezhim strany otkuda
        offers: ceny id tovar minimum cena
        images: kartinki id tovar fayl glavnaya
        purchases: zakazy id cena_id pokupatel prodavec kolichestvo adres summa status valuta koshelek data
        feedback: otzyvy id prodavec pokupatel tovar ocenka tekst data
        messages: soobshcheniya id otpravitel poluchatel tekst data
        disputes: spory id zakaz pobeditel data
        vendor_applications: zayavki id polzovatel tekst foto data
        invoices: scheta id prodavec mesyac summa data
    """,
}
OTHER_SERVER = {  # the second market: four tables; its dump has them in the order of their names
    "plain English": """
        member: people pid screen_name can_sell gpg_key introduction signup_date last_online
        good: adverts ad_id vendor heading full_text department usd_price country destination added
        deal: sales sale_no ad customer currency amount deposit_address instructions progress units started
        review: opinions op_id sale score opinion left_on
    """,
    "short and sloppy": """
        member: u id uname isvendor pubkey info created seen
        good: l id u name desc cat usd shipfrom shipto date
        deal: o id l u coin amt addr memo state num time
        review: r id o points msg time
    """,
    "German": """
        member: mitglied nr spitzname ist_verkaeufer pgp_block ueber_mich beigetreten letzte_anmeldung
        good: ware nr anbieter ueberschrift text rubrik preis_usd versand_aus versand_nach eingestellt
        deal: kauf nr ware kunde muenze betrag zahlen_an hinweis stand stueck begonnen
        review: urteil nr kauf punkte worte geschrieben
    """,
    "Russian in Latin letters": """
        member: uchastnik id login prodaet otkrytyy_klyuch opisanie zaregistrirovan byl
        good: obyavlenie id avtor zagolovok telo razdel cena_usd iz_strany v_strany razmeshcheno
        deal: sdelka id obyavlenie klient moneta summa adres_oplaty primechanie sostoyanie shtuk otkryta
        review: otziv id sdelka bally slova napisan
    """,
}
LISTING = {  # a list of captured pages: one table
    "plain English": "rows: rows crawl_date ad_no vendor_name subject body section cost unit origin destination pubkey",
    "German": "rows: rows erfasst_am angebot_nr haendler titel beschreibung rubrik preis waehrung aus nach schluessel",
    "sloppy": "rows: rows date id usr name text cat amt cur from to pgp",
}

Names = Mapping[str, tuple[str, Sequence[str]]]


def names_in(text: str) -> Names:
    """New name of each table, and new names of its columns."""
    whole = re.sub(r"\n\s+(?=\w+\n)", " ", text.strip() + "\n")  # a line of one word belongs to the one before
    lines = [re.split(r":\s*|\s+", line.strip()) for line in whole.splitlines()]
    return {old: (new, columns) for old, new, *columns in lines}


def nameless(tables: Mapping[str, Sequence[str]]) -> Names:
    """Names that say nothing."""
    return {
        name: (f"t{number}", [f"c{place}" for place in range(1, len(columns) + 1)])
        for number, (name, columns) in enumerate(tables.items(), start=1)
    }


def read_tables(path: Path, reader: Reader) -> dict[str, list[RawBatch]]:
    """All rows of a file, by table."""
    tables: dict[str, list[RawBatch]] = {}
    with path.open("rb") as stream:
        for piece in reader.read(stream, "utf-8"):
            if isinstance(piece, RawBatch):
                tables.setdefault(piece.table, []).append(piece)
    return tables


def write_renamed(tables: Mapping[str, Sequence[RawBatch]], names: Names, target: Path) -> None:
    """The rows once more, as mysqldump would write them, under the new names."""
    with target.open("wb") as out, MysqlDump(out, database="renamed", finished="2021-12-28  3:14:15") as dump:
        for old, batches in sorted(tables.items(), key=lambda pair: names[pair[0]][0]):
            new, columns = names[old]
            assert len(columns) == len(batches[0].columns), f"{old}: {batches[0].columns}"
            table = Table(new, tuple((column, "text") for column in columns), key="")
            dump.table(table, _columns_of(batches))


def _columns_of(batches: Sequence[RawBatch]) -> Iterator[list[list[str | None]]]:
    for batch in batches:
        yield [column.to_pylist() for column in batch.values.columns]


@dataclass
class Score:
    """How a proposal compares with a profile written by hand, in record columns that come from a source column.

    Attributes:
        wanted: By the profile written by hand.
        found: Of these, mapped from the same source column.
        in_comments: Of these, proposed in a comment only.
        other: Mapped, but from another column than by hand, or to a record that the profile by hand does not fill.
        listed: Of the wanted, those whose column has a name that stands in the lists of words as it is.
        listed_found: Of these, mapped.
    """

    wanted: int = 0
    found: int = 0
    in_comments: int = 0
    other: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    listed: int = 0
    listed_found: int = 0

    def add(self, more: "Score") -> None:
        """Count another one too."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(more, name))


def compared(path: Path, profile: Profile, layout: Mapping[str, Sequence[str]], names: Names) -> Score:
    """Propose a profile for a renamed file, and compare it with the profile of the file that it was made from.

    Args:
        path: The renamed file.
        profile: Written by hand, under the old names.
        layout: Old tables and columns.
        names: The new names.
    """
    source = Source.of_file(path)
    found = recognise(source)
    assert isinstance(found, Recognised)
    proposal = propose(source, found, "2026-01-01")
    wanted = set(_wanted(profile, layout, names))
    mapped = {
        (one.table, one.record, one.column, one.source) for one in proposal.columns if one.is_mapped and one.source
    }
    inside = {(one.table, one.record, one.column, one.source) for one in proposal.columns if not one.is_mapped}
    listed = {one for one in wanted if _is_listed(one[3])}
    return Score(
        len(wanted), len(wanted & mapped), len(wanted & inside), [" ".join(one) for one in sorted(mapped - wanted)],
        [" ".join(one) for one in sorted(wanted - mapped)], len(listed), len(listed & mapped),
    )  # fmt: skip


def _wanted(profile: Profile, layout: Mapping[str, Sequence[str]], names: Names) -> Iterator[tuple[str, str, str, str]]:
    for table in profile.tables:
        for mapping in table.mappings:
            for column, expression in mapping.columns.items():
                bare = re.sub(r"'[^']*'", "", expression)
                used = [one for one in layout.get(table.name, ()) if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", bare)]
                if used:  # of two, such as the countries that are included or left out, the last holds them
                    new, columns = names[table.name]
                    yield new, mapping.record, column, columns[list(layout[table.name]).index(used[-1])]


def _is_listed(name: str) -> bool:
    words = "".join(words_of(name))
    every = [*lists().thing.values(), *lists().column.values(), lists().time, [(one,) for one in lists().id]]
    return any(words == "".join(one) for several in every for one in several)
