-- Reported outcomes with an id, country codes and masses in kilograms; what is sealed is not here.
--
-- Grain:  one row per outcome record that is not held back.
-- Source: outcome and outcome_detail, the words they use, and acts that seal and unseal cases and freeze releases.
--         What an agency reports again under its own reference, in an exhibit added later, supersedes all it reported
--         of the same kind, item and unit under that reference before. A withdrawal supersedes all of its kind under
--         its reference, and takes no part itself.
-- Limits: a case is held back as a whole, with the totals of its country and campaign that may count it, save what a
--         release counted before it was sealed: to take that out would point at it.
--         A mass has twelve decimals of a kilogram.
WITH
said AS (
    SELECT
        outcome.exhibit_id,
        outcome.part,
        outcome.source_row,
        outcome.campaign,
        outcome.report_ref,
        outcome.is_stated_total,
        outcome.kind,
        outcome.happened_on,
        outcome.reported_on,
        outcome.place_country,
        outcome.credit_country,
        outcome.credit_agency,
        outcome.item,
        outcome.part_of,
        outcome.amount AS reported_amount,
        outcome.unit AS reported_unit,
        outcome.bound,
        outcome.package_ref,
        outcome.note,
        exhibit.exhibit_position,
        coalesce(detail.is_withdrawn, FALSE) AS is_withdrawn,
        coalesce(detail.is_sealed, FALSE) AS is_sealed,
        detail.case_ref,
        detail.other_ref,
        detail.place_name,
        detail.offence,
        detail.product_ref,
        detail.contained,
        detail.lab_state,
        detail.worth_in,
        detail.stated_rate,
        detail.rate_on,
        detail.rate_source,
        coalesce(detail.case_ref, outcome.report_ref) AS sealed_ref,
        coalesce(outcome.credit_agency, '') = 'as announced' AS is_announced,
        place_of(
            outcome.exhibit_id, outcome.part, outcome.source_table, outcome.source_row, outcome.byte_offset,
            outcome.byte_length
        ) AS place
    FROM outcome
    INNER JOIN exhibit ON outcome.exhibit_id = exhibit.exhibit_id
    LEFT JOIN outcome_detail AS detail
        ON
            outcome.exhibit_id = detail.exhibit_id
            AND outcome.part = detail.part
            AND outcome.source_table = detail.source_table
            AND outcome.source_row = detail.source_row
),

named AS (
    SELECT
        said.*,
        place_word.code AS place_code,
        credit_word.code AS credit_code,
        offence_word.code AS offence_code,
        coalesce(unit_word.code, said.reported_unit) AS unit,
        CASE
            WHEN unit_word.factor IS NULL THEN said.reported_amount
            ELSE
                coalesce(
                    try((said.reported_amount::DECIMAL(28, 12) * unit_word.factor)::DECIMAL(38, 12)),
                    said.reported_amount
                )
        END AS amount,
        CASE
            WHEN said.report_ref IS NOT NULL AND said.credit_agency IS NOT NULL AND NOT said.is_announced
                THEN
                    concat_ws(
                        chr(31), 'ref', CASE WHEN said.is_stated_total THEN 'True' ELSE 'False' END,
                        coalesce(said.campaign, ''), said.credit_agency, said.report_ref, coalesce(said.kind, ''),
                        coalesce(said.item, ''), coalesce(said.reported_unit, '')
                    )
            ELSE concat_ws(chr(31), 'row', said.exhibit_id, said.part, said.source_row)
        END AS outcome_name
    FROM said
    LEFT JOIN outcome_word AS place_word
        ON place_word.word_kind = 'country' AND said.place_country = place_word.word
    LEFT JOIN outcome_word AS credit_word
        ON credit_word.word_kind = 'country' AND said.credit_country = credit_word.word
    LEFT JOIN outcome_word AS unit_word
        ON unit_word.word_kind = 'unit' AND said.reported_unit = unit_word.word
    LEFT JOIN outcome_word AS offence_word
        ON
            offence_word.word_kind = 'offence'
            AND said.offence = offence_word.word
            AND coalesce(said.credit_country, '') = offence_word.of_country
),

-- Since when each case is sealed, as a position in the log.
sealed_by_report AS (
    SELECT
        named.campaign,
        named.credit_agency,
        named.sealed_ref,
        min(named.exhibit_position) AS since
    FROM named
    LEFT JOIN case_seal
        ON
            named.campaign = case_seal.campaign
            AND named.credit_agency = case_seal.credit_agency
            AND named.sealed_ref = case_seal.case_ref
    WHERE named.is_sealed AND named.exhibit_position > coalesce(case_seal.unsealed_at, -1)
    GROUP BY named.campaign, named.credit_agency, named.sealed_ref
),

sealed AS (
    SELECT
        campaign,
        credit_agency,
        sealed_ref,
        min(since) AS since
    FROM (
        SELECT * FROM sealed_by_report
        UNION ALL
        SELECT
            campaign,
            credit_agency,
            case_ref AS sealed_ref,
            sealed_at AS since
        FROM case_seal
        WHERE sealed_at IS NOT NULL
    ) AS either
    GROUP BY campaign, credit_agency, sealed_ref
),

report_exhibit AS (
    SELECT DISTINCT
        exhibit_id,
        exhibit_position,
        campaign
    FROM named
),

-- The first release that could count each row.
released AS (
    SELECT
        named.exhibit_id,
        named.campaign,
        min(outcome_release.release_position) AS released_at
    FROM report_exhibit AS named
    INNER JOIN outcome_release
        ON
            named.campaign = outcome_release.campaign
            AND named.exhibit_position < outcome_release.release_position
    GROUP BY named.exhibit_id, named.campaign
),

judged AS (
    SELECT
        named.*,
        coalesce(
            CASE
                WHEN named.sealed_ref IS NULL THEN named.is_sealed
                ELSE sealed.since IS NOT NULL AND coalesce(released.released_at >= sealed.since, TRUE)
            END,
            FALSE
        ) AS is_held,
        released.released_at,
        sealed.since IS NOT NULL AS is_case_sealed,
        coalesce(sealed.since, named.exhibit_position) AS held_since
    FROM named
    LEFT JOIN sealed
        ON
            named.campaign IS NOT DISTINCT FROM sealed.campaign
            AND named.credit_agency IS NOT DISTINCT FROM sealed.credit_agency
            AND named.sealed_ref = sealed.sealed_ref
    LEFT JOIN released
        ON named.exhibit_id = released.exhibit_id AND named.campaign = released.campaign
),

-- Of each line, the countries with something held back: a total of theirs may count it.
held_lines AS (
    SELECT
        campaign,
        kind,
        coalesce(part_of, item, '') AS line_item,
        unit,
        coalesce(credit_code, '') AS held_code,
        min(held_since) AS since
    FROM judged
    WHERE is_held
    GROUP BY ALL
),

held_totals AS (
    SELECT DISTINCT judged.place
    FROM judged
    INNER JOIN held_lines
        ON
            judged.campaign = held_lines.campaign
            AND judged.kind = held_lines.kind
            AND coalesce(judged.part_of, judged.item, '') = held_lines.line_item
            AND judged.unit = held_lines.unit
    WHERE
        judged.is_stated_total
        AND NOT judged.is_announced
        AND (judged.credit_code IS NULL OR judged.credit_code = held_lines.held_code)
        AND coalesce(judged.released_at >= held_lines.since, TRUE)
),

shown AS (
    SELECT
        judged.*,
        row_number() OVER (
            PARTITION BY judged.exhibit_id, judged.outcome_name ORDER BY judged.part, judged.source_row
        ) AS occurrence,
        max(judged.exhibit_position) OVER (PARTITION BY judged.outcome_name) AS newest_at,
        max(CASE WHEN judged.is_withdrawn THEN judged.exhibit_position END) OVER (
            PARTITION BY judged.campaign, judged.credit_agency, judged.report_ref, judged.kind
        ) AS withdrawn_at
    FROM judged
    LEFT JOIN held_totals ON judged.place = held_totals.place
    WHERE NOT judged.is_held AND held_totals.place IS NULL
)

SELECT
    'R-' || substr(sha256(outcome_name || chr(31) || occurrence), 1, 10) AS outcome_id,
    campaign,
    report_ref,
    is_stated_total,
    kind,
    happened_on,
    reported_on,
    place_country,
    credit_country,
    credit_agency,
    item,
    part_of,
    amount,
    unit,
    bound,
    package_ref,
    note,
    place_code,
    credit_code,
    reported_amount,
    reported_unit,
    is_withdrawn,
    case_ref,
    other_ref,
    place_name,
    offence,
    offence_code,
    product_ref,
    contained,
    lab_state,
    worth_in,
    stated_rate,
    rate_on,
    rate_source,
    exhibit_position,
    -- It counts because a release did; no story may be told of it.
    is_case_sealed,
    (
        newest_at <> exhibit_position
        OR is_withdrawn
        OR coalesce(withdrawn_at >= exhibit_position AND report_ref IS NOT NULL AND credit_agency IS NOT NULL, FALSE)
    ) AS is_superseded,
    -- Digest of what it states; a judgement about it holds only while it stays the same.
    substr(
        sha256(
            coalesce(kind, 'None') || chr(31) || coalesce(item, 'None') || chr(31)
            || coalesce(reported_amount::VARCHAR, 'None') || chr(31) || coalesce(reported_unit, 'None') || chr(31)
            || coalesce(happened_on::VARCHAR, 'None') || chr(31) || coalesce(place_country, 'None')
        ),
        1, 16
    ) AS event_state,
    place,
    [exhibit_id] AS exhibit_ids
FROM shown
