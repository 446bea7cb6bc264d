-- Pairs of accounts that are compared, and by which rules they came together.
--
-- Grain:  one row per pair_id.
-- Source: pairs that something brought together, and neighbours in writing. state changes with anything that is on
--         record of either account, with the rules, with how alike the two write, with the words that they share, and
--         with their dealings.
-- Limits: what no rule brings together is never compared; how much that loses is its own figure (docs/reference).
WITH met AS (
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
),

together AS (
    SELECT
        left_id,
        right_id,
        list_sort(list_distinct(flatten(list(candidate_rules)))) AS candidate_rules,
        list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids
    FROM met
    GROUP BY left_id, right_id
)

SELECT
    pair_id_of(together.left_id, together.right_id) AS pair_id,
    together.left_id,
    together.right_id,
    together.candidate_rules,
    together.exhibit_ids,
    md5(concat(
        one.state, other.state, together::VARCHAR, writing_pair::VARCHAR, pair_dealing::VARCHAR, shared_run::VARCHAR
    )) AS state
FROM together
INNER JOIN account_state AS one ON together.left_id = one.account_id
INNER JOIN account_state AS other ON together.right_id = other.account_id
LEFT JOIN writing_pair ON together.left_id = writing_pair.left_id AND together.right_id = writing_pair.right_id
LEFT JOIN pair_dealing ON together.left_id = pair_dealing.left_id AND together.right_id = pair_dealing.right_id
LEFT JOIN shared_run ON together.left_id = shared_run.left_id AND together.right_id = shared_run.right_id
