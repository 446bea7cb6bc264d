-- How alike two accounts' handles are.
--
-- Grain:  one row per pair_id of which both handles can be compared.
-- Source: handles and their skeletons. Levels: "equal", "bare" (equal without decoration), "near" (Jaro-Winkler
--         similarity of the skeletons of 0.93 and more), "part" (one skeleton holds the other), "far"; "common" before
--         the first two if more accounts carry the name than there are markets among them.
-- Limits: a handle is a brand, and can be copied. Equal handles mean more across markets than within one, where a
--         seller who opens another account takes another name (Shan 2020); the model knows the two apart.
WITH named AS (
    SELECT
        account.account_id,
        account.handle,
        handle_skeleton.skeleton,
        handle_skeleton.spread,
        handle_skeleton.spread > handle_skeleton.spread_markets AS is_common,
        account.places,
        account.exhibit_ids
    FROM account
    INNER JOIN handle_skeleton ON account.account_id = handle_skeleton.account_id
),

compared AS (
    SELECT
        pair_candidate.*,
        one.spread,
        one.is_common,
        lower(one.handle) = lower(other.handle) AS is_equal,
        one.skeleton = other.skeleton AS is_bare,
        jaro_winkler_similarity(one.skeleton, other.skeleton) AS similarity,
        contains(one.skeleton, other.skeleton) OR contains(other.skeleton, one.skeleton) AS is_part,
        list_concat(one.places, other.places) AS both_places,
        list_concat(one.exhibit_ids, other.exhibit_ids) AS both_exhibits
    FROM pair_candidate
    INNER JOIN named AS one ON pair_candidate.left_id = one.account_id
    INNER JOIN named AS other ON pair_candidate.right_id = other.account_id
)

SELECT
    pair_id,
    left_id,
    right_id,
    'handle' AS signal,
    CASE
        WHEN is_equal AND is_common THEN 'common, equal'
        WHEN is_equal THEN 'equal'
        WHEN is_bare AND is_common THEN 'common, bare'
        WHEN is_bare THEN 'bare'
        WHEN similarity >= 0.93 THEN 'near'
        WHEN is_part THEN 'part'
        ELSE 'far'
    END AS level,
    CASE WHEN is_bare THEN spread ELSE 0 END AS spread,
    CASE
        WHEN is_equal THEN concat('equal handles; ', spread, ' accounts carry this name; a name can be copied')
        WHEN is_bare
            THEN
                concat(
                    'handles that differ only in decoration; ',
                    spread,
                    ' accounts carry this name; a name can be copied'
                )
        WHEN similarity >= 0.93 THEN 'handles that differ in a few letters'
        WHEN is_part THEN 'one handle holds the other'
        ELSE 'handles that have nothing in common'
    END AS reason,
    list_sort(list_distinct(both_places)) AS places,
    list_sort(list_distinct(both_exhibits)) AS exhibit_ids
FROM compared
