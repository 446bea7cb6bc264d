-- What an account says it sells, where from, and when it was seen.
--
-- Grain:  one row per account_id of a seller or of staff.
-- Source: adverts: substances and goods that titles name, countries that origins name, amounts offered; sales as
--         servers recorded them.
-- Limits: words of adverts, not facts. begins_at and ends_at span what was seen or sold, not when the account was used
--         otherwise. countries: those that a fifth of the adverts with a readable origin name.
WITH seller AS (
    SELECT *
    FROM account
    WHERE role IN ('seller', 'staff')
),

origins AS (
    SELECT
        listing.account_id,
        origin.country,
        count(*) AS adverts,
        sum(count(*)) OVER (PARTITION BY listing.account_id) AS all_adverts
    FROM listing
    INNER JOIN origin ON listing.ships_from = origin.ships_from
    WHERE origin.country IS NOT NULL
    GROUP BY listing.account_id, origin.country
),

goods AS (
    SELECT
        listing.account_id,
        listing_substance.substance AS item
    FROM listing
    INNER JOIN listing_substance ON listing.listing_id = listing_substance.listing_id
    WHERE NOT listing_substance.is_ambiguous
    UNION
    SELECT
        listing.account_id,
        listing_goods.goods AS item
    FROM listing
    INNER JOIN listing_goods ON listing.listing_id = listing_goods.listing_id
),

prices AS (
    SELECT DISTINCT
        account_id,
        concat(price_currency, ' ', price) AS price
    FROM listing
    WHERE price IS NOT NULL AND NOT price_is_placeholder
),

sold AS (
    SELECT
        account_id,
        min(sold_at) AS first_sale_at,
        max(sold_at) AS last_sale_at,
        count(*) AS sales
    FROM sale_valued
    GROUP BY account_id
)

SELECT
    seller.account_id,
    seller.market,
    seller.role,
    (
        SELECT count(*) FROM listing
        WHERE listing.account_id = seller.account_id
    ) AS adverts,
    coalesce(sold.sales, 0) AS sales,
    least(seller.first_seen_at, sold.first_sale_at) AS begins_at,
    greatest(seller.last_active_at, sold.last_sale_at) AS ends_at,
    coalesce((
        SELECT list_sort(list(origins.country))
        FROM origins
        WHERE origins.account_id = seller.account_id AND 5 * origins.adverts >= origins.all_adverts
    ), []) AS countries,
    coalesce((
        SELECT list_sort(list(goods.item)) FROM goods
        WHERE goods.account_id = seller.account_id
    ), []) AS named_goods,
    coalesce((
        SELECT list_sort(list(prices.price)) FROM prices
        WHERE prices.account_id = seller.account_id
    ), []) AS prices,
    seller.places,
    seller.exhibit_ids
FROM seller
LEFT JOIN sold ON seller.account_id = sold.account_id
