-- What an account says it sells, where from, and when it was seen.
--
-- Grain:  one row per account_id of a seller or of staff.
-- Source: adverts: substances and goods that titles name, countries that origins name, prices and pack sizes
--         offered, masses in grams; sales as servers recorded them. market_ended_at: the last sale or log-in of
--         anybody on that market. destinations: what its adverts say of where it ships to, as it was read.
-- Limits: words of adverts, not facts. begins_at and ends_at span what was seen or sold, not when the account was used
--         otherwise. countries: those that a fifth of the adverts with a readable origin name; destinations likewise.
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

-- What was read, in one way of writing, so that it can be compared.
reach AS (
    SELECT
        listing.account_id,
        concat_ws(
            ' ',
            CASE destination.reach WHEN 'everywhere' THEN 'everywhere' WHEN 'all but some' THEN 'everywhere but' END,
            nullif(array_to_string(destination.destinations, ', '), '')
        ) AS stated,
        count(*) AS adverts,
        sum(count(*)) OVER (PARTITION BY listing.account_id) AS all_adverts
    FROM listing
    INNER JOIN destination ON listing.ships_to = destination.ships_to
    WHERE destination.reach <> 'not read'
    GROUP BY listing.account_id, destination.reach, destination.destinations
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

quantities AS (
    SELECT DISTINCT
        listing.account_id,
        concat(
            coalesce(listing_quantity.grams_low, listing_quantity.quantity_low)::VARCHAR,
            CASE WHEN listing_quantity.grams_low IS NULL THEN concat(' ', listing_quantity.quantity_unit) ELSE ' g' END
        ) AS offered
    FROM listing_quantity
    INNER JOIN listing ON listing_quantity.listing_id = listing.listing_id
    WHERE listing_quantity.offer_rule IS NOT NULL AND listing_quantity.quantity_low IS NOT NULL
),

-- A country with land on two continents is on both.
lands AS (
    SELECT DISTINCT
        country,
        unnest(continents) AS continent
    FROM origin
    WHERE country IS NOT NULL
),

market_end AS (
    SELECT
        market,
        max(last_active_at) AS ended_at
    FROM account
    GROUP BY market
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
        SELECT list_sort(list(reach.stated))
        FROM reach
        WHERE reach.account_id = seller.account_id AND 5 * reach.adverts >= reach.all_adverts
    ), []) AS destinations,
    coalesce((
        SELECT list_sort(list(goods.item)) FROM goods
        WHERE goods.account_id = seller.account_id
    ), []) AS named_goods,
    coalesce((
        SELECT list_sort(list(prices.price)) FROM prices
        WHERE prices.account_id = seller.account_id
    ), []) AS prices,
    coalesce((
        SELECT list_sort(list(DISTINCT lands.continent))
        FROM origins
        INNER JOIN lands ON origins.country = lands.country
        WHERE origins.account_id = seller.account_id AND 5 * origins.adverts >= origins.all_adverts
    ), []) AS continents,
    coalesce((
        SELECT list_sort(list(quantities.offered)) FROM quantities
        WHERE quantities.account_id = seller.account_id
    ), []) AS quantities,
    market_end.ended_at AS market_ended_at,
    seller.places,
    seller.exhibit_ids
FROM seller
LEFT JOIN market_end ON seller.market = market_end.market
LEFT JOIN sold ON seller.account_id = sold.account_id
