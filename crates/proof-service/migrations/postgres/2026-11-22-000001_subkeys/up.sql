-- Further keys that Avatars certify. A row is never removed: what was revoked must stay revoked, since the signature that
-- certified it is good for ever.
CREATE TABLE subkeys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    avatar bytea NOT NULL,
    algorithm text NOT NULL,
    public_key bytea NOT NULL,
    public_key_text text NOT NULL,
    name text NOT NULL,
    rp_id text NOT NULL,
    signature bytea NOT NULL,
    sign_payload text NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint,
    revoke_signature bytea,
    revoke_payload text,
    CONSTRAINT subkeys_key UNIQUE (avatar, algorithm, public_key)
);
CREATE INDEX subkeys_public_key ON subkeys (public_key, algorithm);
