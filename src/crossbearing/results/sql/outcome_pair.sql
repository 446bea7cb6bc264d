-- Reports that may speak of one event: a person decides.
--
-- Grain:  one row per pair_id.
-- Source: events of one campaign and kind with the same item, amount and unit, from different agencies or in different
--         exhibits of one agency (a list sent again), at most
--         3 days apart, and not in two different known places.
-- Limits: equal small numbers meet by chance; an event without a date is in no pair.
SELECT
    pair_id_of(one.outcome_id, other.outcome_id) AS pair_id,
    one.outcome_id AS left_id,
    other.outcome_id AS right_id,
    one.event_state AS left_state,
    other.event_state AS right_state,
    one.campaign,
    one.kind,
    one.item,
    one.amount,
    one.unit,
    abs(date_diff('day', one.happened_on, other.happened_on)) AS days_apart,
    concat(
        'same ', one.kind, ' of ', coalesce(one.item, 'unnamed item'), ', same amount, ',
        CASE abs(date_diff('day', one.happened_on, other.happened_on))
            WHEN 0 THEN 'on one day'
            WHEN 1 THEN 'a day apart'
            ELSE abs(date_diff('day', one.happened_on, other.happened_on)) || ' days apart'
        END,
        ', reported by ',
        coalesce(one.credit_agency, 'unknown'), ' and ', coalesce(other.credit_agency, 'unknown')
    ) AS reason,
    [one.place, other.place] AS places,
    list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
FROM outcome_event AS one
INNER JOIN outcome_event AS other
    ON
        one.campaign = other.campaign
        AND one.kind = other.kind
        AND one.item IS NOT DISTINCT FROM other.item
        AND one.amount = other.amount
        AND one.unit = other.unit
        AND one.outcome_id < other.outcome_id
WHERE
    NOT one.is_stated_total
    AND NOT other.is_stated_total
    AND NOT one.is_superseded
    AND NOT other.is_superseded
    AND (one.credit_agency IS DISTINCT FROM other.credit_agency OR one.exhibit_ids <> other.exhibit_ids)
    AND abs(date_diff('day', one.happened_on, other.happened_on)) <= 3
    AND coalesce(one.place_code = other.place_code, TRUE)
