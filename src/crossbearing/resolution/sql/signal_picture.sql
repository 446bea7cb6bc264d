-- Pictures that look alike on two accounts.
--
-- Grain:  one row per pair_id with such pictures.
-- Source: pictures by what they look like. Levels by how many the two share: "one", "several".
-- Limits: adverts and their pictures are copied. A picture on more than 20 accounts is passed over.
SELECT
    pair_candidate.pair_id,
    pair_candidate.left_id,
    pair_candidate.right_id,
    'picture' AS signal,
    CASE count(*) WHEN 1 THEN 'one' ELSE 'several' END AS level,
    min(one.spread)::BIGINT AS spread,
    concat(
        count(*), CASE count(*) WHEN 1 THEN ' picture looks' ELSE ' pictures look' END,
        ' alike; ', min(one.spread), ' accounts show it; pictures can be copied'
    ) AS reason,
    list_sort(list_distinct(flatten(list(list_concat(one.places, other.places))))) AS places,
    list_sort(list_distinct(flatten(list(list_concat(one.exhibit_ids, other.exhibit_ids))))) AS exhibit_ids
FROM pair_candidate
INNER JOIN account_picture AS one ON pair_candidate.left_id = one.account_id
INNER JOIN account_picture AS other
    ON pair_candidate.right_id = other.account_id AND one.difference_hash = other.difference_hash
WHERE one.spread <= 20
GROUP BY pair_candidate.pair_id, pair_candidate.left_id, pair_candidate.right_id
