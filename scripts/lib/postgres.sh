# shellcheck shell=bash
# A throw-away PostgreSQL server. Sourced after prerequisites.sh, never run.
#
# It listens only on a socket in a directory of its own that nobody else may enter, so it needs no port and no
# password, and it never meets a server that already runs here.

postgres_directory=""
postgres_programs=""
postgres_as=()

# PostgreSQL refuses to run as root, so root hands it to an account without rights.
choose_postgres_account() {
  local account=""
  postgres_as=()
  [ "$(id -u)" -eq 0 ] || return 0
  for account in postgres nobody; do
    id "$account" >/dev/null 2>&1 && break
  done
  command -v setpriv >/dev/null || die "setpriv (package util-linux) is needed to start PostgreSQL as $account"
  postgres_as=(setpriv "--reuid=$(id -u "$account")" "--regid=$(id -g "$account")" --clear-groups --)
  chown "$account" "$postgres_directory"
}

# Starts the server and sets NEXTID_TEST_POSTGRES to the URL of its maintenance database. With `durable` it is a server for
# measuring: every commit waits for the disk, and it has the memory that PostgreSQL's manual advises, a quarter of the
# machine's, and the space for its log that goes with it. All else but the number of connections is as installed.
start_postgres() {
  local purpose=${1:-tests}
  postgres_programs=$(postgres_bindir) || die "no PostgreSQL server, version 15 or newer, was found;
  Debian 12 and Ubuntu 24.04 have one, https://apt.postgresql.org has them for older ones"
  # Under /tmp whatever TMPDIR says: the path of a socket may have 107 bytes.
  postgres_directory=$(mktemp -d /tmp/nextid-postgres.XXXXXX)
  choose_postgres_account
  local data=$postgres_directory/data log=$postgres_directory/log
  (
    cd "$postgres_directory"
    "${postgres_as[@]}" "$postgres_programs/initdb" --pgdata "$data" --username nextid --auth trust \
      --encoding UTF8 --no-locale --no-sync >"$postgres_directory/initdb.log" 2>&1
  ) || die "initdb failed:
$(cat "$postgres_directory/initdb.log")"
  cat >>"$data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$postgres_directory'
max_connections = 400
log_min_messages = warning
CONF
  if [ "$purpose" = durable ]; then
    cat >>"$data/postgresql.conf" <<CONF
shared_buffers = $(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 4096))MB
max_wal_size = 8GB
CONF
  else
    # Nothing here outlives the run, so nothing waits for a disk. Commits are synchronous all the same: the services
    # refuse a session that says otherwise.
    cat >>"$data/postgresql.conf" <<CONF
shared_buffers = 64MB
fsync = off
full_page_writes = off
autovacuum = off
CONF
  fi
  (
    cd "$postgres_directory"
    "${postgres_as[@]}" "$postgres_programs/pg_ctl" start --wait --silent --pgdata "$data" --log "$log"
  ) || die "PostgreSQL did not start:
$(cat "$log" 2>/dev/null)"
  export NEXTID_TEST_POSTGRES="postgres:///postgres?host=$postgres_directory&user=nextid"
}

# Stops the server and removes every trace of it. Fine to call twice, and before start_postgres.
stop_postgres() {
  [ -n "$postgres_directory" ] || return 0
  if [ -e "$postgres_directory/data/postmaster.pid" ]; then
    (
      cd "$postgres_directory"
      "${postgres_as[@]}" "$postgres_programs/pg_ctl" stop --mode immediate --wait --silent \
        --pgdata "$postgres_directory/data"
    ) || say "PostgreSQL in $postgres_directory did not stop"
  fi
  rm -rf "$postgres_directory"
  postgres_directory=""
}
