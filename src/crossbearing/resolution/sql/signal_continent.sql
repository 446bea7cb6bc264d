-- Two accounts that were active in the same weeks, from different continents.
--
-- Grain:  one row per pair_id of accounts that were active in one week and more of the same, if what they ship from
--         lies on no continent of the other's.
-- Source: origins of adverts (those that account_trade keeps); weeks in which each wrote, sold, or put up or showed
--         an advert. Level: "one week" or "several weeks".
-- Limits: sellers lie about origin, a group can ship from two places, and both Americas count as one continent.
WITH based AS (
    SELECT
        account_trade.account_id,
        account_trade.continents,
        account_rhythm.weeks,
        account_trade.places,
        account_trade.exhibit_ids
    FROM account_trade
    INNER JOIN account_rhythm ON account_trade.account_id = account_rhythm.account_id
    WHERE len(account_trade.continents) > 0
),

apart AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        one.continents AS left_continents,
        other.continents AS right_continents,
        len(list_intersect(one.weeks, other.weeks)) AS weeks_shared,
        list_sort(list_distinct(list_concat(one.places, other.places))) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM pair_candidate
    INNER JOIN based AS one ON pair_candidate.left_id = one.account_id
    INNER JOIN based AS other
        ON pair_candidate.right_id = other.account_id AND NOT list_has_any(one.continents, other.continents)
)

SELECT
    pair_id,
    left_id,
    right_id,
    'continents' AS signal,
    CASE weeks_shared WHEN 1 THEN 'one week' ELSE 'several weeks' END AS level,
    0::BIGINT AS spread,
    concat(
        'one ships from ', array_to_string(left_continents, ' and '), ', the other from ',
        array_to_string(right_continents, ' and '), ', and both were active in ', weeks_shared,
        CASE weeks_shared WHEN 1 THEN ' week' ELSE ' of the same weeks' END
    ) AS reason,
    places,
    exhibit_ids
FROM apart
WHERE weeks_shared > 0
