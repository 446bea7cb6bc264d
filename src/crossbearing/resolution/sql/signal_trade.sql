-- What two accounts sell, from where, at which prices, and when.
--
-- Grain:  one row per (pair_id, signal): goods, origin, prices, activity; none where one of the two states nothing.
-- Source: adverts and sales of both. goods: share of all named goods that both name, in
--         seven levels, with how many these are. origin: "same" if
--         any country is shared, else "different". prices: share of the shorter list of prices that stands on the other
--         list too. activity: "at once" if both were seen or sold in one stretch of time, "after" if one begins within
--         60 days of the other's end, else "apart".
-- Limits: sellers lie about origin; round prices are common; sellers of one thing look alike.
WITH compared AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        list_concat(one.places, other.places) AS places,
        list_concat(one.exhibit_ids, other.exhibit_ids) AS exhibit_ids,
        len(list_intersect(one.named_goods, other.named_goods)) AS goods_shared,
        len(list_distinct(list_concat(one.named_goods, other.named_goods))) AS goods_named,
        least(len(one.named_goods), len(other.named_goods)) AS goods_least,
        len(list_intersect(one.countries, other.countries)) AS countries_shared,
        least(len(one.countries), len(other.countries)) AS countries_least,
        len(list_intersect(one.prices, other.prices)) AS prices_shared,
        least(len(one.prices), len(other.prices)) AS prices_least,
        greatest(one.begins_at, other.begins_at) AS later_begin,
        least(one.ends_at, other.ends_at) AS earlier_end,
        -- Of a known and an unknown time, greatest() and least() give the known one.
        one.begins_at IS NOT NULL
        AND one.ends_at IS NOT NULL
        AND other.begins_at IS NOT NULL
        AND other.ends_at IS NOT NULL AS has_times
    FROM pair_candidate
    INNER JOIN account_trade AS one ON pair_candidate.left_id = one.account_id
    INNER JOIN account_trade AS other ON pair_candidate.right_id = other.account_id
),

-- One row each from one pass: a union of four would keep all pairs with their places in memory.
levels AS (
    SELECT
        pair_id,
        left_id,
        right_id,
        places,
        exhibit_ids,
        unnest([
            CASE
                WHEN goods_least > 0
                    THEN
                        {
                            'signal': 'goods',
                            'level': CASE
                                WHEN goods_shared = 0 THEN 'none'
                                ELSE
                                    concat(
                                        CASE
                                            WHEN goods_shared = goods_named THEN 'all'
                                            WHEN 100 * goods_shared >= 74 * goods_named THEN 'nearly all'
                                            WHEN 100 * goods_shared >= 55 * goods_named THEN 'most'
                                            WHEN 100 * goods_shared >= 45 * goods_named THEN 'half'
                                            WHEN 100 * goods_shared >= 26 * goods_named THEN 'some'
                                            ELSE 'few'
                                        END,
                                        ', ',
                                        CASE WHEN goods_shared > 3 THEN '4 and more' ELSE goods_shared::VARCHAR END
                                    )
                            END,
                            'reason': concat(
                                goods_shared, ' of ', goods_named, ' goods that their adverts name are on both'
                            )
                        }
            END,
            CASE
                WHEN countries_least > 0
                    THEN
                        {
                            'signal': 'origin',
                            'level': CASE WHEN countries_shared > 0 THEN 'same' ELSE 'different' END,
                            'reason': CASE
                                WHEN countries_shared > 0 THEN 'their adverts name the same country of origin'
                                ELSE 'their adverts name different countries of origin'
                            END
                        }
            END,
            CASE
                WHEN prices_least > 2
                    THEN
                        {
                            'signal': 'prices',
                            'level': CASE
                                WHEN prices_shared = 0 THEN 'none'
                                WHEN 3 * prices_shared >= 2 * prices_least AND prices_shared > 2 THEN 'most'
                                WHEN 3 * prices_shared >= prices_least AND prices_shared > 1 THEN 'many'
                                ELSE 'few'
                            END,
                            'reason': concat(
                                prices_shared, ' of ', prices_least, ' prices of the shorter list are on both'
                            )
                        }
            END,
            CASE
                WHEN has_times
                    THEN
                        {
                            'signal': 'activity',
                            'level': CASE
                                WHEN later_begin <= earlier_end THEN 'at once'
                                WHEN later_begin <= earlier_end + INTERVAL 60 DAYS THEN 'after'
                                ELSE 'apart'
                            END,
                            'reason': CASE
                                WHEN later_begin <= earlier_end THEN 'both were active in one stretch of time'
                                WHEN later_begin <= earlier_end + INTERVAL 60 DAYS
                                    THEN
                                        concat(
                                            'one begins ', date_diff('day', earlier_end, later_begin),
                                            ' days after the other ends'
                                        )
                                ELSE concat(date_diff('day', earlier_end, later_begin), ' days lie between the two')
                            END
                        }
            END
        ]) AS seen
    FROM compared
)

SELECT
    pair_id,
    left_id,
    right_id,
    struct_extract(seen, 'signal') AS signal,
    struct_extract(seen, 'level') AS level,
    0::BIGINT AS spread,
    struct_extract(seen, 'reason') AS reason,
    list_sort(list_distinct(places)) AS places,
    list_sort(list_distinct(exhibit_ids)) AS exhibit_ids
FROM levels
WHERE seen IS NOT NULL
