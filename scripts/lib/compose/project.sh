# shellcheck shell=bash
# One Compose project of the tests, and what the scenarios ask of it. Sourced, never run.

project=nextid-compose-test
proof_url=http://127.0.0.1:9800
kv_url=http://127.0.0.1:9801
# The private key 1 and its Avatar: everybody knows it, so nobody is hurt when it is printed.
avatar_key=0000000000000000000000000000000000000000000000000000000000000001
avatar=0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798

compose() {
  quietly "${compose_command[@]}" --project-name "$project" --project-directory "$root" \
    --file "$root/docker-compose.yml" --file "$root/scripts/lib/compose/test.yml" "$@"
}

# quietly COMMAND…: what it says is shown only when it fails.
quietly() {
  local log=$work/command.log
  "$@" >"$log" 2>&1 9>&- || {
    printf '%s\n' "$*" >&2
    cat "$log" >&2
    return 1
  }
}

# containers SERVICE [PROJECT]: their ids.
containers() {
  docker ps --all --quiet --filter "label=com.docker.compose.project=${2:-$project}" \
    --filter "label=com.docker.compose.service=$1"
}

container() { containers "$@" | head -n 1; }

is_healthy() {
  local id
  for id in $(containers "$@"); do
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
  done
  [ -n "$(containers "$@")" ]
}

wait_healthy() { wait_until 90 "$1 is healthy" is_healthy "$@"; }

has_status() { ask GET "$1" && [ "$status" = "$2" ]; }

wait_ready() { wait_until 60 "$1 is ready" has_status "$1/readyz" 200; }

# ask METHOD URL [BODY]: sets status and body.
ask() {
  local answer
  answer=$(python3 "$root/scripts/lib/compose/ask.py" "$@" | tr -d '\0')
  status=${answer%%$'\n'*}
  body=${answer#*$'\n'}
}

# expect WHAT ACTUAL WANTED: the two are the same.
expect() {
  [ "$2" = "$3" ] || fail "$1: expected $3, found $2"
}

# expect_in WHAT TEXT PART: the text holds the part.
expect_in() {
  case $2 in
    *"$3"*) ;;
    *) fail "$1: $3 is not in $2" ;;
  esac
}

# answers STATUS PART METHOD URL [BODY]: the service answers so.
answers() {
  local wanted=$1 part=$2
  shift 2
  ask "$@"
  expect "$1 $2" "$status" "$wanted"
  expect_in "$1 $2" "$body" "$part"
}

fail() {
  printf '  %s\n' "$*" >&2
  exit 1
}

# refused WHAT PART COMMAND…: the command fails and says the part.
refused() {
  local what=$1 part=$2 words
  shift 2
  if words=$("$@" 2>&1); then
    fail "$what was not refused: $words"
  fi
  expect_in "$what" "$words" "$part"
}

# psql_as ROLE DATABASE SQL: over TLS with a password, as the services connect.
psql_as() {
  # shellcheck disable=SC2016
  docker exec "$(container postgres)" bash -c '
    PGPASSWORD=$(cat "/run/secrets/${1/_/-}-password") exec psql --no-psqlrc --quiet --tuples-only --no-align \
      --set ON_ERROR_STOP=1 --command "$3" \
      "host=postgres user=$1 dbname=$2 sslmode=${4:-verify-full} sslrootcert=/run/secrets/server.crt"' psql_as "$@"
}

# psql_admin DATABASE ARGUMENT…: as the superuser, on the socket. Standard input is passed on.
psql_admin() {
  local database=$1
  shift
  docker exec --interactive "$(container postgres)" psql --no-psqlrc --quiet --tuples-only --no-align \
    --set ON_ERROR_STOP=1 --dbname "$database" "$@"
}

# nextid ARGUMENT…: the command, from its image, as a person on this machine would use it.
nextid() {
  docker run --rm --network host --read-only --cap-drop ALL --label "$label" --env "NEXTID_AVATAR_KEY=$avatar_key" \
    "nextid/nextid:$NEXTID_TAG" --proof-url "$proof_url" --kv-url "$kv_url" "$@"
}

# run_service NAME ARGUMENT…: a program in the network of the database, with `docker run` options first, then --, then its
# arguments.
run_service() {
  local name=$1 options=()
  shift
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  docker run --rm --read-only --cap-drop ALL --label "$label" --network "${project}_database" \
    --volume "${project}_secrets-migrate:/run/secrets:ro" "${options[@]}" "nextid/$name:$NEXTID_TAG" "$@"
}

# keep_logs [PROJECT]: appends everything that its containers have written to the log of the run.
keep_logs() {
  local id
  for id in $(docker ps --all --quiet --filter "label=com.docker.compose.project=${1:-$project}"); do
    docker logs "$id" >>"$work/all.log" 2>&1
  done
}

# keep_secrets [PROJECT]: notes every secret of it, to look for in the logs. A URL counts by its password.
keep_secrets() {
  local volume
  for volume in $(docker volume ls --quiet --filter "label=com.docker.compose.project=${1:-$project}" --filter name=_secrets-); do
    docker run --rm --label "$label" --user 999 --entrypoint bash --volume "$volume:/s:ro" \
      "nextid/postgres:$NEXTID_TAG" -c 'for file in /s/*; do case $file in *.crt) ;; *) cat "$file"; echo ;; esac; done' |
      sed -n 's|^postgres://[^:]*:\([^@]*\)@.*|\1|p; /^[0-9a-f]\{48\}$/p; /^[A-Za-z0-9+\/=]\{40,\}$/p' >>"$work/secrets"
  done
}

# take_down [PROJECT FILE]: removes a project with its volumes, whatever state it is in.
take_down() {
  local name=${1:-$project} id
  for id in $(docker ps --all --quiet --filter "label=com.docker.compose.project=$name"); do
    docker rm --force --volumes "$id" >/dev/null
  done
  for id in $(docker volume ls --quiet --filter "label=com.docker.compose.project=$name"); do
    docker volume rm --force "$id" >/dev/null
  done
  for id in $(docker network ls --quiet --filter "label=com.docker.compose.project=$name"); do
    docker network rm "$id" >/dev/null
  done
}
