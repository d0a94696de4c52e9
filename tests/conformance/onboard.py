"""Waits for the server and onboards a workspace; prints what onboarding answers."""

import json
import sys
import time
import urllib.error
import urllib.request

url = sys.argv[1]
deadline = time.monotonic() + 30
while True:
    try:
        urllib.request.urlopen(url + "/readyz", timeout=2).read()
        break
    except (urllib.error.URLError, ConnectionError):
        if time.monotonic() > deadline:
            sys.exit("the server does not answer")
        time.sleep(0.1)
body = json.dumps({"name": "Conformance Bank", "email": "ada@conformance.example", "password": "correct horse battery staple"})
request = urllib.request.Request(url + "/api/institution/onboard", body.encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=30).read().decode())
