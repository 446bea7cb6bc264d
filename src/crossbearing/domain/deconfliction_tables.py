"""Record tables: what agencies hand in so that nobody works on a case beside another without knowing."""

from typing import Final

from crossbearing.domain.columns import Column, Party, RecordTable, Type, text

DECONFLICTION: Final = "deconfliction"  # class of protection
SUBMITTED: Final = "submitted_identifier"
EVENT: Final = "planned_event"
_ACCOUNT: Final = Party(server_id="", handle="account_handle")
DECONFLICTION_TABLES: Final = (
    RecordTable(
        name=SUBMITTED,
        grain="one identifier of one case that an agency hands in to learn who else knows it",
        columns=(
            text("agency", "who hands it in"),
            text("case_number", "the agency's own"),
            text("contact", "whom to call there"),
            text("identifier", "its kind and the identifier in one spelling"),
            text("written", "as the agency writes it; null for a handle"),
            text("market", "of a handle, if stated"),
            text("account_handle", "the handle, if it is one"),
        ),
        protection=DECONFLICTION,
        parties=(_ACCOUNT,),
    ),
    RecordTable(
        name=EVENT,
        grain="one search, purchase or other action that an agency plans",
        columns=(
            text("event_ref", "the agency's own"),
            text("agency", "who plans it"),
            text("case_number", "the agency's own"),
            text("contact", "whom to call there"),
            text("event_kind", "search, arrest, surveillance, delivery, meeting, purchase"),
            Column("starts_at", Type.INSTANT, "when it begins"),
            Column("ends_at", Type.INSTANT, "when it ends"),
            Column("latitude", Type.DECIMAL, "degrees north"),
            Column("longitude", Type.DECIMAL, "degrees east"),
            text("postcode", "of the place, or the beginning of it, letters and digits"),
            text("country", "of the postcode, as stated"),
            text("market", "of the account that is bought from"),
            text("account_handle", "of the account that is bought from"),
            Column(
                "within_km", Type.DECIMAL, "distance within which another event is told, kilometres; null if the usual"
            ),
            Column("within_hours", Type.DECIMAL, "time within which another event is told, hours; null if the usual"),
        ),
        protection=DECONFLICTION,
        parties=(_ACCOUNT,),
    ),
)
