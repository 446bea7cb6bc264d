-- Reports that may speak of one event, and how likely that is: a person decides.
--
-- Grain:  one row per pair_id.
-- Source: outcome_candidate. Where two cases of two agencies share one likely event, what stands in both of them
--         (kind, item, unit) is likely one event too, whatever its day and amount; what stands in cases that share
--         theirs with others is less so.
-- Limits: a case of more than 100 events ties nothing. one_event_chance weighs a pair against all others of its two
--         events and against chance. It rests on assumed odds and is no probability until it is measured on real
--         reports. A pair is a proposal from a chance of a half. Of each event the three likeliest pairs are kept, and
--         none below one in a hundred.
WITH event AS (
    SELECT
        outcome_id,
        event_state,
        campaign,
        kind,
        item,
        amount,
        unit,
        reported_amount,
        reported_unit,
        happened_on,
        credit_agency,
        place,
        exhibit_ids,
        -- A case is of one person: with more events than this, its reference is none, and it ties nothing.
        CASE
            WHEN count(*) OVER (PARTITION BY campaign, credit_agency, case_ref) <= 100
                THEN campaign || chr(31) || credit_agency || chr(31) || case_ref
        END AS case_key
    FROM outcome_event
    WHERE NOT is_stated_total AND NOT is_superseded AND amount > 0
),

-- Candidates by themselves.
first_side AS (
    SELECT
        outcome_id,
        sum(odds) AS all_odds
    FROM (
        SELECT
            left_id AS outcome_id,
            odds
        FROM outcome_candidate
        UNION ALL
        SELECT
            right_id,
            odds
        FROM outcome_candidate
    ) AS either
    GROUP BY outcome_id
),

-- Cases that share a likely event.
linked AS MATERIALIZED (
    SELECT DISTINCT
        least(l.case_key, r.case_key) AS one_case,
        greatest(l.case_key, r.case_key) AS other_case
    FROM outcome_candidate AS candidate
    INNER JOIN first_side AS left_side ON candidate.left_id = left_side.outcome_id
    INNER JOIN first_side AS right_side ON candidate.right_id = right_side.outcome_id
    INNER JOIN event AS l ON candidate.left_place = l.place
    INNER JOIN event AS r ON candidate.right_place = r.place
    WHERE
        candidate.odds >= 0.9 * (1 + greatest(left_side.all_odds, right_side.all_odds))
        AND l.credit_agency <> r.credit_agency
        AND l.case_key IS NOT NULL
        AND r.case_key IS NOT NULL
),

linked_case AS (
    SELECT DISTINCT unnest([one_case, other_case]) AS case_key
    FROM linked
),

-- Of each linked pair of cases, what stands in the first; by itself, so that few rows meet all events.
in_one_case AS MATERIALIZED (
    SELECT
        linked.other_case,
        event.outcome_id,
        event.place,
        event.kind,
        event.unit,
        event.item,
        event.happened_on
    FROM linked
    INNER JOIN event ON linked.one_case = event.case_key
),

in_linked_cases AS (
    SELECT
        least(one.outcome_id, other.outcome_id) AS left_id,
        greatest(one.outcome_id, other.outcome_id) AS right_id,
        CASE WHEN one.outcome_id < other.outcome_id THEN one.place ELSE other.place END AS left_place,
        CASE WHEN one.outcome_id < other.outcome_id THEN other.place ELSE one.place END AS right_place,
        abs(date_diff('day', one.happened_on, other.happened_on)) AS days_apart
    FROM in_one_case AS one
    INNER JOIN event AS other ON one.other_case = other.case_key
    WHERE one.kind = other.kind AND one.unit = other.unit AND coalesce(one.item, '') = coalesce(other.item, '')
),

weighed AS (
    SELECT
        coalesce(candidate.left_id, linked_pair.left_id) AS left_id,
        coalesce(candidate.right_id, linked_pair.right_id) AS right_id,
        coalesce(candidate.left_place, linked_pair.left_place) AS left_place,
        coalesce(candidate.right_place, linked_pair.right_place) AS right_place,
        coalesce(candidate.days_apart, linked_pair.days_apart) AS days_apart,
        coalesce(candidate.ref_mark, 'unknown') AS ref_mark,
        coalesce(candidate.town_mark, 'unknown') AS town_mark,
        coalesce(candidate.offence_mark, 'unknown') AS offence_mark,
        linked_pair.left_id IS NOT NULL AS is_linked,
        coalesce(candidate.odds, 5) AS odds
    FROM outcome_candidate AS candidate
    FULL JOIN in_linked_cases AS linked_pair
        ON candidate.left_place = linked_pair.left_place AND candidate.right_place = linked_pair.right_place
),

told AS MATERIALIZED (
    SELECT
        weighed.* EXCLUDE (odds),
        least(
            weighed.odds * CASE
                WHEN weighed.is_linked THEN 50
                WHEN
                    l.credit_agency <> r.credit_agency
                    AND (left_case.case_key IS NOT NULL OR right_case.case_key IS NOT NULL)
                    AND l.case_key IS NOT NULL
                    AND r.case_key IS NOT NULL
                    THEN 0.1
                ELSE 1
            END,
            100000
        )::DECIMAL(18, 6) AS odds
    FROM weighed
    INNER JOIN event AS l ON weighed.left_place = l.place
    INNER JOIN event AS r ON weighed.right_place = r.place
    LEFT JOIN linked_case AS left_case ON l.case_key = left_case.case_key
    LEFT JOIN linked_case AS right_case ON r.case_key = right_case.case_key
),

side AS (
    SELECT
        outcome_id,
        sum(odds) AS all_odds
    FROM (
        SELECT
            left_id AS outcome_id,
            odds
        FROM told
        UNION ALL
        SELECT
            right_id,
            odds
        FROM told
    ) AS either
    GROUP BY outcome_id
),

likely AS (
    SELECT
        told.*,
        round(told.odds / (1 + greatest(left_side.all_odds, right_side.all_odds)), 4)::DECIMAL(5, 4) AS one_event_chance
    FROM told
    INNER JOIN side AS left_side ON told.left_id = left_side.outcome_id
    INNER JOIN side AS right_side ON told.right_id = right_side.outcome_id
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY left_id ORDER BY one_event_chance DESC, right_id ASC, left_place ASC, right_place ASC
        ) AS left_rank,
        row_number() OVER (
            PARTITION BY right_id ORDER BY one_event_chance DESC, left_id ASC, left_place ASC, right_place ASC
        ) AS right_rank
    FROM likely
    WHERE one_event_chance >= 0.01
),

kept AS MATERIALIZED (
    SELECT *
    FROM ranked
    WHERE one_event_chance >= 0.5 OR least(left_rank, right_rank) <= 3
)

SELECT
    pair_id_of(kept.left_id, kept.right_id) AS pair_id,
    kept.left_id,
    kept.right_id,
    l.event_state AS left_state,
    r.event_state AS right_state,
    l.campaign,
    l.kind,
    l.item,
    l.amount,
    l.unit,
    kept.days_apart,
    CASE WHEN kept.one_event_chance >= 0.5 THEN 'proposal' ELSE 'possible' END AS tier,
    kept.one_event_chance,
    concat(
        'same ', l.kind, ' of ', coalesce(l.item, 'unnamed item'), ', ',
        CASE
            WHEN l.amount = r.amount THEN 'same amount'
            ELSE
                concat(
                    'amounts ', as_written(l.reported_amount), ' ', l.reported_unit, ' and ',
                    as_written(r.reported_amount), ' ', r.reported_unit
                )
        END,
        ', ',
        CASE
            WHEN kept.days_apart IS NULL THEN 'one without a day'
            WHEN kept.days_apart = 0 THEN 'on one day'
            WHEN kept.days_apart = 1 THEN 'a day apart'
            ELSE kept.days_apart || ' days apart'
        END,
        ', reported by ', coalesce(l.credit_agency, 'unknown'), ' and ', coalesce(r.credit_agency, 'unknown'),
        CASE kept.ref_mark
            WHEN 'same' THEN '; one names the reference of the other'
            WHEN 'differs' THEN '; one names another reference'
            ELSE ''
        END,
        CASE kept.town_mark WHEN 'same' THEN '; same town' WHEN 'differs' THEN '; different towns' ELSE '' END,
        CASE kept.offence_mark WHEN 'same' THEN '; same offence' WHEN 'differs' THEN '; different offences' ELSE '' END,
        CASE WHEN kept.is_linked THEN '; the two cases share another event' ELSE '' END
    ) AS reason,
    [kept.left_place, kept.right_place] AS places,
    list_sort(list_distinct(list_concat(l.exhibit_ids, r.exhibit_ids))) AS exhibit_ids
FROM kept
INNER JOIN event AS l ON kept.left_place = l.place
INNER JOIN event AS r ON kept.right_place = r.place
