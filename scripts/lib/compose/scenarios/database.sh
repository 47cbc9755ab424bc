# shellcheck shell=bash
# PostgreSQL: roles, TLS, restarts, schemas.

scenario_roles() {
  local role other
  for role in proof_service kv_service; do
    psql_as "$role" "$role" 'SELECT count(*) FROM links' >/dev/null
    refused "$role rewrites a link" "permission denied for table links" psql_as "$role" "$role" 'UPDATE links SET seq = seq + 1'
    refused "$role deletes links" "permission denied for table links" psql_as "$role" "$role" 'DELETE FROM links'
    refused "$role empties links" "permission denied for table links" psql_as "$role" "$role" 'TRUNCATE links'
    refused "$role rewrites the feed" "permission denied for table feed" psql_as "$role" "$role" 'DELETE FROM feed'
    refused "$role changes the epoch" "permission denied for table meta" psql_as "$role" "$role" "UPDATE meta SET value = ''"
    refused "$role drops a table" "must be owner" psql_as "$role" "$role" 'DROP TABLE links CASCADE'
    refused "$role makes a table" "permission denied for schema public" psql_as "$role" "$role" 'CREATE TABLE t (a int)'
    other=proof_service
    [ "$role" = kv_service ] || other=kv_service
    refused "$role enters $other" "permission denied for database" psql_as "$role" "$other" 'SELECT 1'
    refused "$role enters postgres" "permission denied for database" psql_as "$role" postgres 'SELECT 1'
  done
}

scenario_tls() {
  local sessions address
  sessions=$(psql_admin postgres --command "SELECT count(*) FILTER (WHERE ssl) || ' ' || count(*) FILTER (WHERE NOT ssl)
    FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename IN ('proof_service', 'kv_service')")
  [ "${sessions%% *}" -ge 2 ] && [ "${sessions##* }" = 0 ] || fail "sessions with and without TLS: $sessions"
  refused "a connection without TLS" "no encryption" psql_as proof_service proof_service 'SELECT 1' disable
  # A server of another name, and one whose certificate nobody vouches for.
  address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(container postgres)")
  ends_at_once 69 "does not match host name" "s|@postgres:|@$address:|"
  ends_at_once 69 "certificate" 's|sslrootcert=[^&]*|sslrootcert=/etc/ssl/certs/ca-certificates.crt|'
  # The same image finds out what else is wrong with a URL.
  ends_at_once 69 "the user or the password is wrong" 's|proof_owner:|proof_owner:x|'
  ends_at_once 69 "there is no such database" 's|/proof_service?|/nothing?|'
}

# ends_at_once CODE PART EDIT: `proof-service migrate`, whose URL is edited so, ends with this code and line.
ends_at_once() {
  local code=0 words began=$SECONDS
  # shellcheck disable=SC2016
  words=$(run_service proof-service --env "EDIT=$3" --entrypoint sh -- -c \
    'DATABASE_URL=$(sed "$EDIT" /run/secrets/proof-url) exec proof-service migrate' 2>&1) || code=$?
  expect "the exit code with $3" "$code" "$1"
  expect_in "the line with $3" "$words" "proof-service: database.url: "
  expect_in "the line with $3" "$words" "$2"
  expect "lines with $3" "$(printf '%s\n' "$words" | wc -l)" 1
  [ $((SECONDS - began)) -lt 15 ] || fail "$3 took $((SECONDS - began)) s"
}

scenario_postgres_restart() {
  local before after
  before=$(docker inspect --format '{{.Id}} {{.State.StartedAt}}' "$(container proof-service)" "$(container kv-service)")
  docker stop "$(container postgres)" >/dev/null
  answers 503 "the database cannot be reached" GET "$proof_url/readyz"
  answers 503 "the database cannot be reached" GET "$kv_url/readyz"
  answers 503 '"code":"database_unavailable"' GET "$kv_url/v1/kv?avatar=$avatar"
  answers 200 '"hello"' GET "$proof_url/healthz"
  docker start "$(container postgres)" >/dev/null
  wait_ready "$proof_url"
  wait_ready "$kv_url"
  answers 200 '"kept":"for ever"' GET "$kv_url/v1/kv?avatar=$avatar"
  quietly nextid kv set '{"after":"the restart"}'
  after=$(docker inspect --format '{{.Id}} {{.State.StartedAt}}' "$(container proof-service)" "$(container kv-service)")
  expect "the services, which were not to be restarted" "$after" "$before"
}

scenario_down_and_up() {
  local demo chain content
  demo=$(cat "$work/demo-avatar")
  ask GET "$proof_url/v1/proofchain?avatar=$demo"
  chain=$body
  ask GET "$kv_url/v1/kv?avatar=$demo"
  content=$body
  keep_logs
  compose --profile observability down
  [ -z "$(docker ps --all --quiet --filter "label=com.docker.compose.project=$project")" ] || fail "containers are left"
  compose up --detach
  wait_ready "$proof_url"
  wait_ready "$kv_url"
  ask GET "$proof_url/v1/proofchain?avatar=$demo"
  expect "the ProofChain" "$body" "$chain"
  ask GET "$kv_url/v1/kv?avatar=$demo"
  expect "the content" "$body" "$content"
  quietly nextid kv set '{"after":"down and up"}'
}

# The schema as the first migration left it, with today's data in it, is brought to today's.
scenario_older_schema() {
  local name
  for name in proof kv; do
    older_schema "$name"
  done
}

older_schema() {
  local name=$1 database=older_$1 first count table columns
  first=$(printf '%s\n' "$root/crates/$name-service/migrations/postgres"/*/ | sort | head -n 1)
  count=$(printf '%s\n' "$root/crates/$name-service/migrations/postgres"/*/ | wc -l)
  psql_admin postgres --command "CREATE DATABASE $database OWNER ${name}_owner TEMPLATE template0"
  {
    printf 'SET ROLE %s_owner;\nBEGIN;\n' "$name"
    cat "$first/up.sql"
    printf 'CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\n'
    printf "INSERT INTO __diesel_schema_migrations (version) VALUES ('%s');\nCOMMIT;\n" \
      "$(basename "$first" | sed 's/_.*//; s/-//g')"
  } | psql_admin "$database"
  # Rows of a foreign key come after those that they name: links first.
  for table in $(psql_admin "$database" --command "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('__diesel_schema_migrations', 'lease') ORDER BY c.relname <> 'links', 1"); do
    columns=$(common_columns "$table" "$database" "${name}_service")
    psql_admin "${name}_service" --command "COPY (SELECT $columns FROM $table) TO STDOUT" |
      psql_admin "$database" --command "COPY $table ($columns) FROM STDIN"
  done
  # shellcheck disable=SC2016
  quietly run_service "$name-service" --env "NAME=$name" --entrypoint sh -- -c \
    'DATABASE_URL=$(sed "s|/${NAME}_service?|/older_$NAME?|" "/run/secrets/$NAME-url") exec "$NAME-service" migrate' ||
    fail "the older schema of $name could not be migrated"
  expect "the schema of $name" "$(schema_of "$database")" "$(schema_of "${name}_service")"
  expect "the links of $name" "$(links_of "$database")" "$(links_of "${name}_service")"
  [ "$(links_of "$database" | wc -l)" -gt 0 ] || fail "there were no links to migrate"
  printf '  %s: from the first of %s migrations, with %s links\n' "$name" "$count" "$(links_of "$database" | wc -l)"
  psql_admin postgres --command "DROP DATABASE $database"
}

common_columns() {
  local sql="SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '$1' ORDER BY 1"
  comm -12 <(psql_admin "$2" --command "$sql" | sort) <(psql_admin "$3" --command "$sql" | sort) | paste -sd,
}

# Without what the database's own set-up adds, and without a key that pg_dump draws anew each time.
schema_of() {
  docker exec "$(container postgres)" pg_dump --schema-only --no-owner --no-privileges --schema public "$1" |
    sed -e '/^--/d' -e '/^\\\(un\)\?restrict /d' -e '/^$/d' -e '/^CREATE SCHEMA/d' -e '/^COMMENT ON SCHEMA/d'
}

links_of() { psql_admin "$1" --command "SELECT to_json(l) FROM links l ORDER BY id"; }
