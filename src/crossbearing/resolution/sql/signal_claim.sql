-- One account's words that it is the other.
--
-- Grain:  one row per pair_id with such words.
-- Source: self-claims that name an account on record. Levels: "one" or "both" say so.
-- Limits: words; a copycat says them as well.
SELECT
    pair_candidate.pair_id,
    pair_candidate.left_id,
    pair_candidate.right_id,
    'self-claim' AS signal,
    CASE count(*) WHEN 1 THEN 'one' ELSE 'both' END AS level,
    0::BIGINT AS spread,
    'one says that it is the other on another market; words cost nothing' AS reason,
    list_sort(list_distinct(flatten(list(account_claim.places)))) AS places,
    list_sort(list_distinct(flatten(list(account_claim.exhibit_ids)))) AS exhibit_ids
FROM pair_candidate
INNER JOIN account_claim
    ON
        account_claim.account_id IN (pair_candidate.left_id, pair_candidate.right_id)
        AND account_claim.claimed_id IN (pair_candidate.left_id, pair_candidate.right_id)
WHERE list_contains(pair_candidate.candidate_rules, 'self-claim')
GROUP BY pair_candidate.pair_id, pair_candidate.left_id, pair_candidate.right_id
