-- What sellers and staff wrote, without what names them, so that a comparison of writing compares writing.
--
-- Grain:  one row per text_id.
-- Source: texts of accounts, without handles, contacts, keys and addresses.
-- Limits: what is not recognised as a name stays, and is compared as writing.
SELECT
    text_id,
    masked(handle, text) AS masked_text,
    exhibit_ids
FROM account_text
