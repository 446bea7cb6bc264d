-- What brings accounts together: each mark that two accounts may share, and how many share it.
--
-- Grain:  one row per (account_id, candidate_rule, mark).
-- Source: own identities, handles as they stand, skeletons and their beginnings and ends, pictures by what they look
--         like. Seller and staff accounts only: names of buyers are not compared.
-- Limits: a key that staff shows is no mark. is_too_common: more than 20 accounts share it; it brings nobody together.
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
)

SELECT
    mark.account_id,
    mark.candidate_rule,
    mark.mark,
    count(*) OVER (PARTITION BY mark.candidate_rule, mark.mark) AS spread,
    count(*) OVER (PARTITION BY mark.candidate_rule, mark.mark) > 20 AS is_too_common,
    account.exhibit_ids
FROM mark
INNER JOIN account ON mark.account_id = account.account_id AND account.role IN ('seller', 'staff')
