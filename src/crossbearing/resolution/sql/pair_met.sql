-- Pairs of accounts that something brought together: an identity, a name, words of their own, a picture.
--
-- Grain:  one row per pair of accounts, left_id less than right_id.
-- Source: equal identities, equal or near handles, "formerly X on Y", pictures that look alike. Seller and staff
--         accounts only: names of buyers are not compared.
-- Limits: what more than 20 accounts show brings nobody together, and a key that staff shows never does.
--         rules are in order of the alphabet.
WITH named AS (
    SELECT
        handle_skeleton.account_id,
        handle_skeleton.skeleton,
        account.market,
        count(*) OVER (PARTITION BY handle_skeleton.skeleton) AS spread,
        count(*) OVER (PARTITION BY left(handle_skeleton.skeleton, 5)) AS spread_of_beginning,
        count(*) OVER (PARTITION BY right(handle_skeleton.skeleton, 5)) AS spread_of_end
    FROM handle_skeleton
    INNER JOIN account ON handle_skeleton.account_id = account.account_id
),

together AS (
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        one.identity_kind AS candidate_rule
    FROM account_identity AS one
    INNER JOIN account_identity AS other
        ON
            one.identity_kind = other.identity_kind
            AND one.identity = other.identity
            AND one.account_id < other.account_id
    WHERE one.spread <= 20 AND NOT one.is_desk_key
    UNION
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        'pasted key' AS candidate_rule
    FROM account_identity AS one
    INNER JOIN account_key AS other
        ON one.identity = other.fingerprint AND one.account_id <> other.account_id
    WHERE one.identity_kind = 'key' AND one.spread <= 20 AND NOT one.is_desk_key
    UNION
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        'handle' AS candidate_rule
    FROM named AS one
    INNER JOIN named AS other ON one.skeleton = other.skeleton AND one.account_id < other.account_id
    WHERE one.spread <= 20
    UNION
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        'beginning of the handle' AS candidate_rule
    FROM named AS one
    INNER JOIN named AS other
        ON left(one.skeleton, 5) = left(other.skeleton, 5) AND one.account_id < other.account_id
    WHERE one.spread_of_beginning <= 20 AND length(one.skeleton) > 5 AND length(other.skeleton) > 5
    UNION
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        'end of the handle' AS candidate_rule
    FROM named AS one
    INNER JOIN named AS other
        ON right(one.skeleton, 5) = right(other.skeleton, 5) AND one.account_id < other.account_id
    WHERE one.spread_of_end <= 20 AND length(one.skeleton) > 5 AND length(other.skeleton) > 5
    UNION
    SELECT
        account_claim.account_id AS one_id,
        account_claim.claimed_id AS other_id,
        'self-claim' AS candidate_rule
    FROM account_claim
    UNION
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        'picture' AS candidate_rule
    FROM account_picture AS one
    INNER JOIN account_picture AS other
        ON one.difference_hash = other.difference_hash AND one.account_id < other.account_id
    WHERE one.spread <= 20
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
