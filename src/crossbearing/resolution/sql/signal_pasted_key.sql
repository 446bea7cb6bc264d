-- A key of one account's profile that stands in another's messages, posts or quoted words.
--
-- Grain:  one row per pair_id where such a key stands.
-- Source: keys by where they stood.
-- Limits: anyone can paste a key: to write to its owner, to warn of the owner, or to seem to be the owner.
SELECT
    pair_candidate.pair_id,
    pair_candidate.left_id,
    pair_candidate.right_id,
    'pasted key' AS signal,
    'pasted' AS level,
    max(account_identity.spread)::BIGINT AS spread,
    concat(
        'a ', min(account_key.key_context), ' of one holds key …', right(min(account_identity.identity), 8),
        ' of the other''s profile; anyone can paste a key'
    ) AS reason,
    list_sort(list_distinct(flatten(list(list_concat(account_identity.places, account_key.places))))) AS places,
    list_sort(list_distinct(flatten(list(list_concat(account_identity.exhibit_ids, account_key.exhibit_ids)))))
        AS exhibit_ids
FROM pair_candidate
INNER JOIN account_identity
    ON
        account_identity.account_id IN (pair_candidate.left_id, pair_candidate.right_id)
        AND account_identity.identity_kind = 'key'
        AND NOT account_identity.is_desk_key
INNER JOIN account_key
    ON
        account_identity.identity = account_key.fingerprint
        AND account_key.account_id IN (pair_candidate.left_id, pair_candidate.right_id)
        AND account_identity.account_id <> account_key.account_id
        AND (account_key.key_context <> 'own_profile' OR account_key.is_quoted)
WHERE list_contains(pair_candidate.candidate_rules, 'pasted key')
GROUP BY pair_candidate.pair_id, pair_candidate.left_id, pair_candidate.right_id
