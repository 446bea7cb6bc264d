-- How alike two accounts' adverts are written.
--
-- Grain:  one row per pair_id of which both have written enough to compare.
-- Source: words and characters of their adverts, without names, contacts, keys and addresses. Levels are steps of the
--         normalised similarity: how many standard deviations it lies above that of either account with others.
-- Limits: writing is a lead. It grows with the amount of text, and sellers copy each other; templates go round.
SELECT
    pair_candidate.pair_id,
    pair_candidate.left_id,
    pair_candidate.right_id,
    'writing' AS signal,
    concat(
        CASE
            WHEN writing_pair.score >= 12 THEN '12 and more'
            WHEN writing_pair.score >= 8 THEN '8 to 12'
            WHEN writing_pair.score >= 6 THEN '6 to 8'
            WHEN writing_pair.score >= 4 THEN '4 to 6'
            WHEN writing_pair.score >= 2.5 THEN '2.5 to 4'
            WHEN writing_pair.score >= 1 THEN '1 to 2.5'
            ELSE 'below 1'
        END,
        CASE WHEN least(writing_pair.left_words, writing_pair.right_words) < 150 THEN ', little text' ELSE '' END
    ) AS level,
    0::BIGINT AS spread,
    concat(
        CASE
            WHEN writing_pair.score >= 1
                THEN concat('they write ', round(writing_pair.score, 1), ' standard deviations more alike than usual')
            ELSE 'they do not write more alike than usual'
        END,
        '; compared are ',
        writing_pair.left_words, ' and ', writing_pair.right_words, ' words'
    ) AS reason,
    list_sort(list_distinct(list_concat(one.places, other.places))) AS places,
    list_sort(list_distinct(writing_pair.exhibit_ids)) AS exhibit_ids
FROM pair_candidate
INNER JOIN writing_pair
    ON pair_candidate.left_id = writing_pair.left_id AND pair_candidate.right_id = writing_pair.right_id
INNER JOIN account AS one ON pair_candidate.left_id = one.account_id
INNER JOIN account AS other ON pair_candidate.right_id = other.account_id
