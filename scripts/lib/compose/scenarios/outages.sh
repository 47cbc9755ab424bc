# shellcheck shell=bash
# One service without the other.

# A chain that kv-service has never heard of, under an account: only proof-service could know.
unknown_binding='{"avatar":"'$avatar'","platform":"github","identity":"somebody","patch":{"a":1}}'

scenario_proof_service_away() {
  answers 400 '"code":"not_bound_for_kv"' POST "$kv_url/v1/kv/payload" "$unknown_binding"
  docker stop "$(container proof-service)" >/dev/null
  answers 503 '"code":"proof_service_unavailable"' POST "$kv_url/v1/kv/payload" "$unknown_binding"
  # What needs nobody else goes on.
  answers 200 '"kept":"for ever"' GET "$kv_url/v1/kv?avatar=$avatar"
  quietly nextid kv set '{"while":"proof-service is away"}'
  wait_until 30 "kv-service says that it is degraded" is_degraded || fail "/readyz of kv-service: $status $body"
  docker start "$(container proof-service)" >/dev/null
  wait_ready "$proof_url"
  wait_until 30 "kv-service is well again" is_well || fail "/readyz of kv-service: $status $body"
  wait_until 30 "proof-service is asked again" binding_is_unknown || fail "kv-service: $status $body"
}

is_degraded() {
  ask GET "$kv_url/readyz"
  [ "$status" = 200 ] && [[ $body == *'"status":"degraded"'*'"name":"proof_service"'* ]]
}

is_well() {
  ask GET "$kv_url/readyz"
  [ "$status" = 200 ] && [[ $body != *degraded* ]]
}

binding_is_unknown() {
  ask POST "$kv_url/v1/kv/payload" "$unknown_binding"
  [ "$status" = 400 ]
}

scenario_proof_service_alone() {
  alone proof-service 9800
  answers 200 '"status":"ok"' GET "$alone_url/readyz"
  answers 200 '"sign_payload"' POST "$alone_url/v1/proof/payload" \
    "{\"action\":\"create\",\"platform\":\"github\",\"identity\":\"somebody\",\"public_key\":\"$avatar\"}"
  answers 200 '"proof_chain"' GET "$alone_url/v1/proofchain?avatar=$avatar"
  end_alone proof-service
}

scenario_kv_service_alone() {
  NEXTID_PROOF_URL=http://proof-service.invalid alone kv-service 9801
  answers 200 '"status":"degraded"' GET "$alone_url/readyz"
  kv_url=$alone_url quietly nextid kv set '{"alone":true}'
  answers 200 '"alone":true' GET "$alone_url/v1/kv?avatar=$avatar"
  answers 503 '"code":"proof_service_unavailable"' POST "$alone_url/v1/kv/payload" "$unknown_binding"
  end_alone kv-service
}

# alone SERVICE PORT: brings the service up with nothing but its database, at a free port; sets alone_url.
alone() {
  local id
  NEXTID_PROOF_PORT='' NEXTID_KV_PORT='' quietly "${compose_command[@]}" --project-name "$project-$1" \
    --file "$root/deploy/$1/docker-compose.yml" up --detach
  wait_healthy "$1" "$project-$1"
  keep_secrets "$project-$1"
  id=$(container "$1" "$project-$1")
  alone_url=http://$(docker port "$id" "$2/tcp" | head -n 1)
  wait_until 10 "$1 answers" has_status "$alone_url/healthz" 200
}

end_alone() {
  keep_logs "$project-$1"
  take_down "$project-$1"
}
