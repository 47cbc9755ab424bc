"""dashboard.py DIRECTORY PROMETHEUS: what Grafana would show is there, and Prometheus answers every query of it."""

import json
import pathlib
import sys
import time
import urllib.parse
import urllib.request

# Panels that must have something to show as soon as both services run and are asked.
FILLED = ("Replicas", "Build", "Requests", "Half are faster than", "99 of 100 are faster than", "Slowest routes")
LIMIT_SECONDS = 60


def ask(prometheus, path):
    with urllib.request.urlopen(f"{prometheus}/api/v1/{path}", timeout=15) as answer:
        return json.load(answer)["data"]


def query(prometheus, expression):
    expression = expression.replace("$__rate_interval", "1m")
    return ask(prometheus, "query?" + urllib.parse.urlencode({"query": expression}))["result"]


def expressions(panel):
    return [target["expr"] for target in panel.get("targets", [])]


def problems(directory, prometheus):
    dashboard = json.loads((directory / "grafana/dashboards/nextid.json").read_text(encoding="utf-8"))
    source = (directory / "grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8")
    targets = ask(prometheus, "targets")["activeTargets"]
    for job in ("proof-service", "kv-service"):
        if not any(target["labels"]["job"] == job and target["health"] == "up" for target in targets):
            yield f"Prometheus does not reach {job}"
    for rule in (rule for group in ask(prometheus, "rules")["groups"] for rule in group["rules"]):
        if rule["health"] == "err":
            yield f"the alert {rule['name']}: {rule['lastError']}"
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(ids) != len(set(ids)):
        yield "two panels have the same id"
    for panel in dashboard["panels"]:
        if panel["type"] != "row" and f"uid: {panel['datasource']['uid']}" not in source:
            yield f"{panel['title']}: no such data source"
        results = [query(prometheus, expression) for expression in expressions(panel)]
        if panel["title"] in FILLED and not all(results):
            yield f"{panel['title']}: there is nothing to show"
    missing = set(FILLED) - {panel["title"] for panel in dashboard["panels"]}
    if missing:
        yield f"there is no panel {missing}"


def main():
    directory, prometheus = pathlib.Path(sys.argv[1]), sys.argv[2]
    until = time.monotonic() + LIMIT_SECONDS
    # A rate needs two scrapes.
    while (found := list(problems(directory, prometheus))) and time.monotonic() < until:
        time.sleep(1)
    for problem in found:
        print(f"  {problem}")
    sys.exit(1 if found else 0)


main()
