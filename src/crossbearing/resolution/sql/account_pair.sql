-- Pairs of accounts worth a person's look, with what the software proposes.
--
-- Grain:  one row per pair_id with at least one signal for it.
-- Source: pair signals. "proposal": identity evidence, and nothing against; "lead": everything else.
-- Limits: neither joins anything; only a person's judgement does.
SELECT
    pair_signal.pair_id,
    pair_signal.left_id,
    pair_signal.right_id,
    min(one.market) AS left_market,
    min(one.handle) AS left_handle,
    min(other.market) AS right_market,
    min(other.handle) AS right_handle,
    CASE
        WHEN bool_or(pair_signal.strength = 'identity') AND NOT bool_or(pair_signal.strength = 'against')
            THEN 'proposal'
        ELSE 'lead'
    END AS tier,
    list_sort(list(pair_signal.reason) FILTER (pair_signal.strength <> 'against')) AS reasons_for,
    coalesce(
        list_sort(list(pair_signal.reason) FILTER (pair_signal.strength = 'against')), []
    ) AS reasons_against,
    list_sort(list_distinct(flatten(list(pair_signal.places)))) AS places,
    list_sort(list_distinct(flatten(list(pair_signal.exhibit_ids)))) AS exhibit_ids
FROM pair_signal
INNER JOIN account AS one ON pair_signal.left_id = one.account_id
INNER JOIN account AS other ON pair_signal.right_id = other.account_id
GROUP BY pair_signal.pair_id, pair_signal.left_id, pair_signal.right_id
HAVING bool_or(pair_signal.strength <> 'against')
