-- Keys, contacts and wallets that two accounts show, or that each shows for itself.
--
-- Grain:  one row per (pair_id, signal): key, contact, wallet; none where one of the two shows nothing of the kind.
-- Source: what accounts show as their own.
-- Limits: levels: "all" everything sound that either shows is shared; "some, one adds" and "some, both add" if one or
--         both show more; "many" if what is shared stands on more than 5 accounts, "anybody's" on more than 20: that
--         counts for nothing; "damaged" if only a damaged block is shared; "none" if nothing is. Public keys and
--         contacts can be copied; who adds one of his own may be somebody who copied the other. A desk's key is
--         nobody's.
WITH own AS (
    SELECT *
    FROM account_identity
    WHERE NOT is_desk_key
),

sizes AS (
    SELECT
        account_id,
        identity_kind,
        count(*) AS shown,
        count(*) FILTER (is_sound) AS sound,
        list_sort(flatten(list(places))) AS places,
        list_sort(flatten(list(exhibit_ids))) AS exhibit_ids
    FROM own
    GROUP BY account_id, identity_kind
),

-- Made first: else accounts are joined with accounts before the pairs are, which grows with the square of their number.
one AS MATERIALIZED (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        sizes.identity_kind,
        sizes.shown,
        sizes.sound,
        sizes.places,
        sizes.exhibit_ids
    FROM pair_candidate
    INNER JOIN sizes ON pair_candidate.left_id = sizes.account_id
),

shared AS (
    SELECT
        pair_candidate.pair_id,
        one.identity_kind,
        count(*) AS shared,
        bool_or(one.is_sound AND other.is_sound) AS is_sound,
        min(one.spread) AS spread,
        min(one.identity) AS identity,
        list_sort(flatten(list(list_concat(one.places, other.places)))) AS places,
        list_sort(flatten(list(list_concat(one.exhibit_ids, other.exhibit_ids)))) AS exhibit_ids
    FROM pair_candidate
    INNER JOIN own AS one ON pair_candidate.left_id = one.account_id
    INNER JOIN own AS other
        ON
            pair_candidate.right_id = other.account_id
            AND one.identity_kind = other.identity_kind
            AND one.identity = other.identity
    GROUP BY pair_candidate.pair_id, one.identity_kind
)

SELECT
    one.pair_id,
    one.left_id,
    one.right_id,
    one.identity_kind AS signal,
    CASE
        WHEN shared.shared IS NULL THEN 'none'
        WHEN shared.spread > 20 THEN 'anybody''s'
        WHEN shared.spread > 5 THEN 'many'
        WHEN NOT shared.is_sound THEN 'damaged'
        WHEN shared.shared = one.shown AND shared.shared = other.shown THEN 'all'
        WHEN shared.shared = one.shown OR shared.shared = other.shown THEN 'some, one adds'
        ELSE 'some, both add'
    END AS level,
    coalesce(shared.spread, 0)::BIGINT AS spread,
    CASE
        WHEN shared.shared IS NULL THEN concat('each shows a ', one.identity_kind, ', and none is on both')
        ELSE concat(
            'both show ', CASE one.identity_kind
                WHEN 'key' THEN concat('key …', right(shared.identity, 8))
                ELSE concat(one.identity_kind, ' ', left(shared.identity, 80))
            END, '; ', shared.spread,
            ' accounts show it',
            CASE
                WHEN shared.spread > 5 THEN ', too many for an own one'
                WHEN NOT shared.is_sound THEN ', but a block is cut or damaged'
                WHEN
                    shared.shared < one.shown AND shared.shared < other.shown
                    THEN ', and each shows another one as well'
                WHEN shared.shared < one.shown OR shared.shared < other.shown
                    THEN
                        ', and one of the two shows another one as well'
                ELSE '; it is public and can be copied'
            END
        )
    END AS reason,
    list_sort(list_distinct(coalesce(shared.places, list_concat(one.places, other.places)))) AS places,
    list_sort(list_distinct(coalesce(shared.exhibit_ids, list_concat(one.exhibit_ids, other.exhibit_ids))))
        AS exhibit_ids
FROM one
INNER JOIN sizes AS other ON one.right_id = other.account_id AND one.identity_kind = other.identity_kind
LEFT JOIN shared ON one.pair_id = shared.pair_id AND one.identity_kind = shared.identity_kind
WHERE shared.shared IS NOT NULL OR (one.sound > 0 AND other.sound > 0)
