-- Accounts of which one bought from the other, and how often they were in dispute.
--
-- Grain:  one row per pair of seller or staff accounts of one market with such an order; left_id less than right_id.
-- Source: orders whose buyer is the one and whose seller is the other; disputes about them, as the server has them.
-- Limits: only servers that were seized know their buyers. places names five rows at most.
WITH bought AS (
    SELECT
        sale_valued.account_id AS seller_id,
        buyer.account_id AS buyer_id,
        sale_valued.market,
        sale_valued.sale_server_id,
        sale_valued.place,
        sale_valued.exhibit_ids
    FROM sale_valued
    INNER JOIN server_account AS buyer
        ON sale_valued.market = buyer.market AND sale_valued.buyer_server_id = buyer.account_server_id
    INNER JOIN account ON buyer.account_id = account.account_id AND account.role IN ('seller', 'staff')
    INNER JOIN account AS seller
        ON sale_valued.account_id = seller.account_id AND seller.role IN ('seller', 'staff')
    WHERE sale_valued.account_id <> buyer.account_id
),

argued AS (
    SELECT
        market,
        sale_server_id,
        min(place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length)) AS place
    FROM dispute
    WHERE sale_server_id IS NOT NULL
    GROUP BY market, sale_server_id
)

SELECT
    least(bought.seller_id, bought.buyer_id) AS left_id,
    greatest(bought.seller_id, bought.buyer_id) AS right_id,
    count(*) AS orders,
    count(argued.place) AS disputes,
    list_slice(list_sort(list(coalesce(argued.place, bought.place))), 1, 5) AS places,
    list_sort(list_distinct(flatten(list(bought.exhibit_ids)))) AS exhibit_ids
FROM bought
LEFT JOIN argued ON bought.market = argued.market AND bought.sale_server_id = argued.sale_server_id
GROUP BY least(bought.seller_id, bought.buyer_id), greatest(bought.seller_id, bought.buyer_id)
