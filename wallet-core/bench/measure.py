"""Measures one wallet against one issuer: usage: measure.py ISSUER STRIPPED-LIBRARY. Ends with 1 when a limit is passed."""

import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import passid_wallet_core as core
from round_trip import Keystore

ISSUER, LIBRARY = sys.argv[1:]
ROUNDS = int(os.environ.get("PASSID_BENCH_ROUNDS", "7"))
MEBIBYTE = 1024 * 1024
# Approving may take this many times the proof and one round trip; opening this long; proving this much memory; the library this large.
RATIO, OPEN_SECONDS, PROVING_BYTES, LIBRARY_BYTES = 1.3, 0.015, 64 * MEBIBYTE, 24 * MEBIBYTE


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(url, body=None, key=None):
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    if key:
        request.add_header("X-Institution-Key", key)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def agree_at_the_bank(address):
    """What the person does in the sandbox bank's pages."""
    asked = re.search(r'name="request" value="([^"]*)"', ask(address))[1]
    form = urllib.parse.urlencode({"request": asked, "customer": "amara", "decision": "approve"}).encode()
    try:
        urllib.request.build_opener(NoRedirect).open(urllib.parse.urljoin(address, "authorize/decision"), form)
    except urllib.error.HTTPError as answer:
        ask(answer.headers["Location"])


def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


async def main():
    home, keystore = tempfile.mkdtemp(), Keystore()
    settings = core.WalletSettings(data_directory=home, issuer=ISSUER, environment="sandbox")
    wallet = await core.open_wallet(settings, keystore)
    await wallet.register()
    link = await wallet.link_bank((await wallet.banks())[0].id, "Amara Osei")
    agree_at_the_bank(link.authorization_url)
    await wallet.request_credential(link.link_id, "GB")
    onboard = {"name": "Bench", "email": "bench@bank.example", "password": "correct horse battery staple"}
    key = re.search(r"sk_sandbox_[0-9A-Za-z]+", ask(f"{ISSUER}/api/institution/onboard", onboard))[0]

    async def approve():
        session = json.loads(ask(f"{ISSUER}/v1/sessions", {"permissions": ["income_verified", "identity_verified"]}, key))
        review = await wallet.review(session["deepLink"])
        began = time.perf_counter()
        shared = await wallet.approve(review.session, review.request_hash, None, None)
        return time.perf_counter() - began, shared.prove_milliseconds / 1_000

    opens = []
    for _ in range(ROUNDS):
        await wallet.lock()
        began = time.perf_counter()
        wallet = await core.open_wallet(settings, keystore)
        opens.append(time.perf_counter() - began)
    # The first attempt reads the proving key; what it adds to the process is what a phone must have free.
    with open("/proc/self/clear_refs", "w", encoding="ascii") as peak:
        peak.write("5")
    before = status("VmRSS")
    await approve()
    proving = status("VmHWM") - before
    attempts = [await approve() for _ in range(ROUNDS)]
    trips = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask(f"{ISSUER}/.well-known/passid-issuer")
        trips.append(time.perf_counter() - began)
    await wallet.lock()

    total, proof, trip = statistics.median(a for a, _ in attempts), statistics.median(p for _, p in attempts), statistics.median(trips)
    rows = [
        ("from approve to fulfilled / (proof + round trip)", total / (proof + trip), RATIO, "", f"{total * 1e3:.0f} ms / ({proof * 1e3:.0f} + {trip * 1e3:.1f} ms)"),
        ("opening the vault", statistics.median(opens) * 1e3, OPEN_SECONDS * 1e3, "ms", f"median of {ROUNDS}"),
        ("memory added by a first attempt", proving / MEBIBYTE, PROVING_BYTES / MEBIBYTE, "MiB", "peak of the process less what it had before"),
        ("stripped library", os.path.getsize(LIBRARY) / MEBIBYTE, LIBRARY_BYTES / MEBIBYTE, "MiB", os.uname().machine),
    ]
    for name, value, limit, unit, note in rows:
        print(f"{name:50} {value:8.2f} {unit:3} limit {limit:6.2f}  {'ok  ' if value <= limit else 'OVER'}  {note}")
    return all(value <= limit for _, value, limit, _, _ in rows)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
