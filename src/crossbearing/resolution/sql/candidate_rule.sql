-- How many pairs each rule brings together, counted before any pair is made.
--
-- Grain:  one row per candidate_rule.
-- Source: marks of accounts: of one that n accounts share come n times n - 1 by 2 pairs.
-- Limits: one pair may come by several rules. What more than 20 accounts share is left out, and counted as left out.
--         Neighbours in writing, pasted keys and self-claims are no marks and are not here.
WITH sized AS (
    SELECT
        candidate_rule,
        mark,
        is_too_common,
        count(*) AS accounts,
        count(*) * (count(*) - 1) // 2 AS pairs,
        list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids
    FROM account_mark
    GROUP BY candidate_rule, mark, is_too_common
    HAVING count(*) > 1
)

SELECT
    candidate_rule,
    count(*) FILTER (NOT is_too_common) AS marks,
    coalesce(sum(pairs) FILTER (NOT is_too_common), 0)::BIGINT AS pairs,
    count(*) FILTER (is_too_common) AS marks_left_out,
    coalesce(sum(accounts) FILTER (is_too_common), 0)::BIGINT AS accounts_left_out,
    coalesce(sum(pairs) FILTER (is_too_common), 0)::BIGINT AS pairs_left_out,
    list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids
FROM sized
GROUP BY candidate_rule
