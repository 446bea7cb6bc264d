-- What is known of each subject's trade, and its rank by the stated rule.
--
-- Grain:  one row per subject_id.
-- Source: sales as the servers recorded them, adverts as sighted.
-- Limits: rank_points is a triage order, not a measure of guilt: lethality 0/25/40, volume 0 to 30 (10 for each
--         power of ten of sales), recency 0 to 20 (last seen within 30, 90, 365 days of the newest record
--         of its market), reach 0 to 10 (5 for each market). Nothing about persons enters it. A word that may
--         mean several substances gives no points.
WITH market_end AS (
    SELECT
        market,
        max(last_seen_at) AS ends_at
    FROM account
    GROUP BY market
),

trade AS (
    SELECT
        subject.subject_id,
        count(*) AS sales,
        count(*) FILTER (sale_valued.value_eur IS NULL) AS sales_without_value,
        sum(sale_valued.value_eur) AS value_eur,
        min(sale_valued.sold_at) AS first_sale_at,
        max(sale_valued.sold_at) AS last_sale_at,
        list_sort(list_distinct(flatten(list(sale_valued.exhibit_ids)))) AS exhibit_ids
    FROM subject
    INNER JOIN sale_valued ON subject.account_id = sale_valued.account_id
    GROUP BY subject.subject_id
),

offer AS (
    SELECT
        subject.subject_id,
        count(DISTINCT listing.listing_id) AS listings,
        sum(listing.sold_counter)::BIGINT AS sold_counter
    FROM subject
    INNER JOIN listing ON subject.account_id = listing.account_id
    GROUP BY subject.subject_id
),

danger AS (
    SELECT
        subject.subject_id,
        bool_or(listing_substance.substance_group = 'lethal opioid') AS names_lethal_opioid,
        bool_or(listing_substance.substance_group = 'opioid') AS names_opioid
    FROM subject
    INNER JOIN listing ON subject.account_id = listing.account_id
    INNER JOIN listing_substance ON listing.listing_id = listing_substance.listing_id
    WHERE NOT listing_substance.is_ambiguous
    GROUP BY subject.subject_id
),

identity AS (
    SELECT
        subject.subject_id,
        min(subject.subject_kind) AS subject_kind,
        count(*) AS accounts,
        count(DISTINCT account.market) AS markets,
        max(account.last_active_at) AS last_active_at,
        max(account.last_seen_at) AS last_seen_at,
        min(date_diff('day', account.last_seen_at, market_end.ends_at)) AS days_before_market_end,
        list_sort(list_distinct(flatten(list(account.exhibit_ids)))) AS exhibit_ids
    FROM subject
    INNER JOIN account ON subject.account_id = account.account_id
    INNER JOIN market_end ON account.market = market_end.market
    GROUP BY subject.subject_id
),

pointed AS (
    SELECT
        identity.*,
        trade.sales,
        trade.sales_without_value,
        trade.value_eur,
        trade.first_sale_at,
        trade.last_sale_at,
        offer.listings,
        offer.sold_counter,
        coalesce(danger.names_lethal_opioid, FALSE) AS names_lethal_opioid,
        coalesce(danger.names_opioid, FALSE) AS names_opioid,
        CASE
            WHEN danger.names_lethal_opioid THEN 40
            WHEN danger.names_opioid THEN 25
            ELSE 0
        END AS lethality_points,
        CASE
            WHEN trade.sales >= 1000 THEN 30
            WHEN trade.sales >= 100 THEN 20
            WHEN trade.sales >= 10 THEN 10
            ELSE 0
        END AS volume_points,
        CASE
            WHEN identity.days_before_market_end <= 30 THEN 20
            WHEN identity.days_before_market_end <= 90 THEN 10
            WHEN identity.days_before_market_end <= 365 THEN 5
            ELSE 0
        END AS recency_points,
        least(5 * identity.markets, 10)::INTEGER AS reach_points,
        list_concat(identity.exhibit_ids, coalesce(trade.exhibit_ids, [])) AS all_exhibit_ids
    FROM identity
    LEFT JOIN trade ON identity.subject_id = trade.subject_id
    LEFT JOIN offer ON identity.subject_id = offer.subject_id
    LEFT JOIN danger ON identity.subject_id = danger.subject_id
)

SELECT
    subject_id,
    subject_kind,
    accounts,
    markets,
    sales,
    sales_without_value,
    value_eur,
    first_sale_at,
    last_sale_at,
    last_active_at,
    last_seen_at,
    listings,
    sold_counter,
    names_lethal_opioid,
    names_opioid,
    lethality_points,
    volume_points,
    recency_points,
    reach_points,
    lethality_points + volume_points + recency_points + reach_points AS rank_points,
    row_number() OVER (
        ORDER BY
            lethality_points + volume_points + recency_points + reach_points DESC,
            sales DESC NULLS LAST,
            sold_counter DESC NULLS LAST,
            subject_id ASC
    ) AS rank_place,
    list_sort(list_distinct(all_exhibit_ids)) AS exhibit_ids
FROM pointed
