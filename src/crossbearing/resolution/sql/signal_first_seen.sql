-- Who of two accounts was seen first with words that both have.
--
-- Grain:  one row per pair_id whose adverts share a run of 20 words or more, of which the day on both is known.
-- Source: the longest shared run, and the identities that both show. Levels: "20 words" or "40 words" and more; ",
--         another key" if each shows a key and none is on both; of 40 words, with the days between the two.
-- Limits: a seller who moves takes the words along, so that by itself this says little; beside a key of its own it is
--         what a copy leaves. Who was seen first need not have written it: captures have gaps.
WITH keys AS (
    SELECT
        pair_id,
        bool_or(level = 'none') AS has_other_key
    FROM signal_identity
    WHERE signal = 'key'
    GROUP BY pair_id
),

shared AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        shared_run.shared_words,
        abs(date_diff('day', shared_run.left_seen_on, shared_run.right_seen_on)) AS days,
        coalesce(keys.has_other_key, FALSE) AS has_other_key,
        shared_run.places,
        shared_run.exhibit_ids
    FROM pair_candidate
    INNER JOIN shared_run
        ON pair_candidate.left_id = shared_run.left_id AND pair_candidate.right_id = shared_run.right_id
    LEFT JOIN keys ON pair_candidate.pair_id = keys.pair_id
    WHERE
        shared_run.shared_words >= 20
        AND shared_run.left_seen_on IS NOT NULL
        AND shared_run.right_seen_on IS NOT NULL
)

SELECT
    pair_id,
    left_id,
    right_id,
    'shared words' AS signal,
    concat(
        CASE WHEN shared_words < 40 THEN '20 words' ELSE '40 words' END,
        CASE WHEN has_other_key THEN ', another key' ELSE '' END,
        CASE
            WHEN NOT has_other_key OR shared_words < 40 THEN ''
            WHEN days <= 30 THEN ', within 30 days'
            ELSE ', later'
        END
    ) AS level,
    0::BIGINT AS spread,
    concat(
        shared_words, ' words in a row of their adverts are the same, seen on one ', days, ' days before the other',
        CASE WHEN has_other_key THEN ', and each shows a key of its own' ELSE '' END
    ) AS reason,
    places,
    exhibit_ids
FROM shared
