-- Keys seen under an account, by where they stood.
--
-- Grain:  one row per (account_id, fingerprint, key_context).
-- Source: key readings; accounts as servers and pages name them.
-- Limits: a key shows which key a text holds, not who owns it. A block without a whole first packet has no
--         fingerprint and no row; one whose checksum does not fit ("packet_only") may have a wrong one.
--         is_quoted: it stands in quoted words only.
SELECT
    coalesce(
        server_account.account_id,
        account_id_of(key_reading.market, key_reading.account_server_id, key_reading.account_handle)
    ) AS account_id,
    key_reading.fingerprint,
    key_reading.key_context,
    best_key_state(key_reading.key_state) AS key_state,
    bool_and(key_reading.is_quoted) AS is_quoted,
    count(*) AS blocks,
    list_sort(list(key_reading.place)) AS places,
    list_sort(list_distinct(flatten(list(key_reading.exhibit_ids)))) AS exhibit_ids
FROM key_reading
LEFT JOIN server_account
    ON
        key_reading.market = server_account.market
        AND key_reading.account_server_id = server_account.account_server_id
WHERE
    key_reading.fingerprint IS NOT NULL
    AND coalesce(key_reading.account_server_id, key_reading.account_handle) IS NOT NULL
GROUP BY ALL
