-- Where two accounts say they ship to.
--
-- Grain:  one row per pair_id of which both say it.
-- Source: destinations of adverts (those that account_trade keeps). Levels: "one place", "two places", "three places
--         and more" if both leave out, or list, the same ones; "everywhere" if both say no more than that; "other
--         places" if both name some and none in the same way; "one everywhere" if only one of the two names any.
-- Limits: words of adverts; the market's form may allow few. Usual lists and exceptions are common, and are copied. The
--         more places one names, the fewer others name the same.
WITH stated AS (
    SELECT
        account_id,
        destinations,
        [place FOR place IN destinations IF place <> 'everywhere'] AS named,
        array_to_string([
            CASE
                WHEN len(string_split(place, ', ')) > 6
                    THEN
                        concat(
                            array_to_string(string_split(place, ', ')[1:6], ', '), ' and ',
                            len(string_split(place, ', ')) - 6, ' more'
                        )
                ELSE place
            END FOR place IN destinations
        ], ' and to ') AS shown,
        places,
        exhibit_ids
    FROM account_trade
    WHERE len(destinations) > 0
),

compared AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        least(len(one.named), len(other.named)) AS least_named,
        greatest(len(one.named), len(other.named)) AS most_named,
        -- Of several that both say, the one that names most.
        list_max([len(string_split(said, ',')) FOR said IN list_intersect(one.named, other.named)]) AS shared,
        one.shown AS left_shown,
        other.shown AS right_shown,
        list_sort(list_distinct(list_concat(one.places, other.places))) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM pair_candidate
    INNER JOIN stated AS one ON pair_candidate.left_id = one.account_id
    INNER JOIN stated AS other ON pair_candidate.right_id = other.account_id
)

SELECT
    pair_id,
    left_id,
    right_id,
    'destinations' AS signal,
    CASE
        WHEN shared = 1 THEN 'one place'
        WHEN shared = 2 THEN 'two places'
        WHEN shared > 2 THEN 'three places and more'
        WHEN most_named = 0 THEN 'everywhere'
        WHEN least_named = 0 THEN 'one everywhere'
        ELSE 'other places'
    END AS level,
    0::BIGINT AS spread,
    CASE
        WHEN left_shown = right_shown THEN concat('both say they ship to ', left_shown)
        ELSE concat('one says it ships to ', left_shown, ', the other to ', right_shown)
    END AS reason,
    places,
    exhibit_ids
FROM compared
