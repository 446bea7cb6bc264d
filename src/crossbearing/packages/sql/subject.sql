-- Subjects of packages: operators as judged, and every other seller account by itself.
--
-- Grain:  one row per account_id of a seller.
-- Source: accounts and the operator view. Staff accounts are not targets; buyers never are.
-- Limits: a subject here is a set of accounts, not a person.
SELECT
    account.account_id,
    coalesce(operator_member.operator_id, account.account_id) AS subject_id,
    CASE WHEN operator_member.operator_id IS NULL THEN 'account' ELSE 'operator' END AS subject_kind,
    account.exhibit_ids
FROM account
LEFT JOIN operator_member ON account.account_id = operator_member.account_id
WHERE account.role = 'seller'
