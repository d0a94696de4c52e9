"""Checks deliveries with Python's standardwebhooks: each must be accepted as it arrived, and refused in every changed form."""

import json
import sys

from standardwebhooks.webhooks import Webhook


def refused(name, verify):
    try:
        verify()
    except Exception:  # Libraries raise different things; that they raise is what counts.
        return
    raise SystemExit(f"accepted although it must be refused: {name}")


count = 0
for line in sys.stdin:
    delivery = json.loads(line)
    secret, headers, body = delivery["secret"], delivery["headers"], delivery["body"]
    event = Webhook(secret).verify(body, headers)
    assert event["id"] == headers["webhook-id"], "another event than its header says"
    refused("another secret", lambda: Webhook(delivery["other_secret"]).verify(body, headers))
    refused("another body", lambda: Webhook(secret).verify(body + " ", headers))
    refused("another id", lambda: Webhook(secret).verify(body, headers | {"webhook-id": "evt_other"}))
    older = str(int(headers["webhook-timestamp"]) - 301)
    refused("an older time", lambda: Webhook(secret).verify(body, headers | {"webhook-timestamp": older}))
    count += 1
assert count >= 6, f"only {count} deliveries"
print("Python standardwebhooks accepts every delivery, and no changed one")
