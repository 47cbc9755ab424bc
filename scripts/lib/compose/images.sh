# shellcheck shell=bash
# The images that the tests run. Sourced after engine.sh, never run.
#
# Base images are the public ones, where they can be had. Where they cannot, stand-ins are made of Debian's packages and
# of this machine's Rust. A stand-in is made once; `compose-test --clean` forgets it.

stand_ins=nextid-stand-in
test_images=nextid-compose-test
debian_release=trixie
label=id.next.compose-test
can_pull=""
used_stand_ins=()

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# build TAG CONTEXT ARGUMENT…: docker build, which says something only when it fails.
build() {
  local tag=$1 context=$2 log
  shift 2
  log=$(mktemp)
  if ! interruptibly docker build --label "$label" --tag "$tag" "$@" "$context" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    rm -f "$log"
    die "the image $tag could not be built"
  fi
  rm -f "$log"
}

# pulled NAME: true when the public image is here, or can be had.
pulled() {
  has_image "$1" && return
  if [ -z "$can_pull" ]; then
    # The first try tells whether there is a registry at all.
    if timeout 120 docker pull --quiet "$1" >/dev/null 2>&1; then can_pull=true; else can_pull=false; fi
  elif "$can_pull"; then
    timeout 900 docker pull --quiet "$1" >/dev/null 2>&1
  fi
  has_image "$1"
}

# base_image VARIABLE NAME MAKER: exports in VARIABLE the public image, or else the stand-in that MAKER makes.
base_image() {
  local variable=$1 name=$2 maker=$3
  local stand_in=$stand_ins/${name##*/}
  if ! pulled "$name"; then
    has_image "$stand_in" || { say "$name cannot be pulled: making a stand-in." && "$maker" "$stand_in"; }
    used_stand_ins+=("$name")
    name=$stand_in
  fi
  export "$variable=$name"
}

# Exports the names of all base images; docker-compose.yml takes them from these variables.
base_images() {
  base_image DEBIAN_IMAGE "debian:$debian_release-slim" debian_stand_in
  base_image RUST_IMAGE "rust:1.95-slim-$debian_release" rust_stand_in
  base_image POSTGRES_IMAGE "postgres:17-$debian_release" package_stand_in
  base_image HAPROXY_IMAGE "haproxy:3.0-$debian_release" package_stand_in
  base_image PROMETHEUS_IMAGE "prom/prometheus:v3.5.0" package_stand_in
  trust_this_machine
  if [ "${#used_stand_ins[@]}" -gt 0 ]; then
    say "STAND-INS, made of Debian's packages, are used for: ${used_stand_ins[*]}"
  fi
}

# Debian's slim image is what debootstrap makes, without documentation and translations.
debian_stand_in() {
  local root
  command -v debootstrap >/dev/null || { missing_packages+=(debootstrap) && install_missing; }
  root=$(mktemp -d /var/tmp/nextid-debian.XXXXXX)
  if ! debootstrap --variant=minbase "$debian_release" "$root" >"$root.log" 2>&1; then
    tail -n 20 "$root.log" >&2
    rm -rf "$root" "$root.log"
    die "debootstrap failed"
  fi
  tar --create --directory "$root" --numeric-owner --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
    --exclude='./var/log/*' --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
    --exclude='./usr/share/info/*' --exclude='./usr/share/locale/*' --exclude='./usr/share/lintian/*' . |
    docker import --change 'CMD ["bash"]' - "$1" >/dev/null
  rm -rf "$root" "$root.log"
}

# This machine's own toolchain, in place of the one that the public image has.
rust_stand_in() {
  local sysroot container
  need_rust "$root"
  sysroot=$(rustc --print sysroot)
  container=$(docker create --label "$label" "$DEBIAN_IMAGE")
  tar --create --directory "$sysroot" --owner 0 --group 0 --exclude='lib/rustlib/src' bin/cargo bin/rustc lib |
    docker cp - "$container:/usr/local"
  docker commit --change 'ENV CARGO_HOME=/usr/local/cargo' "$container" "$1" >/dev/null
  docker rm "$container" >/dev/null
}

package_stand_in() {
  local name=${1##*/}
  build "$1" "$root/scripts/lib/compose/stand-ins/${name%%:*}" --build-arg "DEBIAN_IMAGE=$DEBIAN_IMAGE"
}

# Where this machine trusts certificates of its own, the build does so too: what it fetches comes the same way.
trust_this_machine() {
  local bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt} image=$test_images/rust directory
  [ -e "$bundle" ] || return 0
  if [ "$(docker image inspect --format '{{index .Config.Labels "certificates"}}' "$image" 2>/dev/null)" != "$(bundle_id)" ]; then
    directory=$(mktemp -d)
    cp "$bundle" "$directory/certificates.crt"
    printf '%s\n' "FROM $RUST_IMAGE" 'COPY certificates.crt /etc/ssl/machine.crt' \
      'ENV CARGO_HTTP_CAINFO=/etc/ssl/machine.crt' >"$directory/Dockerfile"
    build "$image" "$directory" --label "certificates=$(bundle_id)"
    rm -rf "$directory"
  fi
  export RUST_IMAGE=$image
}

bundle_id() { printf '%s %s' "$RUST_IMAGE" "$(sha256sum <"${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" | cut -c 1-16)"; }
