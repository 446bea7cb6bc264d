-- What sellers and staff wrote: titles and descriptions of adverts, and what they say of themselves.
--
-- Grain:  one row per different text of an account_id and a text_kind: about, description, title.
-- Source: adverts and profiles of seller and staff accounts. first_position: of the first exhibit that shows the
--         account, in the log. state changes with the exhibits that show the text.
-- Limits: a text that stands on several rows or in several exhibits is read once. Of each kind about 20,000 characters
--         are read of one account, the oldest first: a million copies are one advert. Buyers' words are not read.
WITH shown AS (
    SELECT
        coalesce(
            server_account.account_id,
            CASE
                WHEN coalesce(sighting.account_server_id, sighting.account_handle) IS NOT NULL
                    THEN account_id_of(sighting.market, sighting.account_server_id, sighting.account_handle)
            END
        ) AS account_id,
        'about' AS text_kind,
        sighting.about AS text,
        NULL::DATE AS shown_on,
        [sighting.exhibit_id] AS exhibit_ids
    FROM account_sighting AS sighting
    LEFT JOIN server_account
        ON sighting.market = server_account.market AND sighting.account_server_id = server_account.account_server_id
    UNION ALL
    SELECT
        account_id,
        'description' AS text_kind,
        description AS text,
        first_seen_on AS shown_on,
        exhibit_ids
    FROM listing
    UNION ALL
    SELECT
        account_id,
        'title' AS text_kind,
        title AS text,
        first_seen_on AS shown_on,
        exhibit_ids
    FROM listing
),

on_record AS (
    SELECT
        named.account_id,
        min(exhibit.exhibit_position) AS first_position
    FROM (
        SELECT
            account_id,
            unnest(exhibit_ids) AS exhibit_id
        FROM account
    ) AS named
    INNER JOIN exhibit ON named.exhibit_id = exhibit.exhibit_id
    GROUP BY named.account_id
),

written AS (
    SELECT
        account.account_id,
        coalesce(account.handle, '') AS handle,
        shown.text_kind,
        shown.text,
        min(shown.shown_on) AS shown_on,
        list_sort(list_distinct(flatten(list(shown.exhibit_ids)))) AS exhibit_ids
    FROM shown
    INNER JOIN account ON shown.account_id = account.account_id
    WHERE account.role IN ('seller', 'staff') AND shown.text <> ''
    GROUP BY account.account_id, account.handle, shown.text_kind, shown.text
),

measured AS (
    SELECT
        *,
        -- Of the texts before this one, oldest first.
        coalesce(
            sum(length(text)) OVER (
                PARTITION BY account_id, text_kind
                ORDER BY shown_on, text
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0
        )::BIGINT AS before
    FROM written
),

numbered AS (
    SELECT
        * EXCLUDE (text),
        left(text, 20000 - before) AS text,
        md5(concat_ws(' ', text_kind, handle, text)) AS text_hash
    FROM measured
    WHERE before < 20000
)

SELECT
    -- By account, so that what is known of its handle is at hand for all of its texts.
    concat(numbered.account_id, ' ', left(numbered.text_hash, 20)) AS text_id,
    numbered.account_id,
    numbered.handle,
    numbered.text_kind,
    numbered.text,
    coalesce(on_record.first_position, 0) AS first_position,
    numbered.exhibit_ids,
    md5(array_to_string(numbered.exhibit_ids, ' ')) AS state
FROM numbered
LEFT JOIN on_record ON numbered.account_id = on_record.account_id
