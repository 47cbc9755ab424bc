CREATE TABLE note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place bigint NOT NULL UNIQUE,
    body text NOT NULL
);
