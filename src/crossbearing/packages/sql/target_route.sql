-- Which country receives a subject, by which rule or by whom, and which subjects nothing routes.
--
-- Grain:  one row per (subject_id, country); country is null where no rule fires and nobody decided.
-- Source: the origins that the subject's own adverts state.
--         rule "main origin": at least half of the adverts with a readable origin name the country;
--         rule "further origin": at least a fifth and at least three of them do;
--         rule "person": a named person sent it there. What a person kept from a country is not here.
-- Limits: sellers lie about origin; an advert is a claim. Adverts without a readable origin count for nothing.
--         A route that a partner disputes stays until a person decides.
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
        share.places,
        share.exhibit_ids
    FROM share
    INNER JOIN total ON share.subject_id = total.subject_id
),

-- The newest act that stands about one of the subject's accounts.
decided AS (
    SELECT
        target.subject_id,
        account_routing.country,
        account_routing.routing,
        account_routing.routing_reason,
        account_routing.routed_by,
        left(account_routing.routed_at, 10)::DATE AS routed_on,
        account_routing.disputed_by,
        account_routing.dispute_reason,
        target.exhibit_ids
    FROM account_routing
    INNER JOIN subject ON account_routing.account_id = subject.account_id
    INNER JOIN target ON subject.subject_id = target.subject_id
    QUALIFY row_number() OVER (
        PARTITION BY target.subject_id, account_routing.country
        ORDER BY account_routing.routing_position DESC
    ) = 1
),

routed AS (
    SELECT
        coalesce(ruled.subject_id, decided.subject_id) AS subject_id,
        coalesce(ruled.country, decided.country) AS country,
        coalesce(ruled.route_rule, 'person') AS route_rule,
        coalesce(ruled.listings_from_country, 0) AS listings_from_country,
        coalesce(total.listings_with_origin, 0) AS listings_with_origin,
        coalesce(total.listings, 0) AS listings,
        coalesce(ruled.places, []) AS places,
        decided.routing_reason,
        decided.routed_by,
        decided.routed_on,
        decided.disputed_by,
        decided.dispute_reason,
        coalesce(ruled.exhibit_ids, decided.exhibit_ids) AS exhibit_ids
    FROM ruled
    FULL OUTER JOIN decided ON ruled.subject_id = decided.subject_id AND ruled.country = decided.country
    LEFT JOIN total ON coalesce(ruled.subject_id, decided.subject_id) = total.subject_id
    WHERE
        coalesce(decided.routing, '') != 'kept away'
        AND (ruled.route_rule IS NOT NULL OR decided.routing = 'sent')
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
        NULL AS routing_reason,
        NULL AS routed_by,
        NULL AS routed_on,
        NULL AS disputed_by,
        NULL AS dispute_reason,
        target.exhibit_ids
    FROM target
    LEFT JOIN total ON target.subject_id = total.subject_id
    WHERE target.subject_id NOT IN (SELECT routed.subject_id FROM routed)
)

SELECT * FROM routed
UNION ALL
SELECT * FROM unrouted
