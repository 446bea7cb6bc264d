-- Pictures that an account showed, by what they look like.
--
-- Grain:  one row per (account_id, difference_hash).
-- Source: pictures of adverts and of applications, found by the name that the server gave the file. Seller and staff
--         accounts only.
-- Limits: two pictures of one hash look alike and may still be two. A file whose name several pictures of the market
--         bear is nobody's. spread: how many accounts show it. Nothing is rendered.
WITH named AS (
    SELECT
        image.market,
        regexp_extract(image.image_name, '[^/]+$') AS file_name,
        listing.account_id
    FROM image
    INNER JOIN listing ON image.market = listing.market AND image.listing_server_id = listing.listing_server_id
    WHERE image.image_name IS NOT NULL
    UNION
    SELECT
        application.market,
        regexp_extract(application.image_name, '[^/]+$') AS file_name,
        server_account.account_id
    FROM application
    INNER JOIN server_account
        ON
            application.market = server_account.market
            AND application.account_server_id = server_account.account_server_id
    WHERE application.image_name IS NOT NULL
),

owned AS (
    SELECT
        market,
        file_name,
        min(account_id) AS account_id
    FROM named
    GROUP BY market, file_name
    HAVING count(DISTINCT account_id) = 1
),

shown AS (
    SELECT
        owned.account_id,
        image.difference_hash,
        list_sort(list(place_of(
            image.exhibit_id, image.part, image.source_table, image.source_row, image.byte_offset, image.byte_length
        ))) AS places,
        list_sort(list_distinct(list(image.exhibit_id))) AS exhibit_ids
    FROM image
    INNER JOIN owned
        ON
            image.market = owned.market
            AND regexp_extract(image.image_name, '[^/]+$') = owned.file_name
    INNER JOIN account ON owned.account_id = account.account_id
    WHERE image.difference_hash IS NOT NULL AND account.role IN ('seller', 'staff')
    GROUP BY owned.account_id, image.difference_hash
)

SELECT
    account_id,
    difference_hash,
    count(*) OVER (PARTITION BY difference_hash) AS spread,
    places,
    exhibit_ids
FROM shown
