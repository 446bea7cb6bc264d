-- What speaks for or against two accounts being one operator: one signal about one pair.
--
-- Grain:  one row per (pair_id, signal, signal_value).
-- Source: keys by context and rarity; handles without decoration. Seller and staff accounts only.
-- Limits: a key is identity evidence on an own profile, in its own words, verified or with a fitting checksum,
--         and shown by at most 5 accounts; above that it is a lead, above 20 it gives no pairs, and a key that staff
--         show never does. An equal handle is a brand and never more than a lead.
WITH seller AS (
    SELECT *
    FROM account
    WHERE role IN ('seller', 'staff')
),

shown_key AS (
    SELECT
        account_key.*,
        count(*) OVER (PARTITION BY account_key.fingerprint) AS spread,
        bool_or(seller.role = 'staff') OVER (PARTITION BY account_key.fingerprint) AS is_staff_key
    FROM account_key
    INNER JOIN seller ON account_key.account_id = seller.account_id
    WHERE account_key.key_context = 'own_profile' AND NOT account_key.is_quoted
),

profile_key AS (
    SELECT *
    FROM shown_key
    WHERE NOT is_staff_key AND spread <= 20
),

same_key AS (
    SELECT
        one.account_id AS left_id,
        other.account_id AS right_id,
        'profile_key' AS signal,
        one.fingerprint AS signal_value,
        CASE
            WHEN one.spread <= 5 AND 'packet_only' NOT IN (one.key_state, other.key_state) THEN 'identity'
            ELSE 'lead'
        END AS strength,
        one.spread,
        concat(
            'both profiles show key …', right(one.fingerprint, 8), '; ', one.spread, ' accounts show it',
            CASE
                WHEN one.spread > 5 THEN ', too many for an own key'
                WHEN 'packet_only' IN (one.key_state, other.key_state) THEN ', but a block is cut or damaged'
                ELSE '; a public key can be copied, and no proof of the private key is on record'
            END
        ) AS reason,
        list_concat(one.places, other.places) AS places,
        list_concat(one.exhibit_ids, other.exhibit_ids) AS exhibit_ids
    FROM profile_key AS one
    INNER JOIN profile_key AS other
        ON
            one.fingerprint = other.fingerprint
            AND one.account_id < other.account_id
),

pasted_key AS (
    SELECT
        least(owner.account_id, poster.account_id) AS left_id,
        greatest(owner.account_id, poster.account_id) AS right_id,
        'pasted_key' AS signal,
        owner.fingerprint AS signal_value,
        'lead' AS strength,
        owner.spread,
        concat(
            'a ', poster.key_context, ' of ', min(seller.handle), ' holds key …', right(owner.fingerprint, 8),
            ', which stands on the other profile; anyone can paste a key'
        ) AS reason,
        list_concat(owner.places, list_sort(flatten(list(poster.places)))) AS places,
        list_concat(owner.exhibit_ids, list_sort(flatten(list(poster.exhibit_ids)))) AS exhibit_ids
    FROM profile_key AS owner
    INNER JOIN account_key AS poster
        ON
            owner.fingerprint = poster.fingerprint
            AND owner.account_id <> poster.account_id
            AND (poster.key_context <> 'own_profile' OR poster.is_quoted)
    INNER JOIN seller ON poster.account_id = seller.account_id
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM profile_key
            WHERE
                profile_key.account_id = poster.account_id
                AND profile_key.fingerprint = owner.fingerprint
        )
    GROUP BY
        owner.account_id, poster.account_id, owner.fingerprint, owner.spread, poster.key_context,
        owner.places, owner.exhibit_ids
),

brand AS (
    SELECT
        handle_skeleton.account_id,
        handle_skeleton.skeleton,
        seller.market,
        seller.handle,
        seller.places,
        seller.exhibit_ids,
        count(*) OVER (PARTITION BY handle_skeleton.skeleton) AS spread
    FROM handle_skeleton
    INNER JOIN seller ON handle_skeleton.account_id = seller.account_id
),

same_brand AS (
    SELECT
        one.account_id AS left_id,
        other.account_id AS right_id,
        CASE WHEN one.market = other.market THEN 'handle_same_market' ELSE 'handle_across_markets' END AS signal,
        one.skeleton AS signal_value,
        'lead' AS strength,
        one.spread,
        concat(
            CASE
                WHEN lower(one.handle) = lower(other.handle) THEN 'equal handles' ELSE
                    'handles that differ only in decoration'
            END,
            CASE WHEN one.market = other.market THEN ' on one market' ELSE ' on two markets' END,
            '; ', one.spread, ' accounts carry this name; a name can be copied'
        ) AS reason,
        list_concat(one.places, other.places) AS places,
        list_concat(one.exhibit_ids, other.exhibit_ids) AS exhibit_ids
    FROM brand AS one
    INNER JOIN brand AS other
        ON
            one.skeleton = other.skeleton
            AND one.account_id < other.account_id
    WHERE one.spread <= 20
),

for_the_pair AS (
    SELECT * FROM same_key
    UNION ALL
    SELECT * FROM pasted_key
    UNION ALL
    SELECT * FROM same_brand
),

other_keys AS (
    SELECT DISTINCT
        for_the_pair.left_id,
        for_the_pair.right_id,
        'different_keys' AS signal,
        '' AS signal_value,
        'against' AS strength,
        0 AS spread,
        'each profile shows a key, and none is on both; keys are also rotated' AS reason,
        list_concat(one.places, other.places) AS places,
        list_concat(one.exhibit_ids, other.exhibit_ids) AS exhibit_ids
    FROM for_the_pair
    INNER JOIN profile_key AS one ON for_the_pair.left_id = one.account_id AND one.key_state <> 'packet_only'
    INNER JOIN profile_key AS other ON for_the_pair.right_id = other.account_id AND other.key_state <> 'packet_only'
    WHERE NOT EXISTS (
        SELECT 1
        FROM same_key
        WHERE same_key.left_id = for_the_pair.left_id AND same_key.right_id = for_the_pair.right_id
    )
)

SELECT
    pair_id_of(left_id, right_id) AS pair_id,
    left_id,
    right_id,
    signal,
    signal_value,
    min(strength) AS strength,
    max(spread)::BIGINT AS spread,
    min(reason) AS reason,
    list_sort(list_distinct(flatten(list(places)))) AS places,
    list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids
FROM (
    SELECT * FROM for_the_pair
    UNION ALL
    SELECT * FROM other_keys
) AS signals
GROUP BY left_id, right_id, signal, signal_value
