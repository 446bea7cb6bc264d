-- Pairs of accounts that are compared, and by which rules they came together.
--
-- Grain:  one row per pair_id.
-- Source: pairs that something brought together, and neighbours in writing.
-- Limits: what no rule brings together is never compared; how much that loses is its own figure (docs/reference).
SELECT
    pair_id_of(left_id, right_id) AS pair_id,
    left_id,
    right_id,
    list_sort(list_distinct(flatten(list(candidate_rules)))) AS candidate_rules,
    list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids
FROM (
    SELECT
        left_id,
        right_id,
        candidate_rules,
        exhibit_ids
    FROM pair_met
    UNION ALL
    SELECT
        left_id,
        right_id,
        ['writing'] AS candidate_rules,
        exhibit_ids
    FROM writing_pair
    WHERE is_neighbour
) AS met
GROUP BY left_id, right_id
