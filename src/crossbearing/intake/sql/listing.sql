-- Adverts: what was offered, put together from all rows that show it.
--
-- Grain:  one row per listing_id.
-- Source: listing sightings; where they differ over time, the latest stated value stands.
-- Limits: an advert without an id on its market is named by seller and title, so a new title is a new advert.
WITH sighting AS (
    SELECT
        listing_id_of(
            listing_sighting.market,
            listing_sighting.listing_server_id,
            coalesce(listing_sighting.seller_handle, listing_sighting.seller_server_id),
            listing_sighting.title
        ) AS listing_id,
        listing_sighting.*,
        coalesce(
            server_account.account_id,
            CASE
                WHEN coalesce(listing_sighting.seller_server_id, listing_sighting.seller_handle) IS NOT NULL
                    THEN account_id_of(
                        listing_sighting.market,
                        listing_sighting.seller_server_id,
                        listing_sighting.seller_handle
                    )
            END
        ) AS account_id,
        coalesce(
            listing_sighting.category, concat_ws(' / ', parent.category_name, category.category_name)
        ) AS category_path,
        coalesce(listing_sighting.seen_on, DATE '0001-01-01') AS known_on
    FROM listing_sighting
    LEFT JOIN server_account
        ON
            listing_sighting.market = server_account.market
            AND listing_sighting.seller_server_id = server_account.account_server_id
    LEFT JOIN category
        ON
            listing_sighting.market = category.market
            AND listing_sighting.category_server_id = category.category_server_id
            AND listing_sighting.exhibit_id = category.exhibit_id
    LEFT JOIN category AS parent
        ON
            category.market = parent.market
            AND category.parent_server_id = parent.category_server_id
            AND category.exhibit_id = parent.exhibit_id
)

SELECT
    listing_id,
    min(market) AS market,
    min(listing_server_id) AS listing_server_id,
    max(account_id) AS account_id,
    latest_of(title, known_on) AS title,
    latest_of(description, known_on) AS description,
    latest_of(nullif(category_path, ''), known_on) AS category,
    latest_of(price, known_on) AS price,
    latest_of(price_currency, known_on) AS price_currency,
    is_placeholder(latest_of(price, known_on)) AS price_is_placeholder,
    latest_of(ships_from, known_on) AS ships_from,
    latest_of(ships_to, known_on) AS ships_to,
    max(sold_counter) AS sold_counter,
    min(seen_on) AS first_seen_on,
    max(seen_on) AS last_seen_on,
    count(DISTINCT concat_ws('|', exhibit_id, part, source_table, source_row)) AS sightings,
    list_sort(list_distinct(list(
        place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length)
    ))) AS places,
    list_sort(list(DISTINCT exhibit_id)) AS exhibit_ids
FROM sighting
GROUP BY listing_id
