-- Contacts are found by the words of their names. Each word stands behind the end of its account's id, so that everybody's
-- Marias are looked at by nobody else. Words end where letters and digits of ASCII do not go on; all else belongs to them.

CREATE FUNCTION prosa_split_words(account uuid, value text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT right(account::text, 8) || left(word, 64)
   FROM regexp_split_to_table(public.prosa_fold(value), '[\s!-/:-@\[-`{-~]+') word WHERE word <> '' $$;

CREATE FUNCTION prosa_words(account uuid, value text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 500 AS
$$ SELECT array_to_tsvector(ARRAY(SELECT DISTINCT word FROM public.prosa_split_words(account, value) word)) $$;

-- All words, the last one as far as it is typed. NULL for a query without any.
CREATE FUNCTION prosa_words_query(account uuid, query text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT (string_agg('''' || word || '''', ' & ' ORDER BY place) || ':*')::tsquery
   FROM public.prosa_split_words(account, query) WITH ORDINALITY AS split (word, place) $$;

-- Without the list of pending entries, which every search would have to read, too.
CREATE INDEX contacts_names ON contacts USING gin (prosa_words(account_id, name || ' ' || profile_name)) WITH (fastupdate = off);
