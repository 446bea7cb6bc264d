-- Which pack sizes two accounts offer.
--
-- Grain:  one row per pair_id of which both offer three sizes or more.
-- Source: amounts that titles of adverts offer, in grams where they are masses, else in what is counted. Levels as
--         those of prices: the share of the shorter list that stands on the other list too.
-- Limits: what is sold decides the usual sizes, and round ones are common.
WITH compared AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        len(list_intersect(one.quantities, other.quantities)) AS shared,
        least(len(one.quantities), len(other.quantities)) AS least_offered,
        list_sort(list_distinct(list_concat(one.places, other.places))) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM pair_candidate
    INNER JOIN account_trade AS one ON pair_candidate.left_id = one.account_id AND len(one.quantities) >= 3
    INNER JOIN account_trade AS other ON pair_candidate.right_id = other.account_id AND len(other.quantities) >= 3
)

SELECT
    pair_id,
    left_id,
    right_id,
    'quantities' AS signal,
    CASE
        WHEN shared = 0 THEN 'none'
        WHEN 3 * shared >= 2 * least_offered AND shared > 2 THEN 'most'
        WHEN 3 * shared >= least_offered AND shared > 1 THEN 'many'
        ELSE 'few'
    END AS level,
    0::BIGINT AS spread,
    concat(shared, ' of ', least_offered, ' pack sizes of the shorter list are on both') AS reason,
    places,
    exhibit_ids
FROM compared
