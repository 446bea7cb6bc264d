-- What about an account is of one kind up to a day, and of another kind from a later day on.
--
-- Grain:  one row per (account_id, trait): writing, goods, origin, key, contact.
-- Source: adverts, and keys with the day on which they were seen. A trait is a set of marks: runs of five words that
--         two and more adverts of the account have; goods; countries of origin; keys of the profile; contacts in
--         adverts. A row stands for a day on which all marks change: none that is seen before it is seen after it. On
--         either side are two sightings and more, and of the adverts of either side three in five have a mark of the
--         kind. Of several such days the one with most sightings on the side that has fewer (sightings_least).
-- Limits: days are those of records: between old_until_on and new_from_on nothing of the kind was seen. A seller who
--         writes new templates, moves, or takes a new key leaves the same trace. A profile's words have no day.
WITH advert AS (
    SELECT
        listing.account_id,
        listing.listing_id,
        listing.first_seen_on,
        listing.places[1] AS place,
        listing.places,
        listing.ships_from,
        regexp_extract_all(lower(listing.description), '[\p{L}\p{N}]+') AS words
    FROM listing
    INNER JOIN account ON listing.account_id = account.account_id AND account.role IN ('seller', 'staff')
    WHERE listing.first_seen_on IS NOT NULL
),

-- Two adverts on either side are the least; who has fewer than four, or all of one day, shows no change.
enough AS (
    SELECT account_id
    FROM advert
    GROUP BY account_id
    HAVING count(*) >= 4 AND min(first_seen_on) < max(first_seen_on)
),

run AS (
    SELECT DISTINCT
        advert.account_id,
        advert.listing_id,
        advert.first_seen_on,
        advert.place,
        unnest([
            hash(array_to_string(advert.words[start:start + 4], ' '))::VARCHAR
            FOR start IN range(1, len(advert.words) - 3)
        ]) AS mark
    FROM advert
    INNER JOIN enough ON advert.account_id = enough.account_id
    WHERE len(advert.words) >= 5
),

used_again AS (
    SELECT *
    FROM run
    QUALIFY count(*) OVER (PARTITION BY account_id, mark) > 1
),

dated_key AS (
    SELECT DISTINCT
        coalesce(
            server_account.account_id,
            account_id_of(key_reading.market, key_reading.account_server_id, key_reading.account_handle)
        ) AS account_id,
        key_reading.fingerprint,
        key_block.seen_at::DATE AS seen_on,
        key_reading.place
    FROM key_block
    INNER JOIN key_reading
        ON
            key_reading.place = place_of(
                key_block.exhibit_id, key_block.part, key_block.source_table, key_block.source_row,
                key_block.byte_offset, key_block.byte_length
            )
    LEFT JOIN server_account
        ON
            key_reading.market = server_account.market
            AND key_reading.account_server_id = server_account.account_server_id
    WHERE
        key_reading.key_context = 'own_profile'
        AND key_reading.fingerprint IS NOT NULL
        AND key_reading.key_state <> 'packet_only'
        AND NOT key_reading.is_quoted
        AND key_block.seen_at IS NOT NULL
),

sighting AS (
    SELECT
        account_id,
        'writing' AS trait,
        mark,
        first_seen_on AS seen_on,
        listing_id AS seen_in,
        place
    FROM used_again
    UNION ALL
    SELECT
        advert.account_id,
        'goods' AS trait,
        listing_substance.substance AS mark,
        advert.first_seen_on AS seen_on,
        advert.listing_id AS seen_in,
        advert.place
    FROM advert
    INNER JOIN listing_substance
        ON advert.listing_id = listing_substance.listing_id AND NOT listing_substance.is_ambiguous
    UNION ALL
    SELECT
        advert.account_id,
        'origin' AS trait,
        origin.country AS mark,
        advert.first_seen_on AS seen_on,
        advert.listing_id AS seen_in,
        advert.place
    FROM advert
    INNER JOIN origin ON advert.ships_from = origin.ships_from AND origin.country IS NOT NULL
    UNION ALL
    SELECT
        advert.account_id,
        'contact' AS trait,
        lower(identifier.identifier) AS mark,
        advert.first_seen_on AS seen_on,
        advert.listing_id AS seen_in,
        identifier.place
    FROM advert
    INNER JOIN identifier
        ON advert.account_id = identifier.account_id AND list_contains(advert.places, identifier.place)
    WHERE
        identifier.network IS NULL
        AND NOT identifier.is_quoted
        AND identifier.identifier_state IN ('verified', 'no_checksum')
    UNION ALL
    SELECT
        account.account_id,
        'key' AS trait,
        dated_key.fingerprint AS mark,
        dated_key.seen_on,
        dated_key.place AS seen_in,
        dated_key.place
    FROM dated_key
    INNER JOIN account ON dated_key.account_id = account.account_id AND account.role IN ('seller', 'staff')
),

span AS (
    SELECT
        account_id,
        trait,
        mark,
        min(seen_on) AS begins_on,
        max(seen_on) AS ends_on
    FROM sighting
    GROUP BY account_id, trait, mark
),

swept AS (
    SELECT
        account_id,
        trait,
        begins_on AS new_from_on,
        max(ends_on) OVER (
            PARTITION BY account_id, trait
            ORDER BY begins_on, ends_on, mark
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS old_until_on
    FROM span
),

counted AS (
    SELECT
        swept.account_id,
        swept.trait,
        swept.old_until_on,
        swept.new_from_on,
        count(DISTINCT sighting.seen_in) FILTER (sighting.seen_on <= swept.old_until_on) AS old_sightings,
        count(DISTINCT sighting.seen_in) FILTER (sighting.seen_on >= swept.new_from_on) AS new_sightings,
        list_slice(list_sort(list(DISTINCT sighting.place) FILTER (sighting.seen_on <= swept.old_until_on)), 1, 3)
            AS old_places,
        list_slice(list_sort(list(DISTINCT sighting.place) FILTER (sighting.seen_on >= swept.new_from_on)), 1, 3)
            AS new_places
    FROM swept
    INNER JOIN sighting ON swept.account_id = sighting.account_id AND swept.trait = sighting.trait
    WHERE swept.new_from_on > swept.old_until_on
    GROUP BY swept.account_id, swept.trait, swept.old_until_on, swept.new_from_on
),

supported AS (
    SELECT
        counted.*,
        least(counted.old_sightings, counted.new_sightings) AS sightings_least
    FROM counted
    WHERE
        least(counted.old_sightings, counted.new_sightings) >= 2
        AND (
            counted.trait = 'key'
            OR (
                5 * counted.old_sightings >= 3 * (
                    SELECT count(*) FROM advert
                    WHERE
                        advert.account_id = counted.account_id
                        AND advert.first_seen_on <= counted.old_until_on
                )
                AND 5 * counted.new_sightings >= 3 * (
                    SELECT count(*) FROM advert
                    WHERE advert.account_id = counted.account_id AND advert.first_seen_on >= counted.new_from_on
                )
            )
        )
    QUALIFY
        row_number() OVER (
            PARTITION BY counted.account_id, counted.trait
            ORDER BY sightings_least DESC, counted.new_from_on ASC
        ) = 1
)

SELECT
    supported.account_id,
    supported.trait,
    supported.old_until_on,
    supported.new_from_on,
    supported.old_sightings,
    supported.new_sightings,
    supported.sightings_least,
    list_sort(list_distinct(list_concat(supported.old_places, supported.new_places))) AS places,
    account.exhibit_ids
FROM supported
INNER JOIN account ON supported.account_id = account.account_id
