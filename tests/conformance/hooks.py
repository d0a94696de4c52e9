"""What schemathesis sends, changed where it would only cost time."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """A poll that waits for an answer nobody gives holds a worker for up to 25 seconds and shows nothing."""
    query = case.query or {}
    if str(query.get("wait", "")).isdigit() and 1 < int(query["wait"]) <= 25:
        query["wait"] = 0
