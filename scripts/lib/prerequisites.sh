# shellcheck shell=bash
# What the scripts need on a machine, and how to get it. Sourced, never run.
#
# The `need_…` functions note what is absent (Rust alone ends the script at once: it is not ours to install).
# `install_missing` then installs all of it at once (Debian and Ubuntu, as root or with a sudo that asks nothing)
# or says which command does, and ends the script.

missing_packages=()

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# version_at_least FOUND WANTED: true when FOUND is the same as WANTED or newer.
version_at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

# The oldest compiler that the workspace accepts, from the root Cargo.toml.
workspace_rust_version() {
  sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' "$1/Cargo.toml" | head -n 1
}

need_rust() {
  local root=$1 wanted found
  wanted=$(workspace_rust_version "$root")
  [ -n "$wanted" ] || die "no rust-version in $root/Cargo.toml"
  # rustup just installed, in a shell that was started before.
  if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH=$HOME/.cargo/bin:$PATH
  fi
  if ! { command -v cargo && command -v rustc; } >/dev/null; then
    die "Rust $wanted or newer is needed and there is none. Install it with rustup: https://rustup.rs"
  fi
  found=$(rustc --version | sed 's/^rustc \([0-9.]*\).*/\1/')
  version_at_least "$found" "$wanted" ||
    die "Rust $wanted or newer is needed, this is $found. With rustup: rustup update stable (https://rustup.rs)"
}

need_compiler() {
  command -v cc >/dev/null || missing_packages+=(build-essential)
}

# A program that links with libpq is the proof that its development files are there.
need_libpq() {
  local dir out flags=()
  dir=$(pg_config --libdir 2>/dev/null || true)
  if [ -n "$dir" ]; then
    flags=("-L$dir")
  fi
  out=$(mktemp)
  if ! printf 'int PQlibVersion(void); int main(void) { return PQlibVersion() == 0; }\n' |
    cc -x c -o "$out" - "${flags[@]}" -lpq >/dev/null 2>&1; then
    missing_packages+=(libpq-dev)
  fi
  rm -f "$out"
}

# Prints the directory of the newest PostgreSQL server programs, version 15 or newer; false when there is none.
postgres_bindir() {
  local dir found
  for dir in "$(pg_config --bindir 2>/dev/null || true)" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
    /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    if ! [ -x "$dir/postgres" ] || ! [ -x "$dir/initdb" ] || ! [ -x "$dir/pg_ctl" ]; then
      continue
    fi
    found=$("$dir/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    if [ "$found" -ge 15 ]; then
      printf '%s\n' "$dir"
      return 0
    fi
  done
  return 1
}

need_postgres_server() {
  postgres_bindir >/dev/null || missing_packages+=(postgresql)
}

need_python() {
  command -v python3 >/dev/null || missing_packages+=(python3)
}

# What npm installs for the tests of ENS and of contract wallets: a chain, and the compiler of the contracts on it.
chain_tools=(@foundry-rs/anvil@1.7.1 solc@0.8.37)

need_chain_tools() {
  [ "${NEXTID_TEST_NO_ANVIL:-}" != 1 ] || return 0
  command -v node >/dev/null || missing_packages+=(nodejs)
  command -v npm >/dev/null || missing_packages+=(npm)
}

# A name server for the tests of DNS; distributions put it where only the administrator's path leads.
need_knot() {
  [ "${NEXTID_TEST_NO_KNOT:-}" != 1 ] || return 0
  [ -z "${NEXTID_KNOTD:-}" ] || return 0
  PATH=$PATH:/usr/sbin:/usr/local/sbin command -v knotd >/dev/null || missing_packages+=(knot)
}

install_missing() {
  [ "${#missing_packages[@]}" -gt 0 ] || return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo=(sudo)
  fi
  if ! command -v apt-get >/dev/null; then
    die "this machine lacks what Debian calls: ${missing_packages[*]}. Install them with its package manager and run again."
  fi
  if [ "$(id -u)" -ne 0 ] && ! { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; then
    die "please run this once, then start again:
  sudo apt-get update && sudo apt-get install -y ${missing_packages[*]}"
  fi
  say "Installing ${missing_packages[*]} …"
  local log
  log=$(mktemp)
  if ! apt_install "${sudo[@]}" >"$log" 2>&1; then
    say "$(cat "$log")"
    rm -f "$log"
    die "the installation of ${missing_packages[*]} failed"
  fi
  rm -f "$log"
  missing_packages=()
}

# Installs the missing packages; the arguments are what gives the rights for it, if anything has to.
apt_install() {
  local config=/etc/postgresql-common/createcluster.conf
  # The package's own server would hold port 5432 and memory, and nothing here uses it.
  if [[ " ${missing_packages[*]} " == *" postgresql "* ]] && [ ! -e "$config" ]; then
    "$@" mkdir -p "${config%/*}" &&
      printf 'create_main_cluster = false\n' | "$@" tee "$config" || return
  fi
  local unit=/etc/systemd/system/knot.service
  # Nor is the name server that the package would start on port 53.
  if [[ " ${missing_packages[*]} " == *" knot "* ]] && ! [ -e "$unit" ] && ! [ -L "$unit" ]; then
    "$@" mkdir -p "${unit%/*}" && "$@" ln -s /dev/null "$unit" || return
  fi
  "$@" apt-get update -q &&
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      -o Dpkg::Options::=--force-confold "${missing_packages[@]}" || return
  # Without systemd there is nothing to forbid it by before it is there.
  if [[ " ${missing_packages[*]} " == *" knot "* ]] && ! [ -d /run/systemd/system ]; then
    "$@" /etc/init.d/knot stop && "$@" update-rc.d knot disable
  fi
}

# Where cargo puts what it builds: CARGO_TARGET_DIR, a config file or the default, whichever applies.
target_directory() {
  cargo metadata --format-version 1 --no-deps --locked --manifest-path "$1/Cargo.toml" |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# Puts the chain tools into the target directory, once per version, and tells the tests where they are. For after
# `need_chain_tools` and `install_missing`.
install_chain_tools() {
  [ "${NEXTID_TEST_NO_ANVIL:-}" != 1 ] || return 0
  local tools log
  tools=$(target_directory "$1")/tools
  if [ "$(cat "$tools/versions" 2>/dev/null)" != "${chain_tools[*]}" ] || ! [ -x "$tools/anvil" ]; then
    say "Installing ${chain_tools[*]} …"
    mkdir -p "$tools"
    log=$(mktemp)
    # The programs are in the packages; their scripts would only make wrappers.
    if ! npm install --prefix "$tools" --no-save --ignore-scripts --no-audit --no-fund "${chain_tools[@]}" >"$log" 2>&1; then
      say "$(cat "$log")"
      rm -f "$log"
      die "the installation of ${chain_tools[*]} failed; NEXTID_TEST_NO_ANVIL=1 goes without, and without the tests that need them"
    fi
    rm -f "$log"
    ln -sf "$(printf '%s\n' "$tools"/node_modules/@foundry-rs/anvil-*/bin/anvil | head -n 1)" "$tools/anvil"
    "$tools/anvil" --version >/dev/null || die "anvil does not run on this machine; NEXTID_TEST_NO_ANVIL=1 goes without"
    printf '%s' "${chain_tools[*]}" >"$tools/versions"
  fi
  export NEXTID_ANVIL=${NEXTID_ANVIL:-$tools/anvil}
  export NEXTID_NODE_MODULES=$tools/node_modules
}
