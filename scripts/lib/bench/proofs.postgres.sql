-- Fills proof-service's migrated and otherwise empty PostgreSQL database:
--
--   psql --set ON_ERROR_STOP=1 --set proofs=5000000 --file scripts/lib/bench/proofs.postgres.sql postgres://…
--
-- `proofs` links, each of which bound something; five to an Avatar; numbered in the feed. Names, domains, addresses and
-- numbers are like those of people, the same in each run and on both databases. Signatures and half of the Avatars are
-- not genuine, which no read looks at.
BEGIN;
SET LOCAL jit = off;
SET LOCAL maintenance_work_mem = '512MB';
ALTER TABLE bindings DISABLE TRIGGER USER;
SELECT pg_get_indexdef('searchable_keys'::regclass) AS searchable_keys \gset
DROP INDEX searchable_keys;

CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n, avatar, platform, identity,
    CASE platform
        WHEN 'twitter' THEN (n * 2654435761 % 999999999999 + 1000000000000)::text
        WHEN 'github' THEN (n * 31 + 1000)::text
        WHEN 'discord' THEN (n * 40503 % 999999999 + 100000000000000000)::text
        ELSE identity END AS alt_id,
    CASE WHEN platform IN ('twitter', 'github', 'discord') THEN initcap(word) || ' ' || initcap(other) ELSE '' END AS alt_name
FROM (
    SELECT n, avatar, platform, word, other,
        CASE platform
            WHEN 'ethereum' THEN '0x' || substr(digits, 1, 40)
            WHEN 'dns' THEN word || '-' || other || n || '.com'
            WHEN 'ens' THEN word || n || '.eth'
            ELSE word || other || n END AS identity
    FROM (
        SELECT n,
            decode('02' || lpad(to_hex((n / 5) * 2654435761 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 2246822519 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 3266489917 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 668265263 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 374761393 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 2869860233 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 1540483477 % 4294967296), 8, '0')
                || lpad(to_hex((n / 5) * 3432918353 % 4294967296), 8, '0'), 'hex') AS avatar,
            lpad(to_hex((n + 7) * 3432918353 % 4294967296), 8, '0')
                || lpad(to_hex((n + 7) * 461845907 % 4294967296), 8, '0')
                || lpad(to_hex((n + 7) * 1540483477 % 4294967296), 8, '0')
                || lpad(to_hex((n + 7) * 2869860233 % 4294967296), 8, '0')
                || lpad(to_hex((n + 7) * 668265263 % 4294967296), 8, '0') AS digits,
            rtrim(substr('ethereumethereumtwitter twitter twitter github  github  discord dns     ens     ',
                (1 + n * 2654435761 % 4294967296 / 997 % 10 * 8)::int, 8)) AS platform,
            rtrim(substr('alice   bob     crypto  satoshi moon    octo    git     eth     nova    pixel   zen     luna    '
                || 'abcde   river   stone   cat     wolf    delta   quark   maria   ',
                (1 + n * 2246822519 % 4294967296 / 1009 % 20 * 8)::int, 8)) AS word,
            rtrim(substr('dev     hub     lover   king    san     fan     labs    maker   star    art     code    punk    '
                || 'xyz     dao     ninja   world   ',
                (1 + n * 3266489917 % 4294967296 / 1013 % 16 * 8)::int, 8)) AS other
        FROM generate_series(5::bigint, :proofs + 4) AS n
    ) AS numbered
) AS named;

INSERT INTO links (avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, signature,
    signature_payload, signer, format, prev, extra, stored_at)
SELECT avatar, n % 5, decode(lpad(to_hex(n), 32, '0'), 'hex'), 'create', platform, identity, alt_id, n::text,
    1700000000 + n / 10, decode(repeat(lpad(to_hex(n * 2654435761 % 4294967296), 8, '0'), 16) || '01', 'hex'),
    '{"action":"create","created_at":"' || 1700000000 + n / 10 || '","identity":"' || identity || '","platform":"'
        || platform || '","prev":null,"uuid":"00000000-0000-4000-8000-' || lpad(n::text, 12, '0') || '"}',
    '0x' || encode(avatar, 'hex'), 'v1',
    CASE n % 5 WHEN 0 THEN NULL
        ELSE decode(repeat(lpad(to_hex((n - 1) * 2654435761 % 4294967296), 8, '0'), 16) || '01', 'hex') END,
    '{}', 1700000000 + n / 10
FROM made ORDER BY made.n;

INSERT INTO bindings (avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, alt_name_folded,
    proof_location, link_id, state, is_valid, invalid_reason, created_at, last_checked_at, next_check_at, claimed_at)
SELECT m.avatar, m.platform, m.identity, m.identity, m.alt_id, m.alt_id, m.alt_name, lower(m.alt_name), l.proof_location,
    l.id, 'valid', true, '', l.created_at, l.created_at,
    CASE WHEN m.platform <> 'ethereum' THEN 4000000000 + m.n END, l.created_at
FROM made m JOIN links l ON l.avatar = m.avatar AND l.seq = m.n % 5 ORDER BY l.id;

INSERT INTO feed (id, kind, ref)
SELECT (SELECT COALESCE(max(id), 0) FROM feed) + row_number() OVER (ORDER BY l.id), 1, l.id FROM links l;

INSERT INTO searchable (id, platform, texts)
SELECT id, platform, search_texts(identity_folded, alt_id_folded, alt_name_folded) FROM bindings ORDER BY id;
:searchable_keys;
ALTER TABLE bindings ENABLE TRIGGER USER;
COMMIT;
VACUUM ANALYZE;
