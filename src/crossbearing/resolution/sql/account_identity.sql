-- What an account shows as its own: keys on its profile, contacts and wallets in its own words.
--
-- Grain:  one row per (account_id, identity_kind, identity).
-- Source: key readings of own profiles; identifiers in profiles and adverts. Seller and staff accounts only.
-- Limits: what stands in quoted words is not here, nor a damaged or incomplete identifier. A key whose block is cut
--         or damaged is here and not sound. Contacts are in small letters; an address of a wallet is as written, for
--         case is part of it. spread: how many accounts show it; is_desk_key: staff shows it.
WITH shown AS (
    SELECT
        account_key.account_id,
        'key' AS identity_kind,
        account_key.fingerprint AS identity,
        account_key.key_state <> 'packet_only' AS is_sound,
        account_key.places,
        account_key.exhibit_ids
    FROM account_key
    WHERE account_key.key_context = 'own_profile' AND NOT account_key.is_quoted
    UNION ALL
    SELECT
        identifier.account_id,
        CASE WHEN identifier.network IS NULL THEN 'contact' ELSE 'wallet' END AS identity_kind,
        concat(
            identifier.identifier_kind,
            ' ',
            CASE WHEN identifier.network IS NULL THEN lower(identifier.identifier) ELSE identifier.identifier END
        ) AS identity,
        TRUE AS is_sound,
        list_sort(list(identifier.place)) AS places,
        list_sort(list_distinct(flatten(list(identifier.exhibit_ids)))) AS exhibit_ids
    FROM identifier
    WHERE identifier.identifier_state IN ('verified', 'no_checksum') AND NOT identifier.is_quoted
    GROUP BY ALL
)

SELECT
    shown.account_id,
    account.market,
    account.role,
    shown.identity_kind,
    shown.identity,
    shown.is_sound,
    count(*) OVER (PARTITION BY shown.identity_kind, shown.identity) AS spread,
    shown.identity_kind = 'key'
    AND bool_or(account.role = 'staff') OVER (PARTITION BY shown.identity_kind, shown.identity) AS is_desk_key,
    shown.places,
    shown.exhibit_ids
FROM shown
INNER JOIN account ON shown.account_id = account.account_id
WHERE account.role IN ('seller', 'staff')
