-- Pairs of accounts that something brought together: an identity, a name, words of their own, a picture.
--
-- Grain:  one row per pair of accounts, left_id less than right_id.
-- Source: marks that two accounts share, "formerly X on Y", and keys of the one that the other pasted. Seller and staff
--         accounts only: names of buyers are not compared.
-- Limits: what more than 20 accounts show brings nobody together, and a key that staff shows never does.
--         rules are in order of the alphabet.
WITH together AS (
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        one.candidate_rule
    FROM account_mark AS one
    INNER JOIN account_mark AS other
        ON
            one.candidate_rule = other.candidate_rule
            AND one.mark = other.mark
            AND one.account_id < other.account_id
    WHERE NOT one.is_too_common
    UNION
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        'pasted key' AS candidate_rule
    FROM account_identity AS one
    INNER JOIN account_key AS other
        ON one.identity = other.fingerprint AND one.account_id <> other.account_id
    WHERE
        one.identity_kind = 'key'
        AND one.spread <= 20
        AND NOT one.is_desk_key
        AND (other.key_context <> 'own_profile' OR other.is_quoted)
    UNION
    SELECT
        account_id AS one_id,
        claimed_id AS other_id,
        'self-claim' AS candidate_rule
    FROM account_claim
)

SELECT
    pair_id_of(one_id, other_id) AS pair_id,
    least(one_id, other_id) AS left_id,
    greatest(one_id, other_id) AS right_id,
    list_sort(list_distinct(list(candidate_rule))) AS candidate_rules,
    list_sort(list_distinct(list_concat(min(one.exhibit_ids), min(other.exhibit_ids)))) AS exhibit_ids
FROM together
INNER JOIN account AS one ON together.one_id = one.account_id AND one.role IN ('seller', 'staff')
INNER JOIN account AS other ON together.other_id = other.account_id AND other.role IN ('seller', 'staff')
GROUP BY least(one_id, other_id), greatest(one_id, other_id), pair_id_of(one_id, other_id)
