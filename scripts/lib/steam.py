"""A stand-in for Steam that knows every custom name, so that making a payload asks nobody on the internet.

Prints its address and answers until it is stopped.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROFILE = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?><profile>
<steamID64>76561198092541763</steamID64><steamID><![CDATA[somebody]]></steamID>
<privacyState>public</privacyState><customURL><![CDATA[somebody]]></customURL><summary><![CDATA[]]></summary>
</profile>"""


class Profile(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(PROFILE)))
        self.end_headers()
        self.wfile.write(PROFILE)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Profile)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
