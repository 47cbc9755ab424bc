"""ask.py METHOD URL [BODY]: prints the status on the first line and the body after it. NEXTID_TEST_CERTIFICATE is trusted."""

import os
import ssl
import sys
import urllib.error
import urllib.request

method, url = sys.argv[1:3]
body = sys.argv[3].encode() if len(sys.argv) > 3 else None
context = ssl.create_default_context(cafile=os.environ["NEXTID_TEST_CERTIFICATE"]) if url.startswith("https") else None
request = urllib.request.Request(url, data=body, method=method)
try:
    with urllib.request.urlopen(request, timeout=15, context=context) as answer:
        status, content = answer.status, answer.read()
except urllib.error.HTTPError as error:
    status, content = error.code, error.read()
except OSError as error:
    status, content = 0, str(error).encode()
sys.stdout.buffer.write(f"{status}\n".encode() + content)
