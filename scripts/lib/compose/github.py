"""A stand-in for GitHub's gist API in a container of its own: as much of it as a binding needs."""

import json
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GISTS = {}
OWNERS = {}


class Gists(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/":
            self.answer(200, {"message": "This is a stand-in for GitHub's gist API, not GitHub."})
        elif self.path in GISTS:
            self.answer(200, GISTS[self.path])
        else:
            self.answer(404, {"message": "Not Found", "status": "404"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        login = self.headers["X-Stand-In-Login"]
        owner = OWNERS.setdefault(login.lower(), {"login": login, "id": 1_000_001 + len(OWNERS), "type": "User"})
        gist = uuid.uuid4().hex
        files = {
            name: {"filename": name, "size": len(file["content"]), "truncated": False, "content": file["content"]}
            for name, file in body["files"].items()
        }
        GISTS[f"/gists/{gist}"] = {"id": gist, "owner": owner, "public": True, "truncated": False, "files": files}
        self.answer(201, GISTS[f"/gists/{gist}"])

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


ThreadingHTTPServer(("", 8080), Gists).serve_forever()
