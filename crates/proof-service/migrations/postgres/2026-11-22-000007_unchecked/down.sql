ALTER TABLE links DROP COLUMN unchecked;
