-- Pairs of accounts worth a person's look, with their score and what the software proposes.
--
-- Grain:  one row per pair_id that has identity, name, picture or pasted-key evidence, or whose writing speaks for it
--         and whose log-odds are -2 and more.
-- Source: the bars of pair_evidence; log_odds is the prior and their sum, probability follows from it. "proposal":
--         probability of 0.99 and more, with two families of evidence for it, one of them identity in its owner's own
--         place; beside a key, which is public, the other is of the seller's hand: name, words or pictures. A key that
--         one of the two shows beside another one of its own proposes nothing: so does a copy.
--         "imitation": the words or pictures are those of the other, and either the name is too while no contact or
--         wallet is shared, or each shows another one; or one shows what the other shows beside its own. Name, look
--         and public key can all be copied, and a copy leaves this trace. "lead": everything else.
-- Limits: nothing here joins anything; only a person's judgement does. Writing and pictures alone are never more than a
--         lead. model says what the weights were learnt from. Reasons come in the order of their weight; what counts
--         for less than 0.15 is in pair_evidence alone.
WITH families AS (
    SELECT
        pair_id,
        family,
        sum(log_lr) AS log_lr
    FROM pair_evidence
    GROUP BY pair_id, family
),

-- Limits are natural logarithms: 0.6931 of twice as likely, by which a family speaks for a pair; 1.0986 of three times,
-- by which an own identity counts; 4.5951 of the odds of 0.99.
speaking AS (
    SELECT
        pair_id,
        -- What several say together is no family of its own.
        count(*) FILTER (log_lr >= 0.6931 AND family <> 'together') AS families_for,
        count(*) FILTER (log_lr >= 0.6931 AND family IN ('name', 'text', 'picture')) AS hands_for,
        bool_or(family = 'text' AND log_lr >= 0.6931) AS text_speaks
    FROM families
    GROUP BY pair_id
),

seen AS (
    SELECT
        pair_evidence.pair_id,
        pair_evidence.left_id,
        pair_evidence.right_id,
        sum(pair_evidence.log_lr) AS bars,
        bool_or(
            pair_evidence.family = 'identity'
            AND pair_evidence.signal <> 'pasted key'
            AND pair_evidence.level NOT IN ('none', 'anybody''s')
        )
            AS has_identity,
        bool_or(
            pair_evidence.family = 'identity'
            AND pair_evidence.signal <> 'pasted key'
            AND pair_evidence.level NOT IN ('some, one adds', 'some, both add')
            AND pair_evidence.log_lr >= 1.0986
        ) AS has_own_identity,
        bool_or(pair_evidence.signal IN ('contact', 'wallet') AND pair_evidence.log_lr >= 1.0986) AS has_own_contact,
        bool_or(
            pair_evidence.family = 'identity' AND pair_evidence.level IN ('none', 'some, one adds', 'some, both add')
        )
            AS shows_another,
        bool_or(
            (pair_evidence.signal = 'handle' AND pair_evidence.level NOT IN ('far', 'part'))
            OR pair_evidence.signal = 'self-claim'
        ) AS has_name,
        bool_or(pair_evidence.family = 'identity' AND pair_evidence.level IN ('some, one adds', 'some, both add'))
            AS adds_to_shared,
        bool_or(
            pair_evidence.signal = 'picture'
            OR (pair_evidence.signal = 'writing' AND pair_evidence.level[1:2] IN ('6 ', '8 ', '12'))
        ) AS has_copied_look,
        bool_or(pair_evidence.signal IN ('picture', 'pasted key')) AS has_trace,
        list_sort(
            list({ 'weight': -pair_evidence.log_lr, 'reason': pair_evidence.reason }) FILTER (
                pair_evidence.log_lr >= 0.15
            )
        ) AS for_it,
        list_sort(
            list({ 'weight': pair_evidence.log_lr, 'reason': pair_evidence.reason }) FILTER (
                pair_evidence.log_lr <= -0.15
            )
        ) AS against_it,
        list_sort(list_distinct(flatten(list(pair_evidence.places)))) AS places,
        list_sort(list_distinct(flatten(list(pair_evidence.exhibit_ids)))) AS exhibit_ids
    FROM pair_evidence
    GROUP BY pair_evidence.pair_id, pair_evidence.left_id, pair_evidence.right_id
),

scored AS (
    SELECT
        seen.*,
        evidence_prior.prior,
        evidence_prior.model,
        (evidence_prior.prior + seen.bars)::DECIMAL(9, 4) AS log_odds
    FROM seen
    CROSS JOIN evidence_prior
)

SELECT
    scored.pair_id,
    scored.left_id,
    scored.right_id,
    one.market AS left_market,
    one.handle AS left_handle,
    other.market AS right_market,
    other.handle AS right_handle,
    CASE
        WHEN scored.has_copied_look AND scored.has_name AND (scored.shows_another OR NOT scored.has_own_contact)
            THEN 'imitation'
        WHEN scored.has_copied_look AND scored.adds_to_shared THEN 'imitation'
        WHEN
            scored.log_odds >= 4.5951
            AND speaking.families_for >= 2
            AND (scored.has_own_contact OR (scored.has_own_identity AND speaking.hands_for > 0))
            THEN 'proposal'
        ELSE 'lead'
    END AS tier,
    scored.log_odds,
    scored.prior,
    (1 / (1 + exp(-scored.log_odds::DOUBLE)))::DECIMAL(7, 6) AS probability,
    speaking.families_for,
    scored.model,
    coalesce([struct_extract(part, 'reason') FOR part IN scored.for_it], []) AS reasons_for,
    coalesce([struct_extract(part, 'reason') FOR part IN scored.against_it], []) AS reasons_against,
    scored.places,
    scored.exhibit_ids
FROM scored
INNER JOIN speaking ON scored.pair_id = speaking.pair_id
INNER JOIN account AS one ON scored.left_id = one.account_id
INNER JOIN account AS other ON scored.right_id = other.account_id
WHERE
    (scored.log_odds >= -2 AND speaking.text_speaks) OR scored.has_identity OR scored.has_name OR scored.has_trace
