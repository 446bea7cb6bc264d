-- Accounts: one name on one market, whoever is behind it.
--
-- Grain:  one row per account_id.
-- Source: every record that shows an account; roles from what it did or how the server lists it.
--         last_active_at is the server's own word (log-in, sale); a capture shows that a page stood, not that
--         anybody was there. places names the first two rows that show the account.
-- Limits: an account is not a person; several people may use one, and one person several.
WITH sighting AS (
    SELECT
        account_sighting.market,
        account_sighting.account_server_id AS server_id,
        coalesce(server_account.handle, account_sighting.account_handle) AS handle,
        server_account.account_id,
        account_sighting.role,
        account_sighting.registered_at AS begins_at,
        account_sighting.last_seen_at AS ends_at,
        account_sighting.last_seen_at AS active_at,
        account_sighting.exhibit_id,
        place_of(
            account_sighting.exhibit_id,
            account_sighting.part,
            account_sighting.source_table,
            account_sighting.source_row,
            account_sighting.byte_offset,
            account_sighting.byte_length
        ) AS place
    FROM account_sighting
    LEFT JOIN server_account
        ON
            account_sighting.market = server_account.market
            AND account_sighting.account_server_id = server_account.account_server_id
    UNION ALL
    SELECT
        listing_sighting.market,
        listing_sighting.seller_server_id AS server_id,
        coalesce(server_account.handle, listing_sighting.seller_handle) AS handle,
        server_account.account_id,
        'seller' AS role,
        listing_sighting.seen_on::TIMESTAMP AS begins_at,
        listing_sighting.seen_on::TIMESTAMP AS ends_at,
        NULL AS active_at,
        listing_sighting.exhibit_id,
        place_of(
            listing_sighting.exhibit_id,
            listing_sighting.part,
            listing_sighting.source_table,
            listing_sighting.source_row,
            listing_sighting.byte_offset,
            listing_sighting.byte_length
        ) AS place
    FROM listing_sighting
    LEFT JOIN server_account
        ON
            listing_sighting.market = server_account.market
            AND listing_sighting.seller_server_id = server_account.account_server_id
    WHERE coalesce(listing_sighting.seller_server_id, listing_sighting.seller_handle) IS NOT NULL
    UNION ALL
    SELECT
        sale.market,
        sale.seller_server_id AS server_id,
        server_account.handle,
        server_account.account_id,
        'seller' AS role,
        sale.sold_at AS begins_at,
        sale.sold_at AS ends_at,
        sale.sold_at AS active_at,
        sale.exhibit_id,
        NULL AS place
    FROM sale
    INNER JOIN server_account
        ON
            sale.market = server_account.market
            AND sale.seller_server_id = server_account.account_server_id
    UNION ALL
    SELECT
        sale.market,
        sale.buyer_server_id AS server_id,
        server_account.handle,
        server_account.account_id,
        'buyer' AS role,
        sale.sold_at AS begins_at,
        sale.sold_at AS ends_at,
        sale.sold_at AS active_at,
        sale.exhibit_id,
        NULL AS place
    FROM sale
    INNER JOIN server_account
        ON
            sale.market = server_account.market
            AND sale.buyer_server_id = server_account.account_server_id
)

SELECT
    coalesce(account_id, account_id_of(market, server_id, handle)) AS account_id,
    min(market) AS market,
    min(handle) AS handle,
    min(server_id) AS server_id,
    CASE
        WHEN bool_or(role = 'staff') THEN 'staff'
        WHEN bool_or(role = 'seller') THEN 'seller'
        WHEN bool_or(role = 'buyer') THEN 'buyer'
        ELSE 'unknown'
    END AS role,
    min(begins_at) AS first_seen_at,
    max(ends_at) AS last_seen_at,
    max(active_at) AS last_active_at,
    list_slice(list_sort(list(place) FILTER (place IS NOT NULL)), 1, 2) AS places,
    list_sort(list(DISTINCT exhibit_id)) AS exhibit_ids
FROM sighting
GROUP BY coalesce(account_id, account_id_of(market, server_id, handle))
