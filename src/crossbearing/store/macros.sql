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
        || coalesce('server' || chr(31) || server_id, 'advert' || chr(31) || lower(seller) || chr(31) || title)
    ), 1, 12);

CREATE OR REPLACE MACRO pair_id_of(one, other) AS
    'P-' || substr(sha256(least(one, other) || chr(31) || greatest(one, other)), 1, 10);

-- Text without leading, trailing and repeated white space; null if nothing is left.
CREATE OR REPLACE MACRO folded(value) AS
    nullif(trim(regexp_replace(value, '[\s\x{00A0}]+', ' ', 'g')), '');

-- A number as people write it: thousands separators allowed; null if it is not one.
CREATE OR REPLACE MACRO number_in(value) AS
    try_cast(replace(folded(value), ',', '') AS DECIMAL(38, 12));

CREATE OR REPLACE MACRO whole_number_in(value) AS
    try_cast(replace(folded(value), ',', '') AS BIGINT);

-- A time by the server's clock, taken as UTC; the exhibit's clock assertion says how far that holds.
CREATE OR REPLACE MACRO instant_in(value) AS
    try_cast(folded(value) AS TIMESTAMP);

CREATE OR REPLACE MACRO date_in(value) AS
    try_cast(folded(value) AS DATE);

CREATE OR REPLACE MACRO day_from_seconds(value) AS
    make_timestamp(try_cast(folded(value) AS BIGINT) * 1000000);

-- Where a record row stands, as one text that leads back to the bytes.
CREATE OR REPLACE MACRO place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS
    concat_ws('|', exhibit_id, part, source_table, source_row, byte_offset, byte_length);

-- The value stated last; of several stated on one day, the greatest, so that the answer does not depend on order.
CREATE OR REPLACE MACRO latest_of(value, known_on) AS
    (max(struct_pack(d := known_on, v := value)) FILTER (value IS NOT NULL)).v;
