# shellcheck shell=bash
# LLVM's tools for coverage, of the compiler's own version. Sourced after prerequisites.sh, never run.

llvm_tools=""

# Sets llvm_tools to a directory with llvm-profdata and llvm-cov that understand what this compiler makes.
find_llvm_tools() {
  local root=$1 version host tools dir
  version=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  host=$(rustc -vV | sed -n 's/^host: //p')
  tools=$(target_directory "$root")/tools/llvm-$version
  [ -n "$version" ] || die "rustc does not say which LLVM it has"
  for dir in "$(rustc --print sysroot)/lib/rustlib/$host/bin" "/usr/lib/llvm-$version/bin" \
    "$tools/usr/lib/llvm-$version/bin"; do
    if llvm_tools_fit "$dir" "$version"; then
      return
    fi
  done
  if unpack_llvm_packages "$tools" "$version" && llvm_tools_fit "$dir" "$version"; then
    return
  fi
  die "llvm-profdata and llvm-cov of LLVM $version are needed, the version of this compiler:
  rustup component add llvm-tools
or the package llvm-$version of Debian, Ubuntu or https://apt.llvm.org"
}

llvm_tools_fit() {
  local dir=$1 version=$2
  LD_LIBRARY_PATH=$(llvm_libraries "$dir")${LD_LIBRARY_PATH:-} "$dir/llvm-cov" --version 2>/dev/null |
    grep -q "LLVM version $version\." || return 1
  [ -x "$dir/llvm-profdata" ] || return 1
  llvm_tools=$dir
}

# What has to stand before LD_LIBRARY_PATH for tools that were only unpacked; empty for those that are installed.
llvm_libraries() {
  case $1 in
    */tools/llvm-*/usr/lib/*) printf '%s:' "${1%/usr/lib/*}"/usr/lib/*-linux-gnu ;;
  esac
}

# Debian's packages, where it has them, unpacked into a directory and not installed: that needs no rights and changes
# nothing on the machine.
unpack_llvm_packages() {
  local tools=$1 version=$2 packages=() package
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  packages=("llvm-$version" "libllvm$version")
  for package in "${packages[@]}"; do
    apt-cache show "$package" >/dev/null 2>&1 || return 1
  done
  say "Unpacking ${packages[*]} into $tools …"
  rm -rf "$tools"
  mkdir -p "$tools"
  (
    cd "$tools" || exit 1
    apt-get download -q "${packages[@]}" >/dev/null 2>&1 || exit 1
    for package in *.deb; do
      dpkg-deb -x "$package" . || exit 1
    done
    rm -f -- *.deb
  )
}

# llvm NAME ARGUMENTS…: runs one of the tools.
llvm() {
  local name=$1
  shift
  LD_LIBRARY_PATH=$(llvm_libraries "$llvm_tools")${LD_LIBRARY_PATH:-} "$llvm_tools/$name" "$@"
}
