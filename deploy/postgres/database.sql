-- The database of one service, with its two roles: the owner, who migrates, and the service, which can only do what it
-- does. Run it with psql as a superuser, or as a role that may create roles, databases and event triggers:
--
--   psql --set ON_ERROR_STOP=1 --set name=proof_service --set owner=proof_owner \
--     --set password_file=… --set owner_password_file=… --file database.sql
\set password `cat :'password_file'`
\set owner_password `cat :'owner_password_file'`

CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";

\connect :"name"
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"name";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"name";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE ON SEQUENCES TO :"name";

-- What is written once stays as it is, whatever becomes of the service: chains and feed can only grow, and what says
-- whose the database is and how far it is migrated is the owner's. The service's role is named like the database.
CREATE SCHEMA guard;
CREATE FUNCTION guard.keep_history() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  made record;
  taken text;
BEGIN
  FOR made IN
    SELECT c.oid::regclass AS shown, c.relname FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
    WHERE d.command_tag = 'CREATE TABLE' AND d.schema_name = 'public' AND c.relkind = 'r'
  LOOP
    taken := CASE
      WHEN made.relname IN ('links', 'feed') THEN 'UPDATE, DELETE'
      WHEN made.relname IN ('meta', '__diesel_schema_migrations') THEN 'INSERT, UPDATE, DELETE'
    END;
    IF taken IS NOT NULL THEN
      EXECUTE format('REVOKE %s ON %s FROM %I', taken, made.shown, current_database());
    END IF;
  END LOOP;
END $$;
CREATE EVENT TRIGGER keep_history ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION guard.keep_history();
