-- What an agency is to be asked, in words: rows that cannot be so, or that contradict each other. Nothing is changed.
--
-- Grain:  one row per campaign and question, with the rows it is about.
-- Source: events that are not superseded, the cases they belong to, and what their words mean.
-- Limits: what is in question counts as it was reported until the agency corrects it.
WITH event AS (
    SELECT
        *,
        concat(outcome_id, ' of ', coalesce(credit_agency, 'an unnamed agency')) AS told_as
    FROM outcome_event
    WHERE NOT is_superseded
),

-- Steps of a case, added up, so that a case with very many rows asks few questions.
step AS (
    SELECT
        campaign,
        credit_agency,
        case_ref,
        kind,
        coalesce(offence, '') AS step_offence,
        count(*) AS step_rows,
        list_slice(list_sort(list(DISTINCT outcome_id)), 1, 3) AS first_ids,
        min(happened_on) AS first_on,
        max(happened_on) AS last_on,
        list_sort(list(place)) AS places,
        list_sort(list(DISTINCT exhibit_ids[1])) AS exhibit_ids
    FROM event
    WHERE
        NOT is_stated_total
        AND amount > 0
        AND case_ref IS NOT NULL
        AND credit_agency IS NOT NULL
        AND kind IN ('arrest', 'charge', 'conviction', 'acquittal')
    GROUP BY ALL
),

kind_of_case AS (
    SELECT
        campaign,
        credit_agency,
        case_ref,
        kind,
        min(first_on) AS first_on,
        max(last_on) AS last_on,
        flatten(list_sort(list(places))) AS places,
        list_sort(list_distinct(flatten(list_sort(list(exhibit_ids))))) AS exhibit_ids
    FROM step
    GROUP BY ALL
),

-- What stands under one reference, each item and unit once.
under_reference AS (
    SELECT
        campaign,
        credit_agency,
        report_ref,
        kind,
        is_stated_total,
        item,
        reported_unit,
        min(exhibit_position) AS first_at,
        min(place) AS first_place,
        list_sort(list(DISTINCT exhibit_ids[1])) AS exhibit_ids
    FROM event
    WHERE report_ref IS NOT NULL AND credit_agency IS NOT NULL AND credit_agency <> 'as announced'
    GROUP BY ALL
),

reference_order AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY campaign, credit_agency, report_ref, kind, is_stated_total
            ORDER BY first_at, item, reported_unit
        ) AS place_in_order
    FROM under_reference
),

asked AS (
    SELECT
        one.campaign,
        concat(
            'case ', one.case_ref, ' of ', one.credit_agency, ': the ', one.kind, ' of ', one.last_on,
            ' is dated after the ', other.kind, ' of ', other.first_on, '; which day is wrong?'
        ) AS question,
        list_sort(list_concat(one.places, other.places)) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM kind_of_case AS one
    INNER JOIN kind_of_case AS other
        ON
            one.campaign = other.campaign
            AND one.credit_agency = other.credit_agency
            AND one.case_ref = other.case_ref
    WHERE
        one.last_on > other.first_on
        AND one.kind IN ('arrest', 'charge')
        AND other.kind IN ('conviction', 'acquittal')
    UNION ALL
    SELECT
        one.campaign,
        concat(
            'case ', one.case_ref, ' of ', one.credit_agency,
            ': a conviction and an acquittal of one offence; which stands?'
        ) AS question,
        list_sort(list_concat(one.places, other.places)) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM step AS one
    INNER JOIN step AS other
        ON
            one.campaign = other.campaign
            AND one.credit_agency = other.credit_agency
            AND one.case_ref = other.case_ref
            AND one.step_offence = other.step_offence
    WHERE one.kind = 'conviction' AND other.kind = 'acquittal'
    UNION ALL
    SELECT
        campaign,
        concat(
            'case ', case_ref, ' of ', credit_agency, ': ', kind, ' stands ',
            CASE step_rows WHEN 2 THEN 'twice' ELSE step_rows || ' times' END, ' (',
            array_to_string(first_ids, ', '), CASE WHEN step_rows > 3 THEN ', …' ELSE '' END,
            '); the same person several times, or one event reported again?'
        ) AS question,
        places,
        exhibit_ids
    FROM step
    WHERE kind IN ('arrest', 'conviction') AND step_rows > 1
    UNION ALL
    SELECT
        campaign,
        concat(
            'case ', case_ref, ' of ', credit_agency, ': a ', case_state, ' person without a charge on record; '
            || 'is the charge still to be reported?'
        ) AS question,
        places,
        exhibit_ids
    FROM outcome_case
    WHERE case_state IN ('convicted', 'acquitted') AND charged_on IS NULL
    UNION ALL
    SELECT
        campaign,
        concat(
            told_as, ' happened on ', happened_on,
            ', after it was reported on ', reported_on, '; which day is wrong?'
        ) AS question,
        [place] AS places,
        exhibit_ids
    FROM event
    WHERE happened_on > reported_on
    UNION ALL
    SELECT
        event.campaign,
        concat(
            event.told_as, ': ',
            chr(39) || outcome_word.word || chr(39), ' is the code or the name of no one country; which is meant?'
        ) AS question,
        [event.place] AS places,
        event.exhibit_ids
    FROM event
    INNER JOIN outcome_word
        ON
            outcome_word.word_kind = 'country'
            AND outcome_word.code IS NULL
            AND outcome_word.word IN (event.place_country, event.credit_country)
    UNION ALL
    SELECT
        event.campaign,
        concat(
            event.told_as, ': ',
            CASE
                WHEN outcome_word.code IS NULL
                    THEN chr(39) || outcome_word.word || chr(39) || ' is no unit and no currency; what was counted?'
                ELSE
                    outcome_word.word || ' ended on ' || outcome_word.ended_on
                    || coalesce(', its successor is ' || outcome_word.successor, '')
                    || coalesce(', and the event is dated ' || event.happened_on, '')
                    || '; in what currency was it?'
            END
        ) AS question,
        [event.place] AS places,
        event.exhibit_ids
    FROM event
    INNER JOIN outcome_word
        ON outcome_word.word_kind = 'unit' AND event.reported_unit = outcome_word.word
    WHERE
        outcome_word.code IS NULL
        OR coalesce(event.happened_on, event.reported_on) > outcome_word.ended_on
        OR (outcome_word.ended_on IS NOT NULL AND event.happened_on IS NULL AND event.reported_on IS NULL)
    UNION ALL
    SELECT
        event.campaign,
        concat(
            event.told_as, ': ', as_written(event.reported_amount),
            ' ', event.reported_unit, ' of ', event.item, '; pills and doses are counted, so what was weighed?'
        ) AS question,
        [event.place] AS places,
        event.exhibit_ids
    FROM event
    WHERE is_mass(event.reported_unit) AND counts_pieces(event.item)
    UNION ALL
    SELECT
        event.campaign,
        concat(
            event.told_as, ': the item is ', chr(39),
            event.item, chr(39), ', which is a unit, and the unit ', chr(39), event.reported_unit, chr(39),
            '; are they swapped?'
        ) AS question,
        [event.place] AS places,
        event.exhibit_ids
    FROM event
    WHERE is_mass(event.item)
    UNION ALL
    SELECT
        one.campaign,
        concat(
            'reference ', one.report_ref, ' of ', one.credit_agency, ' came again with ',
            coalesce(other.item, 'no item'), ' in ', coalesce(other.reported_unit, 'no unit'), ' instead of ',
            coalesce(one.item, 'no item'), ' in ', coalesce(one.reported_unit, 'no unit'),
            '; a correction, or a further event? Both count.'
        ) AS question,
        list_sort([one.first_place, other.first_place]) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM reference_order AS one
    INNER JOIN reference_order AS other
        ON
            one.campaign = other.campaign
            AND one.credit_agency = other.credit_agency
            AND one.report_ref = other.report_ref
            AND one.kind = other.kind
            AND one.is_stated_total = other.is_stated_total
    WHERE one.place_in_order = 1 AND one.first_at < other.first_at
    UNION ALL
    SELECT
        campaign,
        concat(
            'product ', product_ref, ' of ', credit_agency, ' has several masses (', as_written(min(amount)),
            ' to ', as_written(max(amount)), ' ', unit, '); the largest counts, once'
        ) AS question,
        list_sort(list(place)) AS places,
        list_sort(list(DISTINCT exhibit_ids[1])) AS exhibit_ids
    FROM event
    WHERE product_ref IS NOT NULL AND credit_agency IS NOT NULL AND kind = 'seizure' AND NOT is_stated_total
    GROUP BY campaign, credit_agency, product_ref, unit
    HAVING min(amount) <> max(amount)
)

SELECT DISTINCT
    'Q-' || substr(sha256(coalesce(campaign, '') || chr(31) || question), 1, 10) AS query_id,
    campaign,
    question,
    places,
    exhibit_ids
FROM asked
