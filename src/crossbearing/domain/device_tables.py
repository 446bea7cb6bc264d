"""Record tables: what forensic tools report of seized telephones and computers, one table for each kind of thing.

Names on a device are mostly those of strangers, so all of it is protected. Where no row names the device, the exhibit
is the device.
"""

from typing import Final

from crossbearing.domain.columns import Column, RecordTable, Type, text

_DEVICE: Final = text("extract_ref", "the agency's own name of the device, if the row has one")
_SERVICE: Final = text("service", "program or network, as the tool names it")
_DELETED: Final = Column("is_deleted", Type.FLAG, "the tool recovered it after it was deleted; null if not stated")
_TIME_TEXT: Final = text("time_text", "day and time as stated")

DEVICE_TABLES: Final = (
    RecordTable(
        name="device_fact",
        grain="one thing that a tool states of a device: a number, an owner, a program, a setting",
        columns=(
            _DEVICE,
            text("topic", "device, program"),
            text("name", "what is stated"),
            text("stated", "as the tool states it"),
            text("phone", "telephone number in it, as E.164 writes it; null without its country"),
            Column("noted_at", Type.INSTANT, "time that the row gives; UTC if it states its zone"),
        ),
        protection="person",
    ),
    RecordTable(
        name="device_account",
        grain="one account or wallet that is set up on a device",
        columns=(
            _DEVICE,
            _SERVICE,
            text("account_name", "log-in or handle"),
            text("account_ref", "number, id or address of it in the service"),
            text("display_name", "name that others see"),
            text("phone", "telephone number of it, as E.164 writes it; null without its country"),
            text("mail", "as stated"),
            text("details", "whatever else is stated of it, without passwords"),
            Column("opened_on", Type.DATE, "day it was set up"),
            _DELETED,
        ),
        protection="person",
    ),
    RecordTable(
        name="device_contact",
        grain="one number or name under one contact on a device",
        columns=(
            _DEVICE,
            _SERVICE,
            text("display_name", "name of the contact, as the owner or the service wrote it"),
            text("entry_kind", "what the entry is, as the tool names it"),
            text("entry", "number, handle, address; null for a contact without any"),
            text("phone", "telephone number in the entry, as E.164 writes it; null without its country"),
            _DELETED,
        ),
        protection="person",
    ),
    RecordTable(
        name="device_call",
        grain="one call in a device's list of calls",
        columns=(
            _DEVICE,
            _SERVICE,
            text("direction", "as the tool names it"),
            text("state", "as the tool names it: answered, missed"),
            text("party", "the other side, as stated"),
            text("phone", "number of the other side, as E.164 writes it; null without its country"),
            text("duration", "as stated"),
            Column("called_at", Type.INSTANT, "when; UTC if the row states its zone, else by the device's clock"),
            _TIME_TEXT,
            _DELETED,
        ),
        protection="person",
    ),
    RecordTable(
        name="device_text",
        grain="one message or note on a device",
        columns=(
            _DEVICE,
            text("kind", "chat, text message, note"),
            _SERVICE,
            text("chat_ref", "conversation it belongs to"),
            text("direction", "as the tool names it"),
            text("sender", "as stated"),
            text("sender_phone", "number of the sender, as E.164 writes it; null without its country"),
            text("recipients", "as stated"),
            text("body", "the words as they stood"),
            Column("sent_at", Type.INSTANT, "when; UTC if the row states its zone, else by the device's clock"),
            _TIME_TEXT,
            _DELETED,
        ),
        protection="message",
    ),
)
