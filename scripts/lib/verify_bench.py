"""Measures `nextid chain verify`. Called by scripts/verify-bench: DIRECTORY of the programs, LINKS."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

KINDS = ("posts", "wallets", "kv")
# For 100,000 links.
SECONDS, MEGABYTES = 20, 100


def verify(program, path):
    """Seconds and peak memory (MB) of one check, on one core."""
    core = min(os.sched_getaffinity(0))
    started = time.monotonic()
    process = subprocess.Popen(
        [program, "chain", "verify", path],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status != 0:
        sys.exit(f"{path} does not verify: status {status}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def main():
    programs, links = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    failed = False
    print(f"{links:,} links      file  seconds  of them on the core  links/s  peak memory")
    with tempfile.TemporaryDirectory() as directory:
        for kind in KINDS:
            path = os.path.join(directory, f"{kind}.jsonl")
            with open(path, "wb") as out:
                subprocess.run([programs / "examples" / "long_chain", kind, str(links)], stdout=out, check=True)
            seconds, busy, memory = verify(programs / "nextid", path)
            size = os.path.getsize(path) / 1e6
            os.remove(path)
            print(
                f"{kind:<15} {size:4.0f} MB  {seconds:6.1f}  {busy:18.1f}  {links / seconds:8,.0f}  {memory:8.0f} MB"
            )
            failed = failed or seconds >= SECONDS or memory >= MEGABYTES
    if failed:
        sys.exit(f"The goal for 100,000 links is under {SECONDS} s and under {MEGABYTES} MB.")


if __name__ == "__main__":
    main()
