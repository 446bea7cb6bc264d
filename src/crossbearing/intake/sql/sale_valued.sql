-- Sales with their seller's account, their advert, and their value in euro at the day of the sale.
--
-- Grain:  one row per order; of one that several exhibits show, the row of the exhibit added last.
-- Source: sale records; offers name the advert; the advert names the seller where the order does not; the daily rate
--         quoted in EUR on the day of the sale.
-- Limits: a sale without a rate has no value in euro and is counted as such; so has one whose amount, or whose offer's
--         price, is a placeholder (9999, 11111, a million and more); the server's state is its word.
WITH offer AS (
    SELECT
        market,
        offer_server_id,
        max(listing_server_id) AS listing_server_id,
        bool_or(is_placeholder(price)) AS is_placeholder
    FROM listing_sighting
    WHERE offer_server_id IS NOT NULL
    GROUP BY market, offer_server_id
),

owner AS (
    SELECT
        market,
        listing_server_id,
        max(seller_server_id) AS seller_server_id
    FROM listing_sighting
    WHERE listing_server_id IS NOT NULL AND seller_server_id IS NOT NULL
    GROUP BY market, listing_server_id
),

daily AS (
    SELECT
        base,
        valid_on,
        max(struct_pack(
            price := price,
            exhibit_id := exhibit_id,
            place := place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length)
        )) AS best
    FROM rate
    WHERE quote = 'EUR'
    GROUP BY base, valid_on
),

placed AS (
    SELECT
        sale.*,
        server_account.account_id,
        is_placeholder(sale.amount) OR coalesce(offer.is_placeholder, FALSE) AS is_placeholder,
        coalesce(sale.listing_server_id, offer.listing_server_id) AS advert_server_id,
        row_number() OVER (
            PARTITION BY
                sale.market, coalesce(sale.sale_server_id, concat_ws('|', sale.exhibit_id, sale.part, sale.source_row))
            ORDER BY exhibit.exhibit_position DESC, sale.part ASC, sale.source_row ASC
        ) AS repeat_number
    FROM sale
    INNER JOIN exhibit ON sale.exhibit_id = exhibit.exhibit_id
    LEFT JOIN offer
        ON
            sale.market = offer.market
            AND sale.offer_server_id = offer.offer_server_id
    LEFT JOIN owner
        ON
            sale.market = owner.market
            AND coalesce(sale.listing_server_id, offer.listing_server_id) = owner.listing_server_id
    INNER JOIN server_account
        ON
            sale.market = server_account.market
            AND coalesce(sale.seller_server_id, owner.seller_server_id) = server_account.account_server_id
)

SELECT
    placed.market,
    placed.sale_server_id,
    placed.account_id,
    CASE
        WHEN placed.advert_server_id IS NOT NULL
            THEN listing_id_of(placed.market, placed.advert_server_id, NULL, NULL)
    END AS listing_id,
    placed.buyer_server_id,
    placed.quantity,
    placed.amount,
    placed.amount_currency,
    placed.state,
    placed.sold_at,
    placed.is_placeholder,
    daily.valid_on AS rate_on,
    daily.best.price AS rate_price,
    daily.best.place AS rate_place,
    CASE
        WHEN NOT placed.is_placeholder
            THEN round(
                try_cast(placed.amount AS DECIMAL(19, 12)) * try_cast(daily.best.price AS DECIMAL(18, 4)), 2
            )::DECIMAL(38, 2)
    END AS value_eur,
    place_of(
        placed.exhibit_id,
        placed.part,
        placed.source_table,
        placed.source_row,
        placed.byte_offset,
        placed.byte_length
    ) AS place,
    list_distinct([placed.exhibit_id, coalesce(daily.best.exhibit_id, placed.exhibit_id)]) AS exhibit_ids
FROM placed
LEFT JOIN daily
    ON
        placed.amount_currency = daily.base
        AND placed.sold_at::DATE = daily.valid_on
WHERE placed.repeat_number = 1
