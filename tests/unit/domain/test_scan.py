"""Contacts, names of services, claims: found with their rule and their place, and little else is."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import made_identifiers as made
from crossbearing.domain.identifier import Kind, State
from crossbearing.domain.onion import is_v3_name
from crossbearing.domain.scan import in_small, scan

# text: kind, network, value, rule
FOUND = {
    "write to salt.marsh@post.invalid": (Kind.EMAIL, "", "salt.marsh@post.invalid", "as written"),
    "Salt@Post.Invalid.": (Kind.EMAIL, "", "salt@post.invalid", "as written"),
    "salt [at] post [dot] invalid": (Kind.EMAIL, "", "salt@post.invalid", "spelled at or dot"),
    "salt(at)post(dot)invalid": (Kind.EMAIL, "", "salt@post.invalid", "spelled at or dot"),
    "salt { AT } post.invalid": (Kind.EMAIL, "", "salt@post.invalid", "spelled at or dot"),
    "salt@post[dot]invalid": (Kind.EMAIL, "", "salt@post.invalid", "spelled at or dot"),
    "salt [@] post [punkt] invalid": (Kind.EMAIL, "", "salt@post.invalid", "spelled at or dot"),
    "jabber: salt@chat.invalid": (Kind.JABBER, "", "salt@chat.invalid", "as written"),
    "xmpp:salt@chat.invalid": (Kind.JABBER, "", "salt@chat.invalid", "as written"),
    "my jabber address is salt@chat.invalid": (Kind.JABBER, "", "salt@chat.invalid", "as written"),
    "salt@chat.invalid (jabber)": (Kind.JABBER, "", "salt@chat.invalid", "as written"),
    "jabber salt [at] chat [dot] invalid": (Kind.JABBER, "", "salt@chat.invalid", "spelled at or dot"),
    "@salt:server.invalid": (Kind.MATRIX, "", "@salt:server.invalid", "as written"),
    "Wickr: Salt_Marsh": (Kind.WICKR, "", "salt_marsh", "cue"),
    "wickr me = saltmarsh": (Kind.WICKR, "", "saltmarsh", "cue"),
    "write me: wickr saltmarshx": (Kind.WICKR, "", "saltmarshx", "cue and a space"),
    "telegram @salt_marsh": (Kind.TELEGRAM, "", "salt_marsh", "cue"),
    "TG: @SaltMarsh": (Kind.TELEGRAM, "", "saltmarsh", "cue"),
    "https://t.me/SaltMarsh": (Kind.TELEGRAM, "", "saltmarsh", "link"),
    "t.me/joinchat/AbCdEfGhIjKl": (Kind.TELEGRAM, "", "+AbCdEfGhIjKl", "link"),
    "signal: salt.42": (Kind.SIGNAL, "", "salt.42", "cue"),
    "icq 123-456-789": (Kind.ICQ, "", "123456789", "cue and a space"),
    "ICQ#: 12345": (Kind.ICQ, "", "12345", "cue"),
    "Threema: ABCD1234": (Kind.THREEMA, "", "ABCD1234", "cue"),
    "https://threema.id/ABCDEFGH": (Kind.THREEMA, "", "ABCDEFGH", "link"),
    "+1 202 555 0143": (Kind.PHONE, "", "+12025550143", "international"),
    "Tel. 0049 30 5550 1234": (Kind.PHONE, "", "+493055501234", "cue and a space"),
    "whatsapp: +1 (202) 555-0143": (Kind.PHONE, "whatsapp", "+12025550143", "cue"),
    "signal: +12025550143": (Kind.PHONE, "signal", "+12025550143", "cue"),
    "Handy: 0151 5550 1234": (Kind.PHONE, "", "015155501234", "cue"),
    "see https://www.Shop.invalid:8080/x": (Kind.HOST, "", "shop.invalid", "link"),
    "hxxp://shop.invalid": (Kind.HOST, "", "shop.invalid", "link"),
    "www.shop.invalid": (Kind.HOST, "", "shop.invalid", "www"),
    "http://192.0.2.7/": (Kind.HOST, "", "192.0.2.7", "link"),
}
NOTHING = [
    "my wickr is down", "wickr me for details", "telegram channel", "add my telegram!", "Wickr: yes",
    "signal strength 5",
    "the signal is good", "threema: available", "icq is dead", "icq 99", "phone me tomorrow", "tell me 12345678",
    "phone: 2013-10-15", "tel: 12.10.2013", "price +1.000.000", "+1", "+44%", "1 + 12345678 x", "bulk (at 50 usd)",
    "look [at] this", "a@b", "user@localhost", "@salt", "http://localhost/", "see www.", "salt@.invalid",
    "wickr: https://",
    "what's on at [the] market", "telegram:", "x-wickr: abc@", "formerly listed on Agora", "I was high on Monday",
    "known as molly on Kestrel", "previously available on request", "I was vendor on Kestrel", "I am based on Earth",
    "ich war Kunde auf Kestrel", "formerly saltmarsh on the streets", "früher besser auf dem Markt",
    "I was on Kestrel",
    "i was banned on Kestrel", "ik was klant op Kestrel", "je suis vendeur sur Kestrel", "I'm Happy on Friday",
]  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
@pytest.mark.parametrize("frame", ["{}", "Hello, {} thanks", "ÄÖİ\n{}\n", "({})"])
def test_each_way_to_write_a_contact_is_read(text: str, frame: str) -> None:
    kind, network, value, rule = FOUND[text]
    whole = frame.format(text)
    if frame == "Hello, {} thanks" and rule == "cue and a space" and value.isalpha():
        whole = frame.format(text + ".")  # without a mark, a bare name counts at the end of a clause only
    (hit,) = scan(whole).identifiers
    assert (hit.kind, hit.network, hit.value, hit.rule) == (kind, network, value, rule)
    assert whole[hit.start : hit.end] == hit.written


@pytest.mark.parametrize("text", NOTHING)
def test_a_sentence_that_names_nobody_gives_nothing(text: str) -> None:
    found = scan(text)
    assert found.identifiers == ()
    assert found.claims == ()


@given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_onion_names_of_version_3_are_verified_and_not_with_a_symbol_changed(key: bytes, at: int, other: str) -> None:
    name = made.onion(key)
    (hit,) = scan(f"http://{name}/login").identifiers
    assert (hit.kind, hit.network, hit.value, hit.state) == (Kind.ONION, "v3", name, State.VERIFIED)
    changed = name[:at] + other + name[at + 1 :]
    if changed != name:
        assert not [h for h in scan(changed).identifiers if h.state is State.VERIFIED]


def test_onion_names_of_version_2_have_no_checksum_and_whole_words_only() -> None:
    name = "a2b3" * 4
    for text, state in ((f"{name}.onion", State.NO_CHECKSUM), (f"{name[:-1]}1.onion", State.DAMAGED)):
        (hit,) = scan(text.upper()).identifiers
        assert (hit.kind, hit.network, hit.state) == (Kind.ONION, "v2", state)
    (hit,) = scan(f"{name} [dot] onion").identifiers
    assert (hit.value, hit.rule) == (f"{name}.onion", "name with a spelled dot")
    for text in (f"{name}abcd.onion", f"{name}.onions", "the market.onion", "an onion", f"x-{name}.onion"):
        assert not scan(text).identifiers


@given(st.text(max_size=80))
def test_no_text_is_a_version_3_name_by_accident(text: str) -> None:
    assert not is_v3_name(text.lower()[:56])


CLAIMS = {
    "I was SaltMarsh on Kestrel": ("SaltMarsh", "Kestrel", "en I was"),
    "I'm salt_marsh from Kestrel Market": ("salt_marsh", "Kestrel Market", "en I was"),
    "formerly saltmarsh on Kestrel": ("saltmarsh", "Kestrel", "en formerly"),
    'Previously "salt marsh" on the kestrel': ("salt marsh", "kestrel", "en formerly"),
    "formerly known as saltmarsh on Kestrel": ("saltmarsh", "Kestrel", "en formerly"),
    "also known as Saltmarsh on Kestrel 2": ("Saltmarsh", "Kestrel 2", "en known as"),
    "same vendor as saltmarsh from Kestrel": ("saltmarsh", "Kestrel", "en same vendor"),
    "ehemals saltmarsh auf Kestrel": ("saltmarsh", "Kestrel", "de ehemals"),
    "früher SaltMarsh bei Kestrel": ("SaltMarsh", "Kestrel", "de ehemals"),
    "Ich war salt77 auf Kestrel": ("salt77", "Kestrel", "de ich war"),
    "auch bekannt als Saltmarsh auf Kestrel": ("Saltmarsh", "Kestrel", "de bekannt als"),
    "derselbe Händler wie saltmarsh von Kestrel": ("saltmarsh", "Kestrel", "de derselbe Händler"),
    "voorheen saltmarsh op Kestrel": ("saltmarsh", "Kestrel", "nl voorheen"),
    "ik was salt77 op Kestrel": ("salt77", "Kestrel", "nl ik was"),
    "ook bekend als Saltmarsh op Kestrel": ("Saltmarsh", "Kestrel", "nl bekend als"),
    "dezelfde verkoper als saltmarsh van Kestrel": ("saltmarsh", "Kestrel", "nl dezelfde verkoper"),
    "anciennement saltmarsh sur Kestrel": ("saltmarsh", "Kestrel", "fr anciennement"),
    "j'étais salt77 sur Kestrel": ("salt77", "Kestrel", "fr j'étais"),
    "connu sous le nom de Saltmarsh sur Kestrel": ("Saltmarsh", "Kestrel", "fr connu comme"),
    "le même vendeur que saltmarsh de Kestrel": ("saltmarsh", "Kestrel", "fr même vendeur"),
    "anteriormente saltmarsh en Kestrel": ("saltmarsh", "Kestrel", "es anteriormente"),
    "yo era salt77 en Kestrel": ("salt77", "Kestrel", "es era"),
    "conocido como Saltmarsh en Kestrel": ("Saltmarsh", "Kestrel", "es conocido como"),
    "el mismo vendedor que saltmarsh de Kestrel": ("saltmarsh", "Kestrel", "es mismo vendedor"),
}


@pytest.mark.parametrize("text", CLAIMS)
@pytest.mark.parametrize("frame", ["{}", "Hello! {}, best quality", "\n{}.\n"])
def test_each_wording_of_a_claim_is_read_in_its_language(text: str, frame: str) -> None:
    whole = frame.format(text)
    (claim,) = scan(whole).claims
    assert (claim.handle, claim.market, claim.rule) == CLAIMS[text]
    assert claim.handle in whole[claim.start : claim.end]
    assert whole[: claim.end].endswith(claim.market)


MAIL = "salt@post.invalid"


@pytest.mark.parametrize(
    ("text", "is_quoted"),
    [
        (MAIL, False),
        (f"> {MAIL}", True),
        (f"  &gt; {MAIL}", True),
        (f"> x\n{MAIL}", False),
        (f"[quote=somebody]{MAIL}[/quote]", True),
        (f"[quote][quote]x[/quote]{MAIL}[/quote]", True),
        (f"[QUOTE]x[/QUOTE] {MAIL}", False),
        (f"[quote]never closed {MAIL}", True),
        (f"<blockquote>{MAIL}</blockquote>", True),
        (f"somebody wrote:\nhello\n{MAIL}\n\nme", True),
        (f"somebody wrote:\n\n{MAIL}", True),
        (f"somebody wrote:\nhello\n\n{MAIL}", False),
        (f"somebody wrote:\n> hello\n{MAIL}", False),
        (f"jemand schrieb:\n{MAIL}", True),
        (f"Quote from: somebody on a day\n{MAIL}", True),
        (f"I wrote: {MAIL}", False),
    ],
)
def test_own_words_and_quoted_words_are_told_apart(text: str, is_quoted: bool) -> None:
    (hit,) = scan(text).identifiers
    assert hit.is_quoted is is_quoted


def test_a_claim_in_quoted_words_is_quoted() -> None:
    (claim,) = scan("> formerly saltmarsh on Kestrel").claims
    assert claim.is_quoted


def test_small_letters_stand_where_the_letters_stood() -> None:
    """Every character: only one grows when it is made small, and it is treated apart."""
    for code in range(sys.maxunicode + 1):
        assert len(in_small(chr(code))) == 1
    text = "İİΣ wickr: salt_1"
    (hit,) = scan(text).identifiers
    assert text[hit.start : hit.end] == "salt_1"


PIECES = st.sampled_from(
    ["wickr", "telegram", "signal: ", "icq", "@", "[at]", "(dot)", ".onion", "http://", "www.", "+49", " 123",
     "-", "\n> ",
     "[quote]", "[/quote]", "wrote:\n", "formerly ", "I was ", " on ", "Kestrel",
     "-----BEGIN PGP MESSAGE-----", "1" * 30,
     "bc1q", "4" * 95, "0x", "ab" * 20, "tel. ", "a.b", ":", "é", "\x00", "İ", "_"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_no_text_makes_it_fail_and_every_span_is_what_was_written(text: str) -> None:
    found = scan(text)
    for hit in found.identifiers:
        assert text[hit.start : hit.end] == hit.written != ""
        assert hit.value
    for claim in found.claims:
        assert 0 <= claim.start < claim.end <= len(text)
    assert scan(text) == found


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "a@", "a@a.", "-", "- -", "+1 ", "+", "[quote]", "> ", "wrote:\n", "wickr ", "i was ",
     "i was a on ", "(at)", "x [at] ",
     "http://", "http://a@", "www.", "a.onion ", ".onion", "1" * 33 + " ", "-----BEGIN PGP MESSAGE-----",
     "tel 1 ", "\n",
     "_", '"i was "', 'formerly "', "@a:", "@a:a.", "jabber ", "quote from:", "<blockquote>", "A1b" * 9 + " ",
     "0" * 99, "é",
     "> a@b.invalid\n", "http://a.invalid ", "+12025550143 ", "a@b.invalid (jabber) ", "a@b.invalid x wrote:\n"],
)  # fmt: skip
def test_time_grows_with_the_length_and_not_faster(piece: str) -> None:
    """A seized text may be made to hold a reader up; four times the text must not take ten times as long."""

    def seconds(size: int) -> float:
        text = (piece * size)[:size] + " a@b.invalid"
        taken = []
        for _ in range(3):
            began = time.process_time()
            scan(text)
            taken.append(time.process_time() - began)
        return min(taken)

    assert seconds(80_000) < 10 * seconds(20_000) + 0.05
