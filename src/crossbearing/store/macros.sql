-- Words that every session knows: how seized text becomes a value, and how ids are made.

-- An account is named by its market and handle, or by its server id where no handle is known; never by an
-- offset or a reader version, for judgements point at it.
CREATE OR REPLACE MACRO account_id_of(market, server_id, handle) AS
    'A-' || substr(sha256(
        lower(market) || chr(31)
        || coalesce('handle' || chr(31) || lower(handle), 'server' || chr(31) || server_id)
    ), 1, 12);

CREATE OR REPLACE MACRO listing_id_of(market, server_id, seller, title) AS
    'L-' || substr(sha256(
        lower(market) || chr(31)
        || coalesce(
            'server' || chr(31) || server_id,
            'advert' || chr(31) || coalesce(lower(seller), '') || chr(31) || coalesce(title, '')
        )
    ), 1, 12);

CREATE OR REPLACE MACRO pair_id_of(one, other) AS
    'P-' || substr(sha256(least(one, other) || chr(31) || greatest(one, other)), 1, 10);

-- Text without leading, trailing and repeated white space; null if nothing is left. Text that has none of it, and
-- numbers and times in their plain spelling below, take a short way: most of what servers write is of that kind.
CREATE OR REPLACE MACRO folded(value) AS
    CASE
        WHEN regexp_matches(value, '^[\pZ\p{Cc}]|[\pZ\p{Cc}]$|  |[\t\n\f\r\x{00A0}]')
            THEN nullif(trim(regexp_replace(value, '[\s\x{00A0}]+', ' ', 'g')), '')
        ELSE nullif(value, '')
    END;

-- A number with a decimal point; commas only where they group thousands. A decimal comma makes it null, for
-- 12,5 must never become 125.
CREATE OR REPLACE MACRO plain_number(value) AS
    CASE
        WHEN regexp_full_match(folded(value), '[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?') THEN replace(folded(value), ',', '')
        WHEN regexp_full_match(folded(value), '[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?') THEN folded(value)
    END;

CREATE OR REPLACE MACRO number_in(value) AS
    try_cast(
        CASE WHEN regexp_full_match(value, '[0-9]{1,25}(\.[0-9]+)?') THEN value ELSE plain_number(value) END AS DECIMAL(38, 12)
    );

CREATE OR REPLACE MACRO whole_number_in(value) AS
    try_cast(plain_number(value) AS BIGINT);

-- A time by the server's clock, taken as UTC; the exhibit's clock assertion says how far that holds.
CREATE OR REPLACE MACRO instant_in(value) AS
    CASE
        WHEN regexp_full_match(value, '(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}') THEN try_cast(value AS TIMESTAMP)
        WHEN regexp_matches(folded(value), '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}') THEN try_cast(folded(value) AS TIMESTAMP)
    END;

CREATE OR REPLACE MACRO date_in(value) AS
    CASE
        WHEN regexp_matches(folded(value), '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}') THEN try_cast(folded(value) AS DATE)
    END;

-- Where a record row stands, as one text that leads back to the bytes.
CREATE OR REPLACE MACRO place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS
    concat_ws('|', exhibit_id, part, source_table, source_row, byte_offset, byte_length);

-- The best of several readings of one key. A block without a fingerprint ("damaged") is not among them.
CREATE OR REPLACE MACRO best_key_state(key_state) AS
    CASE WHEN bool_or(key_state = 'verified') THEN 'verified' ELSE min(key_state) END;

-- The value stated last; of several stated on one day, the greatest, so that the answer does not depend on order.
CREATE OR REPLACE MACRO latest_of(value, known_on) AS
    (max(struct_pack(d := known_on, v := value)) FILTER (value IS NOT NULL)).v;
