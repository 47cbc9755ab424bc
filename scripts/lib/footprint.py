"""Measures start, memory and size of the two services. Called by scripts/footprint: DIRECTORY RUNS."""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SERVICES = ("proof-service", "kv-service")
GOALS = {"start_ms": 50.0, "memory_mb": 30.0, "size_mb": 12.0}
REQUESTS = 100
# A service that has not answered after this is not slow but broken.
START_LIMIT_SECONDS = 10.0
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def free_ports(count):
    """Ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for held in sockets:
            held.bind(("127.0.0.1", 0))
        return [held.getsockname()[1] for held in sockets]


def ask(port):
    """The status of GET /healthz, or None while nobody listens. A refused connect costs some 20 microseconds."""
    with socket.socket() as connection:
        connection.settimeout(START_LIMIT_SECONDS)
        if connection.connect_ex(("127.0.0.1", port)) != 0:
            return None
        connection.sendall(REQUEST)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return int(answer.split(b" ", 2)[1])


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1_000_000
    raise RuntimeError(f"process {pid} has no VmRSS")


def wait_until_healthy(process, port, started, log):
    while time.perf_counter() - started < START_LIMIT_SECONDS:
        status = ask(port)
        if status == 200:
            return (time.perf_counter() - started) * 1000
        if process.poll() is not None:
            break
        # Leaves the core to the service; finer than what is reported.
        time.sleep(0.0002)
    log.seek(0)
    raise RuntimeError(f"no healthy answer on port {port}:\n{log.read().decode(errors='replace')}")


def run_once(program, directory, database):
    """One start: milliseconds to the first healthy answer, MB then, and MB after some requests."""
    port, admin_port = free_ports(2)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEXTID")}
    for name in ("DATABASE_URL", "PORT"):
        environment.pop(name, None)
    environment |= {
        "NEXTID__SERVER__LISTEN": f"127.0.0.1:{port}",
        "NEXTID__SERVER__ADMIN_LISTEN": f"127.0.0.1:{admin_port}",
        "NEXTID__DATABASE__URL": f"sqlite://{database}",
    }
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [program], env=environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            start_ms = wait_until_healthy(process, port, started, log)
            idle = resident_mb(process.pid)
            for _ in range(REQUESTS):
                if ask(port) != 200:
                    raise RuntimeError("a request after the start was not answered with 200")
            used = resident_mb(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return start_ms, idle, used


def verdict(value, goal):
    return "ok" if value <= goal else "MISSED"


def report(name, program, runs):
    """Prints one service; true when every goal is met."""
    with tempfile.TemporaryDirectory() as directory:
        # A start on an empty database runs the migrations, which happens once in a service's life.
        first = run_once(program, directory, os.path.join(directory, "first.db"))
        database = os.path.join(directory, "service.db")
        run_once(program, directory, database)
        samples = [run_once(program, directory, database) for _ in range(runs)]
    starts, idle, used = zip(*samples)
    start, memory, size = statistics.median(starts), max(used), os.path.getsize(program) / 1_000_000
    verdicts = {
        "start_ms": verdict(start, GOALS["start_ms"]),
        "memory_mb": verdict(memory, GOALS["memory_mb"]),
        "size_mb": verdict(size, GOALS["size_mb"]),
    }
    print(f"{name} (release, SQLite, {runs} starts)")
    print(
        f"  exec to healthy    min {min(starts):6.1f}  median {start:6.1f}  max {max(starts):6.1f} ms"
        f"   goal {GOALS['start_ms']:.0f} ms: {verdicts['start_ms']}"
    )
    print(f"    with a new database, migrations included: {first[0]:.1f} ms")
    print(
        f"  resident memory    idle {max(idle):.1f} MB, after {REQUESTS} requests {memory:.1f} MB"
        f"   goal {GOALS['memory_mb']:.0f} MB: {verdicts['memory_mb']}"
    )
    print(f"  size of program    {size:.1f} MB   goal {GOALS['size_mb']:.0f} MB: {verdicts['size_mb']}")
    return "MISSED" not in verdicts.values()


def main():
    directory, runs = sys.argv[1], int(sys.argv[2])
    if not sys.platform.startswith("linux"):
        sys.exit("error: resident memory is read from /proc, which only Linux has")
    try:
        met = [report(name, os.path.join(directory, name), runs) for name in SERVICES]
    except (RuntimeError, OSError) as error:
        sys.exit(f"error: {error}")
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
