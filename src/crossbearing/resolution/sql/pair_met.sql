-- Pairs of accounts that something brought together: an identity, a name, words of their own, a picture.
--
-- Grain:  one row per pair of accounts, left_id less than right_id.
-- Source: equal identities, equal or near handles, "formerly X on Y", pictures that look alike. Seller and staff
--         accounts only: names of buyers are not compared.
-- Limits: what more than 20 accounts show brings nobody together, and a key that staff shows never does.
--         rules are in order of the alphabet.
WITH mark AS (
    SELECT
        account_id,
        identity_kind AS candidate_rule,
        identity AS mark
    FROM account_identity
    WHERE NOT is_desk_key
    UNION ALL
    SELECT
        account_id,
        'handle' AS candidate_rule,
        skeleton AS mark
    FROM handle_skeleton
    UNION ALL
    -- As it stands: of names with a number, all have one skeleton.
    SELECT
        account_id,
        'equal handle' AS candidate_rule,
        lower(handle) AS mark
    FROM account
    WHERE role IN ('seller', 'staff') AND handle IS NOT NULL
    UNION ALL
    SELECT
        account_id,
        'beginning of the handle' AS candidate_rule,
        left(skeleton, 5) AS mark
    FROM handle_skeleton
    WHERE length(skeleton) > 5
    UNION ALL
    SELECT
        account_id,
        'end of the handle' AS candidate_rule,
        right(skeleton, 5) AS mark
    FROM handle_skeleton
    WHERE length(skeleton) > 5
    UNION ALL
    SELECT
        account_id,
        'picture' AS candidate_rule,
        difference_hash AS mark
    FROM account_picture
),

counted AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY candidate_rule, mark) AS spread
    FROM mark
),

together AS (
    SELECT
        one.account_id AS one_id,
        other.account_id AS other_id,
        one.candidate_rule
    FROM counted AS one
    INNER JOIN counted AS other
        ON
            one.candidate_rule = other.candidate_rule
            AND one.mark = other.mark
            AND one.account_id < other.account_id
    WHERE one.spread <= 20
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
