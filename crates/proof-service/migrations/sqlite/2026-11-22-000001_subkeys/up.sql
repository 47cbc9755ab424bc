-- Further keys that Avatars certify. A row is never removed: what was revoked must stay revoked, since the signature that
-- certified it is good for ever.
CREATE TABLE subkeys (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    avatar BLOB NOT NULL,
    algorithm TEXT NOT NULL,
    public_key BLOB NOT NULL,
    public_key_text TEXT NOT NULL,
    name TEXT NOT NULL,
    rp_id TEXT NOT NULL,
    signature BLOB NOT NULL,
    sign_payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoke_signature BLOB,
    revoke_payload TEXT,
    CONSTRAINT subkeys_key UNIQUE (avatar, algorithm, public_key)
);
CREATE INDEX subkeys_public_key ON subkeys (public_key, algorithm);
