DROP TABLE namespaces;
DROP TABLE links;
DROP TABLE lease;
DROP TABLE feed;
DROP TABLE outbox;
DROP TABLE meta;
