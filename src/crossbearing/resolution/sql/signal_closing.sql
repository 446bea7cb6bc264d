-- One account begins after the market of the other has closed.
--
-- Grain:  one row per pair_id across markets of which one account was in use until its market's end and the other
--         begins within 12 weeks after that.
-- Source: accounts; the end of a market is the last sale or log-in that its server notes, and an account was in use
--         until then if its own last is not more than 14 days before. Levels: "within 4 weeks", "within 12 weeks".
-- Limits: many sellers move when a market closes, so that strangers begin at one time too. A server that was copied
--         while its market went on has no end here that is one. A captured page shows when somebody looked.
WITH moved AS (
    SELECT
        pair_candidate.pair_id,
        pair_candidate.left_id,
        pair_candidate.right_id,
        earlier.market,
        date_diff('day', earlier.market_ended_at, later.begins_at) AS days,
        list_sort(list_distinct(list_concat(earlier.places, later.places))) AS places,
        list_sort(list_distinct(list_concat(earlier.exhibit_ids, later.exhibit_ids))) AS exhibit_ids
    FROM pair_candidate
    INNER JOIN account_trade AS earlier
        ON earlier.account_id IN (pair_candidate.left_id, pair_candidate.right_id)
    INNER JOIN account_trade AS later
        ON
            later.account_id IN (pair_candidate.left_id, pair_candidate.right_id)
            AND earlier.market <> later.market
            AND earlier.ends_at >= earlier.market_ended_at - INTERVAL 14 DAYS
            AND earlier.market_ended_at < later.begins_at
)

SELECT
    pair_id,
    left_id,
    right_id,
    'closing' AS signal,
    CASE WHEN days <= 28 THEN 'within 4 weeks' ELSE 'within 12 weeks' END AS level,
    0::BIGINT AS spread,
    concat(
        'one begins ', days, ' days after the end of ', market, ', where the other was in use until then'
    ) AS reason,
    places,
    exhibit_ids
FROM moved
WHERE days <= 84
