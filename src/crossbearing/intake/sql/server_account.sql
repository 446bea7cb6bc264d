-- The account that a server's own id stands for.
--
-- Grain:  one row per (market, account_server_id).
-- Source: account sightings that show both id and handle; ids seen without a handle name themselves.
-- Limits: ids whose handles differ only in case are accounts of their own, named by their ids. If exhibits show
--         several handles for one id, the alphabetically last names the account.
WITH shown AS (
    SELECT
        market,
        account_server_id,
        account_handle AS handle,
        exhibit_id
    FROM account_sighting
    WHERE account_server_id IS NOT NULL
    UNION ALL
    SELECT
        market,
        seller_server_id AS account_server_id,
        seller_handle AS handle,
        exhibit_id
    FROM listing_sighting
    WHERE seller_server_id IS NOT NULL
    UNION ALL
    SELECT
        market,
        seller_server_id AS account_server_id,
        seller_handle AS handle,
        exhibit_id
    FROM sale
    WHERE seller_server_id IS NOT NULL
    UNION ALL
    SELECT
        market,
        buyer_server_id AS account_server_id,
        NULL AS handle,
        exhibit_id
    FROM sale
    WHERE buyer_server_id IS NOT NULL
),

named AS (
    SELECT
        market,
        account_server_id,
        max(handle) AS handle,
        list_sort(list(DISTINCT exhibit_id)) AS exhibit_ids
    FROM shown
    GROUP BY market, account_server_id
)

SELECT
    market,
    account_server_id,
    handle,
    account_id_of(
        market,
        account_server_id,
        CASE WHEN count(*) OVER (PARTITION BY market, lower(handle)) = 1 THEN handle END
    ) AS account_id,
    exhibit_ids
FROM named
