# shellcheck shell=bash
# Several replicas behind the edge, and Prometheus.

edge_proof_url=https://localhost:9443
edge_kv_url=https://localhost:9444

# Free ports: two replicas cannot have the same one.
with_edge() { NEXTID_PROOF_PORT='' NEXTID_KV_PORT='' compose --profile edge "$@"; }

# up_with_edge REQUESTS: two replicas of each, and so many requests in ten seconds for an address.
up_with_edge() {
  export NEXTID_EDGE_REQUESTS=$1
  with_edge up --detach --scale proof-service=2 --scale kv-service=2
  wait_healthy edge
  wait_until 60 "the edge sees all replicas" edge_sees_all
  docker run --rm --label "$label" --entrypoint sed --volume "${project}_secrets-edge:/s:ro" "nextid/postgres:$NEXTID_TAG" \
    '/PRIVATE KEY/,$d' /s/edge.pem >"$work/edge.crt"
  export NEXTID_TEST_CERTIFICATE=$work/edge.crt
}

edge_sees_all() {
  # shellcheck disable=SC2016
  [ "$(docker exec "$(container edge)" bash -c 'exec 3<>/dev/tcp/127.0.0.1/8404 && printf "GET /metrics HTTP/1.0\r\n\r\n" >&3 && cat <&3' |
    grep -c '^haproxy_server_status{proxy="\(proof\|kv\)-service",.*state="UP"} 1$')" = 4 ]
}

scenario_rolling_restart() {
  local id load writers failed=0
  up_with_edge 1000000
  mkdir -p "$work/stop"
  python3 "$root/scripts/lib/compose/load.py" "$work/stop/now" "$edge_proof_url" "$edge_kv_url" "$work/edge.crt" >"$work/load" 2>&1 &
  load=$!
  # One that signs and submits, each write over a connection of its own.
  # shellcheck disable=SC2016
  writers=$(docker run --detach --network host --label "$label" --read-only --volume "$work/stop:/stop:ro" \
    --volume "$work/edge.crt:/edge.crt:ro" --env SSL_CERT_FILE=/edge.crt --env "NEXTID_AVATAR_KEY=$avatar_key" \
    --entrypoint sh "nextid/nextid:$NEXTID_TAG" -c \
    'n=0; until [ -e /stop/now ]; do nextid --proof-url '"$edge_proof_url"' --kv-url '"$edge_kv_url"' kv set "{\"n\":$n}" >/dev/null || exit 1; n=$((n + 1)); done; echo "$n writes"')
  for id in $(containers proof-service) $(containers kv-service); do
    docker restart --time 20 "$id" >/dev/null
    wait_until 60 "the edge sees the restarted replica" edge_sees_all || fail "a replica did not come back"
  done
  touch "$work/stop/now"
  wait "$load" || failed=1
  [ "$(docker wait "$writers")" = 0 ] || failed=1
  sed 's/^/  /' "$work/load"
  docker logs "$writers" 2>&1 | sed 's/^/  /'
  docker rm --force "$writers" >/dev/null
  [ "$failed" = 0 ] || fail "requests failed while replicas were restarted"
  # Whatever was written through either replica is one chain.
  proof_url=$(published proof-service 9800) kv_url=$(published kv-service 9801) quietly nextid chain verify "$avatar" ||
    fail "the chain does not verify"
}

published() { printf 'http://%s' "$(docker port "$(container "$1")" "$2/tcp" | head -n 1)"; }

scenario_edge() {
  local direct i
  up_with_edge 10
  check_hardening >/dev/null
  # A long answer comes through whole.
  ask GET "$(published proof-service 9800)/openapi.json"
  direct=$body
  [ "${#direct}" -gt 20000 ] || fail "/openapi.json has ${#direct} bytes only"
  ask GET "$edge_proof_url/openapi.json"
  expect "a long answer" "$body" "$direct"
  for ((i = 0; i < 40; i++)); do
    ask GET "$edge_kv_url/healthz"
    [ "$status" = 200 ] || break
  done
  expect "the answer to too many requests" "$status" 429
  expect_in "the answer to too many requests" "$body" '"code":"rate_limited"'
  python3 "$root/scripts/lib/compose/ask.py" GET "http://localhost:9443/healthz" | head -n 1 | grep -qv 200 ||
    fail "the edge answers without TLS"
}

scenario_observability() {
  # As it is, but fifteen times as often.
  cp -r "$root/deploy/observability/prometheus" "$work/prometheus"
  sed -i 's/_interval: 15s/_interval: 1s/' "$work/prometheus/prometheus.yml"
  chmod -R a+rX "$work" "$work/prometheus"
  export NEXTID_TEST_PROMETHEUS=$work/prometheus
  compose --profile observability up --detach prometheus
  wait_healthy prometheus
  check_hardening >/dev/null
  python3 "$root/scripts/lib/compose/dashboard.py" "$root/deploy/observability" http://127.0.0.1:9090 ||
    fail "what the dashboard asks is not answered"
  if has_image "${GRAFANA_IMAGE:-grafana/grafana:11.6.0}"; then
    compose --profile observability up --detach grafana
    wait_healthy grafana
    printf '  Grafana is up, with its dashboard\n'
  else
    printf '  GRAFANA WAS NOT STARTED: its image cannot be had here. Its files were checked, its queries asked of Prometheus.\n'
  fi
}
