-- Which country receives a subject, by which rule, and which subjects no rule can route.
--
-- Grain:  one row per (subject_id, country); country is null where no rule fires.
-- Source: the origins that the subject's own adverts state.
--         rule "main origin": at least half of the adverts with a readable origin name the country;
--         rule "further origin": at least a fifth and at least three of them do.
-- Limits: sellers lie about origin; an advert is a claim. Adverts without a readable origin count for nothing.
WITH offered AS (
    SELECT
        subject.subject_id,
        listing.listing_id,
        listing.places,
        listing.exhibit_ids,
        origin.country
    FROM subject
    INNER JOIN listing ON subject.account_id = listing.account_id
    LEFT JOIN origin ON listing.ships_from = origin.ships_from
),

total AS (
    SELECT
        subject_id,
        count(*) AS listings,
        count(country) AS listings_with_origin
    FROM offered
    GROUP BY subject_id
),

share AS (
    SELECT
        offered.subject_id,
        offered.country,
        count(*) AS listings_from_country,
        list_sort(list_distinct(flatten(list(offered.places)))) AS places,
        list_sort(list_distinct(flatten(list(offered.exhibit_ids)))) AS exhibit_ids
    FROM offered
    WHERE offered.country IS NOT NULL
    GROUP BY offered.subject_id, offered.country
),

ruled AS (
    SELECT
        share.subject_id,
        share.country,
        CASE
            WHEN 2 * share.listings_from_country >= total.listings_with_origin THEN 'main origin'
            WHEN 5 * share.listings_from_country >= total.listings_with_origin AND share.listings_from_country >= 3
                THEN 'further origin'
        END AS route_rule,
        share.listings_from_country,
        total.listings_with_origin,
        total.listings,
        share.places,
        share.exhibit_ids
    FROM share
    INNER JOIN total ON share.subject_id = total.subject_id
),

routed AS (
    SELECT *
    FROM ruled
    WHERE route_rule IS NOT NULL
),

unrouted AS (
    SELECT
        target.subject_id,
        NULL AS country,
        'unroutable' AS route_rule,
        0 AS listings_from_country,
        coalesce(total.listings_with_origin, 0) AS listings_with_origin,
        coalesce(total.listings, 0) AS listings,
        [] AS places,
        target.exhibit_ids
    FROM target
    LEFT JOIN total ON target.subject_id = total.subject_id
    WHERE target.subject_id NOT IN (SELECT routed.subject_id FROM routed)
)

SELECT * FROM routed
UNION ALL
SELECT * FROM unrouted
