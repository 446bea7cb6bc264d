-- What an agency is to be asked, in words: rows that cannot be so, or that contradict each other. Nothing is changed.
--
-- Grain:  one row per campaign and question, with the rows it is about.
-- Source: events that are not superseded, the cases they belong to, and what their words mean.
-- Limits: what is in question counts as it was reported until the agency corrects it.
WITH event AS (
    SELECT * FROM outcome_event
    WHERE NOT is_superseded
),

in_case AS (
    SELECT
        one.campaign,
        one.credit_agency,
        one.case_ref,
        one.outcome_id,
        one.kind,
        one.happened_on,
        other.outcome_id AS other_id,
        other.kind AS other_kind,
        other.happened_on AS other_on,
        coalesce(one.offence, '') = coalesce(other.offence, '') AS is_one_offence,
        list_sort([one.place, other.place]) AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM event AS one
    INNER JOIN event AS other
        ON
            one.campaign = other.campaign
            AND one.credit_agency = other.credit_agency
            AND one.case_ref = other.case_ref
            AND one.place <> other.place
    WHERE NOT one.is_stated_total AND NOT other.is_stated_total AND one.amount > 0 AND other.amount > 0
),

asked AS (
    SELECT
        campaign,
        concat(
            'case ', case_ref, ' of ', credit_agency, ': the ', kind, ' of ', happened_on, ' is dated after the ',
            other_kind, ' of ', other_on, '; which day is wrong?'
        ) AS question,
        places,
        exhibit_ids
    FROM in_case
    WHERE
        happened_on > other_on
        AND kind IN ('arrest', 'charge')
        AND other_kind IN ('conviction', 'acquittal')
    UNION ALL
    SELECT
        campaign,
        concat(
            'case ', case_ref, ' of ', credit_agency, ': a conviction and an acquittal of one offence; which stands?'
        ) AS question,
        places,
        exhibit_ids
    FROM in_case
    WHERE kind = 'conviction' AND other_kind = 'acquittal' AND is_one_offence
    UNION ALL
    SELECT
        campaign,
        concat(
            'case ', case_ref, ' of ', credit_agency, ': ', kind, ' stands twice (', outcome_id, ', ', other_id,
            '); twice the same person, or twice reported?'
        ) AS question,
        places,
        exhibit_ids
    FROM in_case
    WHERE kind = other_kind AND kind IN ('arrest', 'conviction') AND is_one_offence AND outcome_id < other_id
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
            outcome_id, ' of ', coalesce(credit_agency, 'an unnamed agency'), ' happened on ', happened_on,
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
            event.outcome_id, ' of ', coalesce(event.credit_agency, 'an unnamed agency'), ': ',
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
            event.outcome_id, ' of ', coalesce(event.credit_agency, 'an unnamed agency'), ': ',
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
            event.outcome_id, ' of ', coalesce(event.credit_agency, 'an unnamed agency'), ': ', event.reported_amount,
            ' ', event.reported_unit, ' of ', event.item, '; pills and doses are counted, so what was weighed?'
        ) AS question,
        [event.place] AS places,
        event.exhibit_ids
    FROM event
    WHERE is_mass(event.reported_unit) AND counts_pieces(event.item)
    UNION ALL
    SELECT
        one.campaign,
        concat(
            'reference ', one.report_ref, ' of ', one.credit_agency, ' came again with ',
            coalesce(other.item, 'no item'), ' in ', coalesce(other.reported_unit, 'no unit'), ' instead of ',
            coalesce(one.item, 'no item'), ' in ', coalesce(one.reported_unit, 'no unit'),
            '; a correction, or a further event? Both count.'
        ) AS question,
        [one.place, other.place] AS places,
        list_sort(list_distinct(list_concat(one.exhibit_ids, other.exhibit_ids))) AS exhibit_ids
    FROM event AS one
    INNER JOIN event AS other
        ON
            one.campaign = other.campaign
            AND one.credit_agency = other.credit_agency
            AND one.report_ref = other.report_ref
            AND one.kind = other.kind
            AND one.is_stated_total = other.is_stated_total
    WHERE
        one.exhibit_position < other.exhibit_position
        AND one.credit_agency <> 'as announced'
        AND (one.item IS DISTINCT FROM other.item OR one.reported_unit <> other.reported_unit)
    UNION ALL
    SELECT
        campaign,
        concat(
            'product ', product_ref, ' of ', credit_agency, ' has several masses (', min(amount), ' to ', max(amount),
            ' ', unit, '); the largest counts, once'
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
