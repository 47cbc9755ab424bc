"""Checks the directions of dependencies. Called by scripts/check-layout: ROOT, cargo metadata on standard input."""

import json
import pathlib
import re
import sys

# What each crate of ours may build on, directly. Tests may use the testkit and what the other crates offer besides.
ALLOWED = {
    "nextid-core": set(),
    "nextid-net": {"nextid-core"},
    "nextid-platforms": {"nextid-core", "nextid-net"},
    "nextid-service": {"nextid-core", "nextid-net"},
    "nextid-client": {"nextid-core", "nextid-net"},
    "proof-service": {"nextid-core", "nextid-net", "nextid-platforms", "nextid-service", "nextid-client"},
    "kv-service": {"nextid-core", "nextid-net", "nextid-service", "nextid-client"},
    "nextid-testkit": {"nextid-core"},
    # It measures programs that it starts, and has nothing of theirs in it but the rules.
    "nextid-bench": {"nextid-core"},
    # It breaks programs that it starts, as tests do.
    "nextid-chaos": {"nextid-core", "nextid-testkit"},
    # `nextid up --demo` starts the services and the testkit's stand-in for GitHub.
    "nextid-cli": {
        "nextid-core",
        "nextid-platforms",
        "nextid-service",
        "nextid-client",
        "nextid-testkit",
        "proof-service",
        "kv-service",
    },
}

# What nobody ships, and so may have all of the testkit.
DEVELOPMENT = {"nextid-chaos"}

# Libraries that only these crates may name.
ONLY = {
    "diesel": {"nextid-service", "proof-service", "kv-service", "nextid-testkit", "nextid-bench"},
    "diesel_migrations": {"nextid-service", "proof-service", "kv-service"},
    "r2d2": {"nextid-service"},
    "libsqlite3-sys": {"nextid-service", "nextid-testkit", "nextid-bench"},
    "reqwest": {"nextid-net", "nextid-client", "nextid-testkit", "nextid-chaos"},
    "hickory-resolver": {"nextid-platforms"},
    "hickory-proto": {"nextid-testkit"},
    "ethers-core": {"nextid-core"},
}

# Nothing of this may be anywhere below core, however deep.
CORE_IS_FREE_OF = ("tokio", "actix-rt", "actix-web", "diesel", "reqwest", "hyper", "hickory-resolver", "hickory-proto")

# Where a service may write diesel: its store, the schema and the migrations beside it.
STORE_FILE = re.compile(r"^src/(store|schema|migrations)(\.rs$|/)")
DIESEL = re.compile(r"\bdiesel(_migrations)?\b\s*(::|\{)|^\s*use\s+diesel", re.MULTILINE)


def ours(metadata):
    members = set(metadata["workspace_members"])
    return {package["name"]: package for package in metadata["packages"] if package["id"] in members}


def directions(packages):
    for name, package in packages.items():
        if name not in ALLOWED:
            yield f"{name} is not in scripts/lib/check_layout.py: say there what it may depend on"
            continue
        for dependency in package["dependencies"]:
            target, in_tests = dependency["name"], dependency["kind"] == "dev"
            if target in packages and not in_tests and target not in ALLOWED[name]:
                yield f"{name} may not depend on {target}"
            whole = dependency["features"] or dependency["uses_default_features"]
            if target == "nextid-testkit" and not in_tests and whole and name not in DEVELOPMENT:
                yield f"{name} may depend on {target} without features only: the rest is for tests"
            if target in ONLY and not in_tests and name not in ONLY[target]:
                yield f"{name} may not depend on {target}: only {', '.join(sorted(ONLY[target]))} may"


def below(metadata, root_id):
    """Every package that the given one is built with, tests aside."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    seen, waiting = set(), [root_id]
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            used = any(kind["kind"] != "dev" for kind in dependency["dep_kinds"])
            if used and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    return seen


def purity_of_core(metadata, packages):
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    found = {names[package] for package in below(metadata, packages["nextid-core"]["id"])}
    for name in CORE_IS_FREE_OF:
        if name in found:
            yield f"nextid-core is built with {name}: it has no I/O and no async"


def diesel_in_stores(root):
    for service in ("proof-service", "kv-service"):
        crate = root / "crates" / service
        for path in sorted(crate.glob("src/**/*.rs")):
            inside = path.relative_to(crate).as_posix()
            if not STORE_FILE.match(inside) and DIESEL.search(path.read_text(encoding="utf-8")):
                yield f"crates/{service}/{inside} uses diesel: only the store may"


def main():
    metadata = json.load(sys.stdin)
    packages = ours(metadata)
    problems = [
        *directions(packages),
        *purity_of_core(metadata, packages),
        *diesel_in_stores(pathlib.Path(sys.argv[1])),
    ]
    for problem in problems:
        print(f"layout: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"The layout of {len(packages)} crates holds.")


if __name__ == "__main__":
    main()
