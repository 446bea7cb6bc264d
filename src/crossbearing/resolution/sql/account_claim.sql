-- Accounts that say they are another account on record: "formerly X on Y".
--
-- Grain:  one row per (account_id, claimed_id).
-- Source: self-claims outside quoted words; the claimed handle and market compared without case, marks and spaces.
-- Limits: a claim costs nothing, and copycats make them too. A market's name must stand as this operation has it.
SELECT
    self_claim.account_id,
    account.account_id AS claimed_id,
    list_sort(list_distinct(list(self_claim.place))) AS places,
    list_sort(list_distinct(flatten(list(self_claim.exhibit_ids)))) AS exhibit_ids
FROM self_claim
INNER JOIN account
    ON
        bare(self_claim.claimed_handle) = bare(account.handle)
        AND bare(self_claim.claimed_market) IN (bare(account.market), concat(bare(account.market), 'market'))
WHERE
    NOT self_claim.is_quoted
    AND account.role IN ('seller', 'staff')
    AND self_claim.account_id <> account.account_id
GROUP BY self_claim.account_id, account.account_id
