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

-- Letters and digits of a name, without case and marks: for comparing what people write of names.
CREATE OR REPLACE MACRO bare(value) AS
    nullif(regexp_replace(lower(value), '[^\p{L}\p{N}]+', '', 'g'), '');

-- Text without leading, trailing and repeated white space; null if nothing is left. Text that has none of it, and
-- numbers and times in their plain spelling below, take a short way: most of what servers write is of that kind.
CREATE OR REPLACE MACRO folded(value) AS
    CASE
        WHEN regexp_matches(value, '^[\pZ\p{Cc}]|[\pZ\p{Cc}]$|  |[\t\n\f\r\x{00A0}]')
            THEN nullif(trim(regexp_replace(value, '[\s\x{00A0}]+', ' ', 'g')), '')
        ELSE nullif(value, '')
    END;

-- Whether a text holds more than white space: as folded(value) IS NOT NULL, but it looks no further than the first letter.
CREATE OR REPLACE MACRO is_said(value) AS
    coalesce(regexp_matches(value, '[^\s\pZ]'), false);

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

CREATE OR REPLACE MACRO date_in(value) AS
    CASE
        WHEN regexp_matches(folded(value), '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}') THEN try_cast(folded(value) AS DATE)
    END;

-- Yes or no, in the words of forensic tools; null for any other word.
CREATE OR REPLACE MACRO flag_in(value) AS
    CASE
        WHEN lower(folded(value)) IN ('yes', 'true', '1', 'deleted', 'trash') THEN true
        WHEN lower(folded(value)) IN ('no', 'false', '0', 'intact', 'live') THEN false
    END;

-- A cell of a column that stands for one thing: the thing's name if the cell says yes, also with a remark behind it as in
-- "Y POPS" or "Y (PTCH)"; null if it says no or nothing, or if it says anything else.
CREATE OR REPLACE MACRO yes_of(value, name) AS
    CASE WHEN regexp_matches(folded(value), '(?i)^(y|yes)($|[^a-z])') THEN name END;

-- The column's name if its cell says more than yes or no, so that what was not read can be counted.
CREATE OR REPLACE MACRO more_than_yes_of(value, name) AS
    CASE WHEN is_said(value) AND NOT regexp_full_match(folded(value), '(?i)y|yes|n|no') THEN name END;

-- Whether a unit is one of mass, and whether an item is counted in pieces: neither is ever turned into the other.
CREATE OR REPLACE MACRO is_mass(unit) AS
    coalesce(lower(folded(unit)) IN ('mg', 'g', 'kg', 't', 'oz', 'lb'), false);

-- An amount as people write it: without the zeros that a decimal carries behind its last digit.
CREATE OR REPLACE MACRO as_written(amount) AS
    CASE WHEN contains(amount::VARCHAR, '.') THEN rtrim(rtrim(amount::VARCHAR, '0'), '.') ELSE amount::VARCHAR END;

CREATE OR REPLACE MACRO counts_pieces(item) AS
    coalesce(regexp_matches(lower(folded(item)), '\b(pills?|tablets?|doses?|blotters?|capsules?)\b'), false);

-- A place that a cell names; null for the usual ways to say that nobody knows.
CREATE OR REPLACE MACRO place_in(value) AS
    CASE
        WHEN NOT regexp_full_match(folded(value), '(?i)u\.?k\.?|unk(nown)?|n/?a|none|not (stated|known)|[^\pL]*')
            THEN folded(regexp_replace(folded(value), '[,;. ]+$', ''))
    END;

-- The lines of a cell that hold something, each folded; one null if none does, so that unnest keeps the row.
CREATE OR REPLACE MACRO lines_in(value) AS
    coalesce(
        nullif([folded(line) FOR line IN string_split(coalesce(value, ''), chr(10)) IF folded(line) IS NOT NULL], []),
        [NULL]
    );

-- What an entry is and the entry, of a line such as "Phone-Mobile: +12025550143"; a line without a label is the entry.
CREATE OR REPLACE MACRO label_of(line) AS
    folded(regexp_extract(line, '^([^:]{1,60}):( |$)', 1));

CREATE OR REPLACE MACRO labelled_in(line) AS
    folded(regexp_replace(line, '^[^:]{1,60}:( |$)', ''));

-- A price that says "not for sale now": only nines, or five and more equal digits, or a million and more.
CREATE OR REPLACE MACRO is_placeholder(price) AS
    coalesce(
        price >= 1000000
        OR regexp_full_match(
            try_cast(floor(price) AS BIGINT)::VARCHAR, '9{4,}|1{5,}|2{5,}|3{5,}|4{5,}|5{5,}|6{5,}|7{5,}|8{5,}'
        ),
        false
    );

-- A day at the beginning of a text, where the order of day and month is beyond doubt: 2021-03-12 and 12.03.2021, not
-- 12/03/2021.
CREATE OR REPLACE MACRO sure_day_in(value) AS
    coalesce(
        try_cast(regexp_extract(folded(value), '^((19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2})([^0-9]|$)', 1) AS DATE),
        try_cast(
            try_strptime(
                regexp_extract(folded(value), '^([0-9]{1,2}\.[0-9]{1,2}\.(19|20|21)[0-9]{2})([^0-9]|$)', 1), '%d.%m.%Y'
            ) AS DATE
        )
    );

-- The clock at the end of a text, and how far it says to be from UTC: 14:05:11(UTC+2), 2:05 PM, 14:05:11.250Z, 14:05+05:30.
CREATE OR REPLACE MACRO clock_in(value) AS
    regexp_extract(
        folded(value),
        '(?i)(?:^|[ T])([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?: [ap]m)?)'
        || ' ?\(?(?:utc|gmt|z)?(?:([+-])([0-9]{1,2})(?::?([0-9]{2}))?)?\)?$',
        ['shown', 'side', 'hours', 'minutes']
    );

-- A moment from a text with the day and a text with the clock, which may be the same. UTC if the clock says how far it
-- is from UTC, else as shown. Null if either is missing or in doubt.
CREATE OR REPLACE MACRO moment_in(day, clock) AS
    try_strptime(
        strftime(sure_day_in(day), '%Y-%m-%d ') || upper(clock_in(clock).shown),
        [
            '%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p'
        ]
    )
    - to_minutes(
        CASE WHEN clock_in(clock).side = '-' THEN -1 ELSE 1 END * (
            60 * coalesce(try_cast(clock_in(clock).hours AS INTEGER), 0)
            + coalesce(try_cast(clock_in(clock).minutes AS INTEGER), 0)
        )
    );

-- A time by the server's clock, taken as UTC; the exhibit's clock assertion says how far that holds. A time that
-- states its distance from UTC is moved by it.
CREATE OR REPLACE MACRO instant_in(value) AS
    CASE
        WHEN regexp_full_match(value, '(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}') THEN try_cast(value AS TIMESTAMP)
        WHEN regexp_matches(folded(value), '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T].*[0-9] ?[+-][0-9]{1,2}(:?[0-9]{2})?$')
            THEN moment_in(value, value)
        WHEN regexp_matches(folded(value), '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}') THEN try_cast(folded(value) AS TIMESTAMP)
    END;

-- A time from seconds since 1970, as text; zero, which stands for "never", and what lies after 2099 are null.
CREATE OR REPLACE MACRO instant_from_seconds(value) AS
    make_timestamp(
        CASE WHEN number_in(value) >= 1 AND number_in(value) < 4102444800 THEN (number_in(value) * 1000000)::BIGINT END
    );

CREATE OR REPLACE MACRO day_from_seconds(value) AS
    instant_from_seconds(value)::DATE;

-- Where a record row stands, as one text that leads back to the bytes.
CREATE OR REPLACE MACRO place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS
    concat_ws('|', exhibit_id, part, source_table, source_row, byte_offset, byte_length);

-- The best of several readings of one key. A block without a fingerprint ("damaged") is not among them.
CREATE OR REPLACE MACRO best_key_state(key_state) AS
    CASE WHEN bool_or(key_state = 'verified') THEN 'verified' ELSE min(key_state) END;

-- The value stated last; of several stated on one day, the greatest, so that the answer does not depend on order.
CREATE OR REPLACE MACRO latest_of(value, known_on) AS
    (max(struct_pack(d := known_on, v := value)) FILTER (value IS NOT NULL)).v;
