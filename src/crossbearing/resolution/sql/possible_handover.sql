-- Accounts that may have changed hands, and between which days.
--
-- Grain:  one row per account_id of which a key, the writing, a contact or the origin changes at one point in time.
-- Source: changes of traits: one with three sightings and more on either side, or several whose days meet. Goods
--         count only beside another trait, for sellers take up new goods. Of several points the one with most traits.
-- Limits: shown, never solved: software does not part an account. A seller who writes all adverts anew leaves the
--         same trace, and a handover that kept texts, key and origin leaves none.
WITH met AS (
    SELECT
        one.account_id,
        one.trait AS main_trait,
        max(one.sightings_least) AS sightings_least,
        max(other.old_until_on) AS old_until_on,
        min(other.new_from_on) AS new_from_on,
        list_sort(list(other.trait)) AS traits,
        list_sort(list_distinct(flatten(list(other.places)))) AS places,
        min(one.exhibit_ids) AS exhibit_ids
    FROM account_change AS one
    INNER JOIN account_change AS other
        ON
            one.account_id = other.account_id
            AND one.new_from_on > other.old_until_on
            AND one.old_until_on < other.new_from_on
    WHERE one.trait <> 'goods'
    GROUP BY one.account_id, one.trait
),

best AS (
    SELECT *
    FROM met
    WHERE (len(traits) > 1 OR sightings_least >= 3) AND old_until_on < new_from_on
    QUALIFY
        row_number() OVER (
            PARTITION BY account_id
            ORDER BY len(traits) DESC, sightings_least DESC, main_trait ASC
        ) = 1
)

SELECT
    best.account_id,
    best.old_until_on,
    best.new_from_on,
    best.traits,
    concat(
        account.handle, ' on ', account.market, ' may have changed hands between ', best.old_until_on, ' and ',
        best.new_from_on, ': of one kind before and of another after: ', array_to_string(best.traits, ', ')
    ) AS reason,
    best.places,
    best.exhibit_ids
FROM best
INNER JOIN account ON best.account_id = account.account_id
