-- What look, name, key, contact and words of two accounts say taken together, beyond what each says by itself.
--
-- Grain:  one row per pair_id of which anything of the five is on both.
-- Source: signals of the pair. The level names all five. Look, by standard deviations of writing above the usual: from
--         eight "one look throughout", from six "one look", five "very alike", four "alike", three "somewhat alike",
--         two "a little alike", one "hardly alike", else "unlike". Contact: wallets too. Words: a run of 20 and more.
-- Limits: a copy takes name, look, words and public key at once, so that together they say less than each for itself; a
--         contact that both give says more beside them, for who copies it sends the victim the orders.
WITH parts AS (
    SELECT
        pair_id,
        left_id,
        right_id,
        'look' AS part,
        CASE
            WHEN level[1:2] IN ('8 ', '12') THEN 'one look throughout'
            WHEN level[1:2] = '6 ' THEN 'one look'
            WHEN level[1:2] = '5 ' THEN 'very alike'
            WHEN level[1:2] = '4 ' THEN 'alike'
            WHEN level[1:2] = '3 ' THEN 'somewhat alike'
            WHEN level[1:2] = '2 ' THEN 'a little alike'
            WHEN level[1:2] = '1 ' THEN 'hardly alike'
            ELSE 'unlike'
        END AS said,
        places,
        exhibit_ids
    FROM signal_writing
    WHERE signal = 'writing'
    UNION ALL
    SELECT
        pair_id,
        left_id,
        right_id,
        'name' AS part,
        CASE
            WHEN level IN ('near', 'part') THEN 'near names'
            WHEN level IN ('equal', 'bare') THEN 'one name'
            ELSE 'a common name'
        END AS said,
        places,
        exhibit_ids
    FROM signal_handle
    WHERE level <> 'far'
    UNION ALL
    SELECT
        pair_id,
        left_id,
        right_id,
        'key' AS part,
        CASE
            WHEN level = 'none' THEN 'other keys'
            WHEN level = 'all' THEN 'one key'
            WHEN level IN ('some, one adds', 'some, both add') THEN 'one key beside others'
            ELSE 'a key of many or damaged'
        END AS said,
        places,
        exhibit_ids
    FROM signal_identity
    WHERE signal = 'key'
    UNION ALL
    SELECT
        pair_id,
        left_id,
        right_id,
        'contact' AS part,
        CASE WHEN level IN ('none', 'anybody''s') THEN 'other contacts' ELSE 'one contact' END AS said,
        places,
        exhibit_ids
    FROM signal_identity
    WHERE signal IN ('contact', 'wallet')
    UNION ALL
    SELECT
        pair_id,
        left_id,
        right_id,
        'words' AS part,
        'shared words' AS said,
        places,
        exhibit_ids
    FROM signal_first_seen
),

pair AS (
    SELECT
        pair_id,
        left_id,
        right_id,
        coalesce(min(said) FILTER (part = 'look'), 'unlike') AS look,
        coalesce(min(said) FILTER (part = 'name'), 'other names') AS name,
        coalesce(min(said) FILTER (part = 'key'), 'no keys') AS key,
        -- Of contacts and wallets, what is shared; it comes first in the alphabet.
        coalesce(min(said) FILTER (part = 'contact'), 'no contacts') AS contact,
        coalesce(min(said) FILTER (part = 'words'), 'no shared words') AS words,
        list_sort(list_distinct(flatten(list(places)))) AS places,
        list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids
    FROM parts
    GROUP BY pair_id, left_id, right_id
)

SELECT
    pair_id,
    left_id,
    right_id,
    'together' AS signal,
    concat_ws('; ', look, name, key, contact, words) AS level,
    0::BIGINT AS spread,
    concat('taken together, beyond what each says: ', concat_ws(', ', look, name, key, contact, words)) AS reason,
    places,
    exhibit_ids
FROM pair
WHERE
    look IN ('alike', 'very alike', 'one look', 'one look throughout')
    OR name <> 'other names'
    OR key NOT IN ('no keys', 'other keys')
    OR contact = 'one contact'
    OR words = 'shared words'
