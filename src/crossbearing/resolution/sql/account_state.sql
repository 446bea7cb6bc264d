-- A mark of everything that is on record of an account and that pairs are compared by.
--
-- Grain:  one row per account_id of a seller or of staff.
-- Source: rows of the account, and of what was read of it: identities, keys, handle, pictures, claims, trade, rhythm.
-- Limits: says that something changed, not what. Writing is not in it: it is compared by pair.
WITH said AS (
    SELECT
        account_id,
        concat('account ', account::VARCHAR) AS row_text
    FROM account
    WHERE role IN ('seller', 'staff')
    UNION ALL
    SELECT
        account_id,
        concat('identity ', account_identity::VARCHAR) AS row_text
    FROM account_identity
    UNION ALL
    SELECT
        account_id,
        concat('key ', account_key::VARCHAR) AS row_text
    FROM account_key
    UNION ALL
    SELECT
        account_id,
        concat('handle ', handle_skeleton::VARCHAR) AS row_text
    FROM handle_skeleton
    UNION ALL
    SELECT
        account_id,
        concat('picture ', account_picture::VARCHAR) AS row_text
    FROM account_picture
    UNION ALL
    SELECT
        account_id,
        concat('claim ', account_claim::VARCHAR) AS row_text
    FROM account_claim
    UNION ALL
    SELECT
        claimed_id AS account_id,
        concat('claimed ', account_claim::VARCHAR) AS row_text
    FROM account_claim
    UNION ALL
    SELECT
        account_id,
        concat('trade ', account_trade::VARCHAR) AS row_text
    FROM account_trade
    UNION ALL
    SELECT
        account_id,
        concat('rhythm ', account_rhythm::VARCHAR) AS row_text
    FROM account_rhythm
),

marked AS (
    SELECT
        account_id,
        md5(array_to_string(list_sort(list(md5(row_text))), '')) AS state
    FROM said
    GROUP BY account_id
)

SELECT
    marked.account_id,
    marked.state,
    account.exhibit_ids
FROM marked
INNER JOIN account ON marked.account_id = account.account_id
WHERE account.role IN ('seller', 'staff')
