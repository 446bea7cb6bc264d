-- When an account did something itself: by hour of the day, by day of the week, and in which weeks.
--
-- Grain:  one row per account_id of a seller or of staff.
-- Source: messages it sent, posts it wrote, applications, and the last log-in that a server notes, each once. Orders
--         are not among them: when a buyer orders says nothing about when the seller is awake. weeks also count the
--         days on which it sold something and those on which an advert of its own was put up or seen.
-- Limits: hours are by the server's clock, which may run in a zone of its own and not say so. hours has 24 counts
--         from midnight, weekdays seven from Monday. places names the first three rows.
WITH written AS (
    SELECT
        message.market,
        message.sender_server_id AS server_id,
        NULL AS handle,
        message.sent_at AS happened_at,
        place_of(
            message.exhibit_id, message.part, message.source_table, message.source_row, message.byte_offset,
            message.byte_length
        ) AS place
    FROM message
    UNION ALL
    SELECT
        post.market,
        NULL AS server_id,
        post.author_handle AS handle,
        post.posted_at AS happened_at,
        place_of(
            post.exhibit_id, post.part, post.source_table, post.source_row, post.byte_offset, post.byte_length
        ) AS place
    FROM post
    UNION ALL
    SELECT
        application.market,
        application.account_server_id AS server_id,
        NULL AS handle,
        application.applied_at AS happened_at,
        place_of(
            application.exhibit_id, application.part, application.source_table, application.source_row,
            application.byte_offset, application.byte_length
        ) AS place
    FROM application
    UNION ALL
    SELECT
        account_sighting.market,
        account_sighting.account_server_id AS server_id,
        account_sighting.account_handle AS handle,
        account_sighting.last_seen_at AS happened_at,
        place_of(
            account_sighting.exhibit_id, account_sighting.part, account_sighting.source_table,
            account_sighting.source_row, account_sighting.byte_offset, account_sighting.byte_length
        ) AS place
    FROM account_sighting
),

seller AS (
    SELECT
        account_id,
        places,
        exhibit_ids
    FROM account
    WHERE role IN ('seller', 'staff')
),

-- Of what several exhibits hold, one; the place that comes first.
moment AS (
    SELECT
        seller.account_id,
        written.happened_at,
        min(written.place) AS place
    FROM written
    LEFT JOIN server_account
        ON written.market = server_account.market AND written.server_id = server_account.account_server_id
    INNER JOIN seller
        ON seller.account_id = coalesce(
            server_account.account_id, account_id_of(written.market, written.server_id, written.handle)
        )
    WHERE written.happened_at IS NOT NULL
    GROUP BY seller.account_id, written.happened_at
),

week AS (
    SELECT
        account_id,
        date_trunc('week', happened_at)::DATE AS week_on
    FROM moment
    UNION
    SELECT
        account_id,
        date_trunc('week', sold_at)::DATE AS week_on
    FROM sale_valued
    WHERE sold_at IS NOT NULL
    UNION
    SELECT
        account_id,
        unnest([date_trunc('week', first_seen_on)::DATE, date_trunc('week', last_seen_on)::DATE]) AS week_on
    FROM listing
    WHERE first_seen_on IS NOT NULL
),

active AS (
    SELECT
        account_id,
        list_sort(list(DISTINCT week_on)) AS weeks
    FROM week
    GROUP BY account_id
),

acted AS (
    SELECT
        account_id,
        count(*) AS moments,
        histogram(hour(happened_at)) AS by_hour,
        histogram(isodow(happened_at)) AS by_weekday,
        list_slice(list_sort(list(place)), 1, 3) AS places
    FROM moment
    GROUP BY account_id
)

SELECT
    seller.account_id,
    coalesce(acted.moments, 0) AS moments,
    [coalesce(acted.by_hour[number], 0)::BIGINT FOR number IN range(24)] AS hours,
    [coalesce(acted.by_weekday[number], 0)::BIGINT FOR number IN range(1, 8)] AS weekdays,
    coalesce(active.weeks, []) AS weeks,
    coalesce(acted.places, seller.places) AS places,
    seller.exhibit_ids
FROM seller
LEFT JOIN acted ON seller.account_id = acted.account_id
LEFT JOIN active ON seller.account_id = active.account_id
