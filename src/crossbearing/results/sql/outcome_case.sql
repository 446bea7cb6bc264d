-- One person in one case of one agency, and how far the case has come: an arrest is not a charge is not a conviction.
--
-- Grain:  one row per campaign, agency and case_ref.
-- Source: events that count and name a case.
-- Limits: a case without a reference is in no row. The last step is the last by its day; of one day, the further one.
--         A case is not a person: two agencies may have a case each against one person.
SELECT
    event.campaign,
    event.credit_agency,
    event.case_ref,
    max(event.credit_code) AS credit_code,
    min(event.happened_on) FILTER (event.kind = 'search') AS searched_on,
    min(event.happened_on) FILTER (event.kind = 'arrest') AS arrested_on,
    min(event.happened_on) FILTER (event.kind = 'charge') AS charged_on,
    min(event.happened_on) FILTER (event.kind = 'conviction') AS convicted_on,
    min(event.happened_on) FILTER (event.kind = 'acquittal') AS acquitted_on,
    CASE
        WHEN bool_or(event.kind = 'conviction') AND bool_or(event.kind = 'acquittal') THEN 'convicted and acquitted'
        WHEN bool_or(event.kind = 'conviction') THEN 'convicted'
        WHEN bool_or(event.kind = 'acquittal') THEN 'acquitted'
        WHEN bool_or(event.kind = 'charge') THEN 'charged'
        WHEN bool_or(event.kind = 'arrest') THEN 'arrested'
        ELSE 'searched'
    END AS case_state,
    list_sort(list(DISTINCT event.offence_code) FILTER (event.offence_code IS NOT NULL)) AS offence_codes,
    list_sort(list(event.place)) AS places,
    list_sort(list(DISTINCT event.exhibit_ids[1])) AS exhibit_ids
FROM outcome_event AS event
INNER JOIN outcome_counted
    ON event.outcome_id = outcome_counted.outcome_id AND event.place = outcome_counted.place
WHERE
    outcome_counted.counts
    AND NOT event.is_stated_total
    AND event.amount > 0
    AND event.case_ref IS NOT NULL
    AND event.kind IN ('search', 'arrest', 'charge', 'conviction', 'acquittal')
GROUP BY event.campaign, event.credit_agency, event.case_ref
