-- What each signal says about a pair, as a weight: one bar of the pair's score.
--
-- Grain:  one row per (pair_id, signal).
-- Source: the signals, weighed by the model (table evidence_weight). log_lr is the natural logarithm of how much
--         likelier this is for one operator than for two; where a family's signals would count more than its cap, each
--         is made less in proportion, with its range, and log_lr_before says what it was. Decimals, so that bars add
--         up to the score.
-- Limits: a level that the model has never seen counts for nothing, and says so.
WITH observed AS (
    SELECT * FROM signal_identity
    UNION ALL
    SELECT * FROM signal_pasted_key
    UNION ALL
    SELECT * FROM signal_handle
    UNION ALL
    SELECT * FROM signal_claim
    UNION ALL
    SELECT * FROM signal_picture
    UNION ALL
    SELECT * FROM signal_trade
    UNION ALL
    SELECT * FROM signal_writing
    UNION ALL
    SELECT * FROM signal_together
    UNION ALL
    SELECT * FROM signal_hours
    UNION ALL
    SELECT * FROM signal_amount
    UNION ALL
    SELECT * FROM signal_destination
    UNION ALL
    SELECT * FROM signal_closing
    UNION ALL
    SELECT * FROM signal_continent
    UNION ALL
    SELECT * FROM signal_dealing
    UNION ALL
    SELECT * FROM signal_first_seen
),

placed AS (
    SELECT
        observed.*,
        CASE WHEN one.market = other.market THEN 'same market' ELSE 'across markets' END AS regime
    FROM observed
    INNER JOIN account AS one ON observed.left_id = one.account_id
    INNER JOIN account AS other ON observed.right_id = other.account_id
),

weighed AS (
    SELECT
        placed.*,
        evidence_weight.family,
        evidence_weight.cap,
        coalesce(evidence_weight.log_lr, 0)::DECIMAL(9, 4) AS log_lr_before,
        coalesce(evidence_weight.log_lr_low, 0)::DECIMAL(9, 4) AS log_lr_low,
        coalesce(evidence_weight.log_lr_high, 0)::DECIMAL(9, 4) AS log_lr_high
    FROM placed
    LEFT JOIN evidence_weight
        ON
            placed.signal = evidence_weight.signal
            AND placed.level = evidence_weight.level
            AND placed.regime = evidence_weight.regime
),

of_family AS (
    SELECT
        *,
        sum(log_lr_before) OVER (PARTITION BY pair_id, family) AS family_sum
    FROM weighed
),

-- What is left of each where its family would count more than its cap; of its range, the same.
capped AS (
    SELECT
        *,
        CASE WHEN abs(family_sum) > cap THEN cap::DOUBLE / abs(family_sum)::DOUBLE ELSE 1 END AS share_left
    FROM of_family
)

SELECT
    pair_id,
    left_id,
    right_id,
    signal,
    coalesce(family, 'not weighed') AS family,
    regime,
    level,
    spread,
    (log_lr_before::DOUBLE * share_left)::DECIMAL(9, 4) AS log_lr,
    log_lr_before,
    (log_lr_low::DOUBLE * share_left)::DECIMAL(9, 4) AS log_lr_low,
    (log_lr_high::DOUBLE * share_left)::DECIMAL(9, 4) AS log_lr_high,
    CASE WHEN family IS NULL THEN concat(reason, '; the model has not seen this level') ELSE reason END AS reason,
    places,
    exhibit_ids
FROM capped
