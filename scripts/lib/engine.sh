# shellcheck shell=bash
# A Docker engine and Compose. Sourced after prerequisites.sh, never run.
#
# An engine that answers is used as it is. Where there is none, one is started by hand with a directory and a socket of
# its own, so that it shares nothing with an engine that this machine may have but not run.

engine_data=/var/lib/nextid-test-engine
engine_run=/run/nextid-test-engine
engine_started=false
compose_command=()
current=""

need_engine() {
  if docker info >/dev/null 2>&1; then
    return
  fi
  [ "$(uname -s)" = Linux ] || die "no Docker engine answers; start one (on this system it cannot be started from here)"
  command -v dockerd >/dev/null || missing_packages+=(docker.io)
  # Debian 13 has the command in a package of its own.
  if ! command -v docker >/dev/null && [ "$(debian_version)" -ge 13 ]; then
    missing_packages+=(docker-cli)
  fi
}

debian_version() { sed -n 's/^VERSION_ID="\?\([0-9]*\).*/\1/p' /etc/os-release 2>/dev/null | grep . || printf '0\n'; }

need_compose() {
  { docker compose version || docker-compose version; } >/dev/null 2>&1 || missing_packages+=(docker-compose)
}

# Sets compose_command: Compose v2 where docker has it, else the program docker-compose.
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  else
    compose_command=(docker-compose)
  fi
}

# One run at a time: two would want the same ports, names and engine.
lock_engine() {
  local lock=/tmp/nextid-compose-test.lock
  exec 9>"$lock"
  flock --nonblock 9 || die "another compose-test runs on this machine ($lock)"
}

start_engine() {
  if docker info >/dev/null 2>&1; then
    return
  fi
  [ "$(id -u)" -eq 0 ] || die "no Docker engine answers, and only root can start one"
  export DOCKER_HOST=unix://$engine_run/docker.sock
  mkdir -p "$engine_run"
  engine_started=true
  if docker info >/dev/null 2>&1; then
    say "An engine of an earlier run is still up; it is used, and stopped in the end."
    return
  fi
  note_network
  # Without 9>&- a daemon that outlives us would hold the lock.
  dockerd --data-root "$engine_data" --exec-root "$engine_run/exec" --pidfile "$engine_run/pid" --host "$DOCKER_HOST" \
    --mtu "$(outward_mtu)" >"$engine_run/log" 2>&1 9>&- &
  disown
  wait_until 60 "the engine answers" docker info || die "the Docker engine did not start:
$(tail -n 20 "$engine_run/log")"
  say "Started a Docker engine, $(docker version --format '{{.Server.Version}}'), with its data in $engine_data."
}

# Packets of containers must fit where they leave this machine.
outward_mtu() {
  local device
  device=$(awk '$2 == "00000000" { print $1; exit }' /proc/net/route)
  cat "/sys/class/net/$device/mtu" 2>/dev/null || printf '1500\n'
}

note_network() {
  printf '%s\n' /sys/class/net/* >"$engine_run/links"
  cat /proc/sys/net/ipv4/ip_forward >"$engine_run/ip_forward"
  iptables-save 2>/dev/null | sed '/^#/d' >"$engine_run/iptables"
}

# Stops the engine that was started here. Its images stay for the next run.
stop_engine() {
  "$engine_started" || return 0
  engine_started=false
  local pid
  pid=$(cat "$engine_run/pid" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null
  wait_until 30 "the engine ends" process_is_gone "$pid" || say "The engine, process $pid, does not end."
  restore_network
  umount "$engine_run"/exec/netns/* 2>/dev/null
  rm -rf "$engine_run"
}

process_is_gone() { ! kill -0 "$1" 2>/dev/null; }

restore_network() {
  local link table
  for link in /sys/class/net/docker0 /sys/class/net/br-*; do
    if [ -e "$link" ] && ! grep -qx "$link" "$engine_run/links"; then
      ip link delete "${link##*/}" 2>/dev/null
    fi
  done
  if [ -s "$engine_run/iptables" ]; then
    iptables-restore <"$engine_run/iptables"
  elif [ -e "$engine_run/iptables" ]; then
    # There were no rules at all.
    iptables --policy FORWARD ACCEPT
    for table in filter nat; do
      iptables --table "$table" --flush
      iptables --table "$table" --delete-chain
    done
  fi
  if [ -e "$engine_run/ip_forward" ]; then
    cat "$engine_run/ip_forward" >/proc/sys/net/ipv4/ip_forward
  fi
}

# interruptibly COMMAND…: runs it so that a signal to this script is not held back until it ends. `end_current` ends it, with
# everything that it has started.
interruptibly() {
  local status=0
  set -m
  "$@" </dev/null 9>&- &
  current=$!
  set +m
  wait "$current" || status=$?
  current=""
  return "$status"
}

end_current() {
  if [ -n "$current" ]; then
    kill -- "-$current" 2>/dev/null
    wait "$current" 2>/dev/null
  fi
}

# wait_until SECONDS WHAT COMMAND…: repeats the command until it succeeds; false, with a line, when the time is over.
wait_until() {
  local limit=$1 what=$2 began=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $((SECONDS - began)) -ge "$limit" ]; then
      say "After $limit s it is still not so that $what."
      return 1
    fi
    sleep 0.2
  done
}
