#!/usr/bin/env bash
# The first start makes the cluster and runs /docker-entrypoint-initdb.d, with a server that listens on its socket only.
set -euo pipefail

export POSTGRES_USER=${POSTGRES_USER:-postgres}
if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" --pgdata "$PGDATA" >/dev/null
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  printf "listen_addresses = '*'\n" >>"$PGDATA/postgresql.conf"
  pg_ctl start --wait --silent --pgdata "$PGDATA" --options "$(printf '%q ' "${@:2}" -c "listen_addresses=")"
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) "$script" ;;
      *.sql) psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --file "$script" ;;
    esac
  done
  pg_ctl stop --wait --silent --mode fast --pgdata "$PGDATA"
fi
exec "$@"
