# shellcheck shell=bash
# From nothing to the four flows, and what the containers are like.

scenario_up() {
  compose up --detach
  local service
  for service in postgres proof-service kv-service; do
    wait_healthy "$service"
  done
  # What the images say of themselves.
  answers 200 "\"revision\":\"$NEXTID_REVISION\"" GET "$proof_url/healthz"
  expect_in healthz "$body" "\"built_at\":\"$NEXTID_BUILT_AT\""
  answers 200 "\"commit_version\":\"$NEXTID_REVISION\"" GET "$kv_url/healthz"
  expect_in healthz "$body" "\"build_at\":\"$NEXTID_BUILT_AT\""
  answers 200 '"status":"ok"' GET "$proof_url/readyz"
  answers 200 '"status":"ok"' GET "$kv_url/readyz"
  keep_secrets
}

scenario_images() {
  local image size
  for image in proof-service kv-service nextid; do
    size=$(docker image inspect --format '{{.Size}}' "nextid/$image:$NEXTID_TAG")
    printf '  nextid/%-13s %4s MB, user %s\n' "$image" $((size / 1000000)) \
      "$(docker image inspect --format '{{.Config.User}}' "nextid/$image:$NEXTID_TAG")"
    [ "$size" -lt 120000000 ] || fail "nextid/$image has $size bytes, more than 120 MB"
  done
}

scenario_hardening() { check_hardening; }

check_hardening() {
  local id name found
  for id in $(docker ps --all --quiet --filter "label=com.docker.compose.project=$project"); do
    name=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}}' "$id")
    found=$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}' "$id")
    expect "$name" "$found" "true [ALL] [no-new-privileges:true]"
    found=$(docker inspect --format '{{.HostConfig.Memory}}' "$id")
    [ "$found" -gt 0 ] || fail "$name has no limit of memory"
    found=$(docker inspect --format '{{.Config.User}}' "$id")
    case $name:$found in
      github:65534:65534 | prometheus:65534:65534 | edge:99:99 | *:postgres | *:10001:10001) ;;
      *) fail "$name runs as '$found'" ;;
    esac
    case $name in
      postgres | proof-service | kv-service)
        found=$(docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' "$id")
        expect "$name" "$found" unless-stopped
        ;;
    esac
    if [ "$(docker inspect --format '{{.State.Running}}' "$id")" = true ]; then
      found=$(docker top "$id" -eo uid,pid | sed 1d | awk '{ print $1 }' | sort -un | tr '\n' ' ')
      printf '  %-14s runs as %s\n' "$name" "$found"
      case " $found " in *" 0 "*) fail "$name has a process of root" ;; esac
    fi
  done
}

scenario_flows() {
  local words
  words=$(nextid --json demo --github-url "http://127.0.0.1:${NEXTID_TEST_GITHUB_PORT:-9802}") || fail "the demo failed: $words"
  # The chains of this Avatar are compared later.
  printf '%s\n' "$words" | sed -n 's/.*"avatar":"\(0x[0-9a-f]*\)".*/\1/p' | head -n 1 >"$work/demo-avatar"
  [ -s "$work/demo-avatar" ] || fail "the demo named no Avatar: $words"
  answers 200 '"proof_chain"' GET "$proof_url/v1/proofchain?avatar=$(cat "$work/demo-avatar")"
  quietly nextid kv set '{"kept":"for ever"}'
  answers 200 '"kept":"for ever"' GET "$kv_url/v1/kv?avatar=$avatar"
}

scenario_logs() {
  keep_logs
  [ -s "$work/secrets" ] && [ -s "$work/all.log" ] || fail "there are no secrets, or no logs"
  local count
  sort -u "$work/secrets" -o "$work/secrets"
  count=$(wc -l <"$work/secrets")
  printf '%s\n' "$avatar_key" >>"$work/secrets"
  if grep --fixed-strings --file "$work/secrets" "$work/all.log"; then
    fail "the logs hold a secret"
  fi
  printf '  %s secrets are in none of %s lines\n' "$count" "$(wc -l <"$work/all.log")"
}
