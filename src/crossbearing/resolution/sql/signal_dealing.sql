-- One account bought from the other, or was in dispute with it.
--
-- Grain:  one row per pair_id of one market with such an order.
-- Source: orders between the two, and disputes about them. Levels: "dispute" if any was disputed, else "one order" or
--         "several orders".
-- Limits: sellers buy from each other, and some buy from themselves under another name to be rated, so that an order
--         by itself says nothing; a dispute with oneself would cost more than it brings.
SELECT
    pair_candidate.pair_id,
    pair_candidate.left_id,
    pair_candidate.right_id,
    'dealing' AS signal,
    CASE
        WHEN pair_dealing.disputes > 0 THEN 'dispute'
        WHEN pair_dealing.orders = 1 THEN 'one order'
        ELSE 'several orders'
    END AS level,
    0::BIGINT AS spread,
    concat(
        'one bought from the other in ', pair_dealing.orders,
        CASE pair_dealing.orders WHEN 1 THEN ' order' ELSE ' orders' END,
        CASE
            WHEN pair_dealing.disputes > 0 THEN concat('; of them disputed between the two: ', pair_dealing.disputes)
            ELSE ''
        END
    ) AS reason,
    pair_dealing.places,
    pair_dealing.exhibit_ids
FROM pair_candidate
INNER JOIN pair_dealing
    ON pair_candidate.left_id = pair_dealing.left_id AND pair_candidate.right_id = pair_dealing.right_id
