-- How alike two accounts write: their words of all kinds, and the titles of their adverts by themselves.
--
-- Grain:  one row per (pair_id, signal): writing, titles; none where one of the two has too little.
-- Source: words and characters of adverts and profiles, without names, contacts, keys and addresses. Levels are steps
--         of the normalised similarity: how many standard deviations it lies above that of either account with the
--         accounts that are most like it. "little text": one of the two wrote fewer than 150 words; "much text": both
--         wrote 500 and more.
-- Limits: writing is a lead. It grows with the amount of text, and sellers copy each other; templates go round. Titles
--         are in both scores, which is why the two count within one family.
WITH scored AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        writing_pair.score,
        writing_pair.title_score,
        writing_pair.left_words,
        writing_pair.right_words,
        CASE
            WHEN least(writing_pair.left_words, writing_pair.right_words) < 150 THEN ', little text'
            WHEN least(writing_pair.left_words, writing_pair.right_words) >= 500 THEN ', much text'
            ELSE ''
        END AS amount,
        list_concat(one.places, other.places) AS places,
        writing_pair.exhibit_ids
    FROM pair_candidate
    INNER JOIN writing_pair
        ON pair_candidate.left_id = writing_pair.left_id AND pair_candidate.right_id = writing_pair.right_id
    INNER JOIN account AS one ON pair_candidate.left_id = one.account_id
    INNER JOIN account AS other ON pair_candidate.right_id = other.account_id
),

levels AS (
    SELECT
        pair_id,
        left_id,
        right_id,
        places,
        exhibit_ids,
        unnest([
            {
                'signal': 'writing',
                'level': concat(
                    CASE
                        WHEN score >= 12 THEN '12 and more'
                        WHEN score >= 8 THEN '8 to 12'
                        WHEN score >= 6 THEN '6 to 8'
                        WHEN score >= 5 THEN '5 to 6'
                        WHEN score >= 4 THEN '4 to 5'
                        WHEN score >= 3 THEN '3 to 4'
                        WHEN score >= 2 THEN '2 to 3'
                        WHEN score >= 1 THEN '1 to 2'
                        WHEN score >= 0 THEN '0 to 1'
                        ELSE 'below 0'
                    END,
                    amount
                ),
                'reason': concat(
                    CASE
                        WHEN score >= 1
                            THEN
                                concat('they write ', round(score, 1), ' standard deviations more alike than usual')
                        ELSE 'they do not write more alike than usual'
                    END,
                    '; compared are ', left_words, ' and ', right_words, ' words'
                )
            },
            CASE
                WHEN title_score IS NOT NULL
                    THEN
                        {
                            'signal': 'titles',
                            'level': concat(
                                CASE
                                    WHEN title_score >= 5 THEN '5 and more'
                                    WHEN title_score >= 4 THEN '4 to 5'
                                    WHEN title_score >= 3 THEN '3 to 4'
                                    WHEN title_score >= 2 THEN '2 to 3'
                                    WHEN title_score >= 1 THEN '1 to 2'
                                    WHEN title_score >= 0 THEN '0 to 1'
                                    ELSE 'below 0'
                                END,
                                CASE amount WHEN ', little text' THEN amount ELSE '' END
                            ),
                            'reason': CASE
                                WHEN title_score >= 1
                                    THEN
                                        concat(
                                            'the titles of their adverts are ', round(title_score, 1),
                                            ' standard deviations more alike than usual'
                                        )
                                ELSE 'the titles of their adverts are not more alike than usual'
                            END
                        }
            END
        ]) AS seen
    FROM scored
)

SELECT
    pair_id,
    left_id,
    right_id,
    struct_extract(seen, 'signal') AS signal,
    struct_extract(seen, 'level') AS level,
    0::BIGINT AS spread,
    struct_extract(seen, 'reason') AS reason,
    list_sort(list_distinct(places)) AS places,
    list_sort(list_distinct(exhibit_ids)) AS exhibit_ids
FROM levels
WHERE seen IS NOT NULL
