-- At which hours of the day two accounts do something.
--
-- Grain:  one row per pair_id of which both have 10 moments and more on record.
-- Source: messages, posts, applications and log-ins of both. What of the one's time lies where the other's does, per
--         cent, each hour counted with the one before and the one after it: "alike" from 75, "half" from 50, else
--         "apart"; ", few" if one of the two has fewer than 30 moments. The reason also states the share of the days of
--         the week, which no level rests on.
-- Limits: servers keep their own clocks, and one in another zone moves all its hours. Few moments are alike by chance
--         or apart by chance. Many people are awake at the same hours: alike says little, apart says more.
WITH compared AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        one.moments AS left_moments,
        other.moments AS right_moments,
        -- Both in units of 1 / (moments of the one times moments of the other), so that they can be compared.
        list_sum([
            least(
                (one.hours[h + 1] + one.hours[(h + 1) % 24 + 1] + one.hours[(h + 23) % 24 + 1]) * other.moments,
                (other.hours[h + 1] + other.hours[(h + 1) % 24 + 1] + other.hours[(h + 23) % 24 + 1]) * one.moments
            )
            FOR h IN range(24)
        ]) * 100 // (3 * one.moments * other.moments) AS hours_shared,
        list_sum([
            least(one.weekdays[d] * other.moments, other.weekdays[d] * one.moments) FOR d IN range(1, 8)
        ]) * 100 // (one.moments * other.moments) AS weekdays_shared,
        CASE WHEN least(one.moments, other.moments) < 30 THEN ', few' ELSE '' END AS amount,
        list_sort(list_distinct(list_concat(one.places, other.places))) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM pair_candidate
    INNER JOIN account_rhythm AS one ON pair_candidate.left_id = one.account_id AND one.moments >= 10
    INNER JOIN account_rhythm AS other ON pair_candidate.right_id = other.account_id AND other.moments >= 10
)

SELECT
    pair_id,
    left_id,
    right_id,
    'hours' AS signal,
    concat(CASE WHEN hours_shared >= 75 THEN 'alike' WHEN hours_shared >= 50 THEN 'half' ELSE 'apart' END, amount)
        AS level,
    0::BIGINT AS spread,
    concat(
        hours_shared, ' % of the hours at which one writes or logs in are the other''s too, and ', weekdays_shared,
        ' % of the days of the week; compared are ', left_moments, ' and ', right_moments, ' moments'
    ) AS reason,
    places,
    exhibit_ids
FROM compared
