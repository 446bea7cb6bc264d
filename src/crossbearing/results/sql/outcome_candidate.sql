-- Reports that could speak of one event, each pair weighed by itself against chance.
--
-- Grain:  one row per left_place and right_place.
-- Source: events of one campaign and kind with the same item, from different agencies or in different exhibits of one
--         agency (a list sent again). Either with the same amount and unit (masses within half a percent, for a pound
--         is no round number of kilograms), at most 3 days apart, and not in two different known places. Or one names
--         the reference of the other.
-- Limits: more than 1,000 events of one agency that look alike in four days are compared by reference only, and a
--         reference of more than 100 events with none. The odds are assumptions set on simulated partners
--         (benchmarks/results/doubles.py), not measured on real reports. An event without a date is compared by
--         reference only.
WITH event AS (
    SELECT
        outcome_id,
        campaign,
        kind,
        coalesce(item, '') AS item_key,
        amount,
        unit,
        happened_on,
        credit_agency,
        credit_code,
        place_code,
        report_ref,
        other_ref,
        bare(place_name) AS town,
        offence_code,
        place,
        exhibit_ids,
        (happened_on - DATE '2000-01-01') // 4 AS days_key,
        -- Of very many that look alike, no two are likelier than chance; and a reference of very many names no event.
        count(*) OVER (
            PARTITION BY
                campaign, kind, item, unit, place_code, (happened_on - DATE '2000-01-01') // 4, place_name, amount,
                credit_agency
        ) <= 1000 AS is_alone,
        count(*) OVER (PARTITION BY campaign, kind, item, report_ref) <= 100 AS is_named,
        -- How likely two such amounts are equal by chance.
        CASE
            WHEN unit IN ('persons', 'premises', 'accounts') THEN 1
            WHEN unit = 'pieces' THEN 0.3
            WHEN amount >= 100 OR amount <> floor(amount) THEN 0.01
            ELSE 0.1
        END AS equal_share
    FROM outcome_event
    WHERE NOT is_stated_total AND NOT is_superseded AND amount > 0
),

spread AS (
    SELECT
        *,
        unnest([days_key - 1, days_key, days_key + 1]) AS near_key
    FROM event
    WHERE happened_on IS NOT NULL AND is_alone
),

-- Events of a kind that a place has in a day.
density AS (
    SELECT
        campaign,
        kind,
        item_key,
        unit,
        coalesce(place_code, '') AS place_key,
        count(*)::DECIMAL(18, 6) / greatest(date_diff('day', min(happened_on), max(happened_on)), 30) AS per_day
    FROM event
    GROUP BY ALL
),

-- An event can be met under its place, and by what has no known place.
reached AS (
    SELECT
        *,
        unnest([place_code, '?']) AS met_under
    FROM event
    WHERE is_alone
),

-- Two hash joins: a known place meets the same place and an unknown one all, and a reference meets what it names.
met AS (
    SELECT
        least(one.outcome_id, other.outcome_id) AS one_id,
        greatest(one.outcome_id, other.outcome_id) AS other_id,
        CASE WHEN one.outcome_id < other.outcome_id THEN one.place ELSE other.place END AS one_place,
        CASE WHEN one.outcome_id < other.outcome_id THEN other.place ELSE one.place END AS other_place
    FROM spread AS one
    INNER JOIN reached AS other
        ON
            one.campaign = other.campaign
            AND one.kind = other.kind
            AND one.item_key = other.item_key
            AND one.unit = other.unit
            AND one.near_key = other.days_key
            AND coalesce(one.place_code, '?') = other.met_under
    WHERE
        one.outcome_id <> other.outcome_id
        AND (one.place_code IS NULL OR one.outcome_id < other.outcome_id)
        AND (one.credit_agency IS DISTINCT FROM other.credit_agency OR one.exhibit_ids <> other.exhibit_ids)
        AND abs(date_diff('day', one.happened_on, other.happened_on)) <= 3
        AND abs(one.amount - other.amount)
        <= CASE WHEN one.unit = 'kg' THEN greatest(one.amount, other.amount) * 0.005 ELSE 0 END
    UNION
    SELECT
        least(one.outcome_id, other.outcome_id) AS one_id,
        greatest(one.outcome_id, other.outcome_id) AS other_id,
        CASE WHEN one.outcome_id < other.outcome_id THEN one.place ELSE other.place END AS one_place,
        CASE WHEN one.outcome_id < other.outcome_id THEN other.place ELSE one.place END AS other_place
    FROM event AS one
    INNER JOIN event AS other
        ON
            one.campaign = other.campaign
            AND one.kind = other.kind
            AND one.item_key = other.item_key
            AND one.other_ref = other.report_ref
            AND other.is_named
    WHERE one.credit_agency <> other.credit_agency
),

marked AS (
    SELECT
        l.*,
        r.outcome_id AS right_id,
        r.place AS right_place,
        list_sort(list_distinct(list_concat(l.exhibit_ids, r.exhibit_ids))) AS both_ids,
        coalesce(l.place_code, r.place_code, '') AS place_key,
        abs(date_diff('day', l.happened_on, r.happened_on)) AS days_apart,
        -- Who reports what happened elsewhere reports it beside the country where it happened more often than alone.
        CASE
            -- Of one agency, in two exhibits: a list sent again, unless its own references tell the two apart.
            WHEN l.credit_agency = r.credit_agency AND (l.report_ref IS NULL OR r.report_ref IS NULL) THEN 5
            WHEN l.place_code IS NULL OR r.place_code IS NULL THEN 0.1
            WHEN (l.place_code = l.credit_code) <> (r.place_code = r.credit_code) THEN 2
            ELSE 0.1
        END
        -- Charges and verdicts are reported by the country whose courts they are of.
        * CASE WHEN l.kind IN ('charge', 'conviction', 'acquittal') THEN 0.1 ELSE 1 END AS before_odds,
        CASE
            WHEN l.other_ref = r.report_ref OR r.other_ref = l.report_ref THEN 'same'
            WHEN l.other_ref IS NOT NULL OR r.other_ref IS NOT NULL THEN 'differs'
            ELSE 'unknown'
        END AS ref_mark,
        CASE
            WHEN l.town IS NULL OR r.town IS NULL THEN 'unknown'
            WHEN jaro_winkler_similarity(l.town, r.town) >= 0.88 THEN 'same'
            ELSE 'differs'
        END AS town_mark,
        CASE
            WHEN l.offence_code IS NULL OR r.offence_code IS NULL THEN 'unknown'
            WHEN l.offence_code = r.offence_code THEN 'same'
            ELSE 'differs'
        END AS offence_mark
    FROM met
    INNER JOIN event AS l ON met.one_id = l.outcome_id AND met.one_place = l.place
    INNER JOIN event AS r ON met.other_id = r.outcome_id AND met.other_place = r.place
)

SELECT
    marked.outcome_id AS left_id,
    marked.right_id,
    marked.place AS left_place,
    marked.right_place,
    marked.days_apart,
    marked.ref_mark,
    marked.town_mark,
    marked.offence_mark,
    least(
        marked.before_odds
        * CASE marked.days_apart WHEN 0 THEN 0.3 WHEN 1 THEN 0.22 WHEN 2 THEN 0.12 WHEN 3 THEN 0.03 ELSE 0.01 END
        / (density.per_day * marked.equal_share)
        * CASE marked.ref_mark WHEN 'same' THEN 5000 WHEN 'differs' THEN 0.05 ELSE 1 END
        * CASE marked.town_mark WHEN 'same' THEN 6 WHEN 'differs' THEN 0.05 ELSE 1 END
        * CASE marked.offence_mark WHEN 'same' THEN 1.1 WHEN 'differs' THEN 0.5 ELSE 1 END,
        100000
    )::DECIMAL(18, 6) AS odds,
    marked.both_ids AS exhibit_ids
FROM marked
INNER JOIN density
    ON
        marked.campaign = density.campaign
        AND marked.kind = density.kind
        AND marked.item_key = density.item_key
        AND marked.unit = density.unit
        AND marked.place_key = density.place_key
