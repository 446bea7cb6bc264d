-- Reports that may speak of one event, and how likely that is: a person decides.
--
-- Grain:  one row per pair_id.
-- Source: events of one campaign and kind with the same item, amount and unit (masses within half a percent, for a pound
--         is no round number of kilograms), from different agencies or in different exhibits of one agency (a list sent
--         again), at most 3 days apart, and not in two different known places.
-- Limits: one_event_chance weighs a pair against all others of its two events and against chance: how many events of the
--         kind the place has in a day. Its weights are assumptions, set on simulated partners, and are no probabilities
--         until they are measured on real reports. A pair is a proposal from a chance of a half. An event without a
--         date is in no pair. Of each event the three likeliest pairs are kept.
WITH event AS (
    SELECT
        outcome_id,
        event_state,
        campaign,
        kind,
        coalesce(item, '') AS item_key,
        item,
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
        -- How likely two such amounts are equal by chance.
        CASE
            WHEN unit IN ('persons', 'premises', 'accounts') THEN 1
            WHEN unit = 'pieces' THEN 0.3
            WHEN amount >= 100 OR amount <> floor(amount) THEN 0.01
            ELSE 0.1
        END AS equal_share
    FROM outcome_event
    WHERE NOT is_stated_total AND NOT is_superseded AND happened_on IS NOT NULL AND amount > 0
),

spread AS (
    SELECT
        *,
        unnest([days_key - 1, days_key, days_key + 1]) AS near_key
    FROM event
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

-- Two hash joins: a known place meets the same place, an unknown one meets all.
met AS (
    SELECT
        one,
        other
    FROM spread AS one
    INNER JOIN event AS other
        ON
            one.campaign = other.campaign
            AND one.kind = other.kind
            AND one.item_key = other.item_key
            AND one.unit = other.unit
            AND one.near_key = other.days_key
            AND one.place_code = other.place_code
    WHERE
        one.outcome_id < other.outcome_id
        AND (one.credit_agency IS DISTINCT FROM other.credit_agency OR one.exhibit_ids <> other.exhibit_ids)
        AND abs(date_diff('day', one.happened_on, other.happened_on)) <= 3
        AND abs(one.amount - other.amount)
        <= CASE WHEN one.unit = 'kg' THEN greatest(one.amount, other.amount) * 0.005 ELSE 0 END
    UNION ALL
    SELECT
        one,
        other
    FROM spread AS one
    INNER JOIN event AS other
        ON
            one.campaign = other.campaign
            AND one.kind = other.kind
            AND one.item_key = other.item_key
            AND one.unit = other.unit
            AND one.near_key = other.days_key
    WHERE
        one.place_code IS NULL
        AND (other.place_code IS NOT NULL OR one.outcome_id < other.outcome_id)
        AND (one.credit_agency IS DISTINCT FROM other.credit_agency OR one.exhibit_ids <> other.exhibit_ids)
        AND abs(date_diff('day', one.happened_on, other.happened_on)) <= 3
        AND abs(one.amount - other.amount)
        <= CASE WHEN one.unit = 'kg' THEN greatest(one.amount, other.amount) * 0.005 ELSE 0 END
),

marked AS (
    SELECT
        CASE WHEN one.outcome_id < other.outcome_id THEN one ELSE other END AS l,
        CASE WHEN one.outcome_id < other.outcome_id THEN other ELSE one END AS r,
        abs(date_diff('day', one.happened_on, other.happened_on)) AS days_apart,
        CASE
            WHEN one.other_ref = other.report_ref OR other.other_ref = one.report_ref THEN 'same'
            WHEN one.other_ref IS NOT NULL OR other.other_ref IS NOT NULL THEN 'differs'
            ELSE 'unknown'
        END AS ref_mark,
        CASE
            WHEN one.town IS NULL OR other.town IS NULL THEN 'unknown'
            WHEN jaro_winkler_similarity(one.town, other.town) >= 0.88 THEN 'same'
            ELSE 'differs'
        END AS town_mark,
        CASE
            WHEN one.offence_code IS NULL OR other.offence_code IS NULL THEN 'unknown'
            WHEN one.offence_code = other.offence_code THEN 'same'
            ELSE 'differs'
        END AS offence_mark
    FROM met
),

weighed AS (
    SELECT
        marked.*,
        least(
            -- Who reports what happened elsewhere reports it beside the country where it happened, as often as not.
            CASE
                WHEN l.place_code IS NULL OR r.place_code IS NULL THEN 0.1
                WHEN (l.place_code = l.credit_code) <> (r.place_code = r.credit_code) THEN 1
                ELSE 0.1
            END
            * CASE days_apart WHEN 0 THEN 0.35 WHEN 1 THEN 0.22 WHEN 2 THEN 0.1 ELSE 0.03 END
            / (density.per_day * l.equal_share)
            * CASE ref_mark WHEN 'same' THEN 5000 WHEN 'differs' THEN 0.05 ELSE 1 END
            * CASE town_mark WHEN 'same' THEN 6 WHEN 'differs' THEN 0.05 ELSE 1 END
            * CASE offence_mark WHEN 'same' THEN 1.3 WHEN 'differs' THEN 0.2 ELSE 1 END,
            100000
        )::DECIMAL(18, 6) AS odds
    FROM marked
    INNER JOIN density
        ON
            l.campaign = density.campaign
            AND l.kind = density.kind
            AND l.item_key = density.item_key
            AND l.unit = density.unit
            AND coalesce(l.place_code, r.place_code, '') = density.place_key
),

side AS (
    SELECT
        outcome_id,
        sum(odds) AS all_odds
    FROM (
        SELECT
            l.outcome_id,
            odds
        FROM weighed
        UNION ALL
        SELECT
            r.outcome_id,
            odds
        FROM weighed
    )
    GROUP BY outcome_id
),

likely AS (
    SELECT
        weighed.*,
        round(odds / (1 + greatest(left_side.all_odds, right_side.all_odds)), 4)::DECIMAL(5, 4) AS one_event_chance
    FROM weighed
    INNER JOIN side AS left_side ON weighed.l.outcome_id = left_side.outcome_id
    INNER JOIN side AS right_side ON weighed.r.outcome_id = right_side.outcome_id
),

ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY l.outcome_id ORDER BY one_event_chance DESC, r.outcome_id, l.place, r.place)
            AS left_rank,
        row_number() OVER (PARTITION BY r.outcome_id ORDER BY one_event_chance DESC, l.outcome_id, l.place, r.place)
            AS right_rank
    FROM likely
)

SELECT
    pair_id_of(l.outcome_id, r.outcome_id) AS pair_id,
    l.outcome_id AS left_id,
    r.outcome_id AS right_id,
    l.event_state AS left_state,
    r.event_state AS right_state,
    l.campaign,
    l.kind,
    l.item,
    l.amount,
    l.unit,
    days_apart,
    CASE WHEN one_event_chance >= 0.5 THEN 'proposal' ELSE 'possible' END AS tier,
    one_event_chance,
    concat(
        'same ', l.kind, ' of ', coalesce(l.item, 'unnamed item'), ', same amount, ',
        CASE days_apart
            WHEN 0 THEN 'on one day'
            WHEN 1 THEN 'a day apart'
            ELSE days_apart || ' days apart'
        END,
        ', reported by ',
        coalesce(l.credit_agency, 'unknown'), ' and ', coalesce(r.credit_agency, 'unknown'),
        CASE ref_mark
            WHEN 'same' THEN '; one names the reference of the other'
            WHEN 'differs' THEN '; one names another reference'
            ELSE ''
        END,
        CASE town_mark WHEN 'same' THEN '; same town' WHEN 'differs' THEN '; different towns' ELSE '' END,
        CASE offence_mark WHEN 'same' THEN '; same offence' WHEN 'differs' THEN '; different offences' ELSE '' END
    ) AS reason,
    [l.place, r.place] AS places,
    list_sort(list_distinct(list_concat(l.exhibit_ids, r.exhibit_ids))) AS exhibit_ids
FROM ranked
WHERE one_event_chance >= 0.5 OR least(left_rank, right_rank) <= 3
