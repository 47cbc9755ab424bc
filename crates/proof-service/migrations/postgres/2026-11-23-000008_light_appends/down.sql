ALTER TABLE links ADD CONSTRAINT links_alone UNIQUE (avatar, seq);
ALTER TABLE links DROP CONSTRAINT links_place;
ALTER TABLE links RENAME CONSTRAINT links_alone TO links_place;
ALTER INDEX searchable_keys SET (gin_pending_list_limit = 64);
ALTER TABLE bindings ADD CONSTRAINT bindings_link_id_fkey FOREIGN KEY (link_id) REFERENCES links (id);
