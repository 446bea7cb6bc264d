-- The longest run of words that adverts of two accounts share, and who was seen with it first.
--
-- Grain:  one row per pair of accounts, left_id less than right_id, with eight words and more in common in one order.
-- Source: descriptions of adverts of seller and staff accounts; words without case and punctuation.
-- Limits: what more than 20 accounts write is common property (the market's own words, a supplier's text) and does not
--         count. Who was seen first need not have written it: captures have gaps, and adverts from before a capture
--         have no date. shared_text ends after 60 words.
WITH advert AS (
    SELECT
        listing.account_id,
        min(listing.listing_id) AS listing_id,
        min(listing.first_seen_on) AS first_seen_on,
        list_sort(list_distinct(flatten(list(listing.places)))) AS places,
        list_sort(list_distinct(flatten(list(listing.exhibit_ids)))) AS exhibit_ids,
        regexp_extract_all(lower(listing.description), '[\p{L}\p{N}]+') AS words
    FROM listing
    INNER JOIN account ON listing.account_id = account.account_id
    WHERE account.role IN ('seller', 'staff') AND listing.description IS NOT NULL
    GROUP BY listing.account_id, listing.description
),

eight AS (
    SELECT
        account_id,
        listing_id,
        unnest(range(1, len(words) - 6)) AS word_place,
        unnest([md5(array_to_string(words[place:place + 7], ' ')) FOR place IN range(1, len(words) - 6)]) AS shingle
    FROM advert
    WHERE len(words) >= 8
),

shared AS (
    SELECT shingle
    FROM eight
    GROUP BY shingle
    HAVING count(DISTINCT account_id) BETWEEN 2 AND 20
),

kept AS (
    SELECT eight.*
    FROM eight
    INNER JOIN shared ON eight.shingle = shared.shingle
),

met AS (
    SELECT
        one.account_id AS left_id,
        other.account_id AS right_id,
        one.listing_id AS left_listing_id,
        other.listing_id AS right_listing_id,
        one.word_place AS left_place,
        one.word_place - other.word_place AS shift
    FROM kept AS one
    INNER JOIN kept AS other ON one.shingle = other.shingle AND one.account_id < other.account_id
),

-- Eights that follow one another have one number less their place in the row.
numbered AS (
    SELECT
        *,
        left_place - row_number() OVER (
            PARTITION BY left_listing_id, right_listing_id, left_id, right_id, shift
            ORDER BY left_place
        ) AS run
    FROM met
),

runs AS (
    SELECT
        left_id,
        right_id,
        left_listing_id,
        right_listing_id,
        min(left_place) AS starts,
        count(*) + 7 AS shared_words
    FROM numbered
    GROUP BY left_id, right_id, left_listing_id, right_listing_id, shift, run
),

longest AS (
    SELECT *
    FROM runs
    QUALIFY
        row_number() OVER (
            PARTITION BY left_id, right_id
            ORDER BY shared_words DESC, left_listing_id ASC, right_listing_id ASC, starts ASC
        ) = 1
)

SELECT
    longest.left_id,
    longest.right_id,
    longest.shared_words,
    array_to_string(one.words[longest.starts:longest.starts + least(longest.shared_words, 60) - 1], ' ') AS shared_text,
    one.first_seen_on AS left_seen_on,
    other.first_seen_on AS right_seen_on,
    CASE
        WHEN one.first_seen_on < other.first_seen_on THEN longest.left_id
        WHEN other.first_seen_on < one.first_seen_on THEN longest.right_id
    END AS seen_first_id,
    list_sort(list_distinct(list_concat(one.places[1:1], other.places[1:1]))) AS places,
    list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
FROM longest
INNER JOIN advert AS one ON longest.left_id = one.account_id AND longest.left_listing_id = one.listing_id
INNER JOIN advert AS other ON longest.right_id = other.account_id AND longest.right_listing_id = other.listing_id
