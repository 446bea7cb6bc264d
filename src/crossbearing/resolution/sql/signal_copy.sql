-- Name and look of one account on the other: what a copy takes.
--
-- Grain:  one row per pair_id of which the name and the look of the adverts are both the other's, and which shares no
--         contact or wallet.
-- Source: signals of the pair. The look: writing six standard deviations and more above the usual, or a picture. Level
--         by keys: "their key" if one is on both, "another key" if each shows one and none is on both, "no key" else.
-- Limits: name and look speak for one operator each by itself, but a copy takes both at once, so that together they say
--         less. This signal takes that back and never speaks for a pair. A contact that both give is not taken back:
--         who copies it sends the victim the orders.
WITH looks AS (
    SELECT
        pair_id,
        left_id,
        right_id,
        places,
        exhibit_ids
    FROM signal_writing
    WHERE signal = 'writing' AND level[1:2] IN ('6 ', '8 ', '12')
    UNION ALL
    SELECT
        pair_id,
        left_id,
        right_id,
        places,
        exhibit_ids
    FROM signal_picture
),

names AS (
    SELECT
        pair_id,
        places,
        exhibit_ids
    FROM signal_handle
    WHERE level NOT IN ('far', 'part')
    UNION ALL
    SELECT
        pair_id,
        places,
        exhibit_ids
    FROM signal_claim
),

identities AS (
    SELECT
        pair_id,
        bool_or(signal IN ('contact', 'wallet') AND level <> 'none') AS shares_contact,
        bool_or(signal = 'key' AND level NOT IN ('none', 'anybody''s')) AS shares_key,
        bool_or(signal = 'key' AND level = 'none') AS shows_other_key
    FROM signal_identity
    GROUP BY pair_id
),

copied AS (
    SELECT
        looks.pair_id,
        looks.left_id,
        looks.right_id,
        CASE
            WHEN bool_or(coalesce(identities.shares_key, FALSE)) THEN 'their key'
            WHEN bool_or(coalesce(identities.shows_other_key, FALSE)) THEN 'another key'
            ELSE 'no key'
        END AS level,
        list_sort(list_distinct(flatten(list(list_concat(looks.places, names.places))))) AS places,
        list_sort(list_distinct(flatten(list(list_concat(looks.exhibit_ids, names.exhibit_ids))))) AS exhibit_ids
    FROM looks
    INNER JOIN names ON looks.pair_id = names.pair_id
    LEFT JOIN identities ON looks.pair_id = identities.pair_id
    WHERE NOT coalesce(identities.shares_contact, FALSE)
    GROUP BY looks.pair_id, looks.left_id, looks.right_id
)

SELECT
    pair_id,
    left_id,
    right_id,
    'copy' AS signal,
    level,
    0::BIGINT AS spread,
    concat(
        'name and look are both the other''s, which a copy takes too',
        CASE level
            WHEN 'their key' THEN '; so can be the key that both show'
            WHEN 'another key' THEN ', and each shows a key of its own'
            ELSE ''
        END
    ) AS reason,
    places,
    exhibit_ids
FROM copied
