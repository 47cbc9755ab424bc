"""Asks both services without a pause until a file appears, and counts what fails.

load.py STOP_FILE PROOF_URL KV_URL CERTIFICATE: reads, and payloads (POST), over connections that are kept open.
"""

import http.client
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

AVATAR = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9"
LONGEST_SECONDS = 120
PAYLOADS = {
    "proof": ("/v1/proof/payload", {"action": "create", "platform": "github", "identity": "octocat", "public_key": AVATAR}),
    "kv": ("/v1/kv/payload", {"avatar": AVATAR, "platform": "nextid", "identity": AVATAR, "patch": {"a": 1}}),
}
READS = {
    "proof": [f"/v1/proofchain?avatar={AVATAR}", f"/v1/proof?platform=nextid&identity={AVATAR}&exact=true", "/healthz"],
    "kv": [f"/v1/kv?avatar={AVATAR}", "/healthz"],
}


class Client(threading.Thread):
    """One connection, one request after the other."""

    def __init__(self, service, url, context, stop_file):
        super().__init__()
        self.service, self.url, self.context, self.stop_file = service, urllib.parse.urlsplit(url), context, stop_file
        self.done, self.failures, self.slowest = 0, [], 0.0

    def requests(self):
        path, body = PAYLOADS[self.service]
        while True:
            yield "POST", path, json.dumps(body)
            for path_read in READS[self.service]:
                yield "GET", path_read, None

    def run(self):
        connection = None
        until = time.monotonic() + LONGEST_SECONDS
        for method, path, body in self.requests():
            if os.path.exists(self.stop_file) or time.monotonic() > until:
                return
            started = time.monotonic()
            try:
                if connection is None:
                    connection = http.client.HTTPSConnection(self.url.netloc, timeout=30, context=self.context)
                connection.request(method, path, body)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(f"{method} {path}: {answer.status}")
                if answer.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{method} {path}: {error!r}")
                connection.close()
                connection = None
            self.done += 1
            self.slowest = max(self.slowest, time.monotonic() - started)


def main():
    stop_file, proof_url, kv_url, certificate = sys.argv[1:]
    context = ssl.create_default_context(cafile=certificate)
    clients = [Client(name, url, context, stop_file) for name, url in (("proof", proof_url), ("kv", kv_url)) * 4]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    failures = [failure for client in clients for failure in client.failures]
    done, slowest = sum(client.done for client in clients), max(client.slowest for client in clients)
    print(f"{done} requests, {len(failures)} failed, the slowest took {slowest * 1000:.0f} ms")
    for failure in failures[:10]:
        print(f"  {failure}")
    sys.exit(1 if failures or done < 100 else 0)


main()
