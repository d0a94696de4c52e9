"""Drives every exported function of the wallet core through its Python bindings.

The keystore is a Python class that works, locks, throws something unexpected, and lies. The issuer is a few lines of HTTP that keep
accounts and sessions but sign nothing: what needs a real credential must fail with the documented code, and is shown end to end elsewhere.
"""

import hashlib
import http.server
import json
import os
import tempfile
import threading
import unittest
from datetime import datetime, timedelta, timezone

import passid_wallet_core as core

SESSION = "req_01hzk3vw0kg9m2x4p6r8t0v2w5"
INSTITUTION = "ins_01hzk3vw0kg9m2x4p6r8t0v2w4"
LINK = f"passid://verify-request?r={SESSION}&i={INSTITUTION}"
USER = "usr_01hzk3vw0kg9m2x4p6r8t0v2w6"
BANK_LINK = "lnk_01hzk3vw0kg9m2x4p6r8t0v2w7"


def rfc3339(seconds_from_now):
    moment = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=seconds_from_now)
    return moment.isoformat().replace("+00:00", "Z")


class Issuer(http.server.BaseHTTPRequestHandler):
    """Answers as the issuer does, without signatures."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def problem(self, status, code, **more):
        self.answer(status, {"type": f"/problems/{code}", "title": code, "status": status, "code": code, "detail": "", **more})

    def do_GET(self):
        match self.path:
            case "/.well-known/passid-issuer":
                bank = {"id": "sandbox", "name": "Sandbox Bank", "environment": "sandbox"}
                self.answer(200, {
                    "issuer": "https://issuer.test", "jwks_uri": "x", "claim_schema": "passid_claims_v1", "policy_version": "p",
                    "model_version": "m", "circuit": {}, "bank_providers": [bank, {**bank, "environment": "live"}],
                })
            case "/.well-known/jwks.json":
                self.answer(200, {"keys": []})
            case "/v1/wallet/credentials":
                self.answer(200, [])
            case path if path == f"/v1/wallet/bank-links/{BANK_LINK}":
                self.answer(200, {"link_id": BANK_LINK, "provider": "sandbox", "status": "authorised", "expires_at": rfc3339(9000)})
            case path if path == f"/v1/sessions/{SESSION}/public":
                self.answer(200, {
                    "requestId": SESSION, "institution": {"id": INSTITUTION, "name": "Acme Bank", "approved": False},
                    "environment": "sandbox", "permissions": ["income_verified"],
                    "predicates": [{"claim": "income_monthly", "operator": ">=", "bound": 250000}], "one_time": True,
                    "expiresAt": rfc3339(600), "expiresInSeconds": 600,
                })
            case path if path == f"/api/v1/bridge/share/user/{USER}":
                self.answer(200, {"data": []})
            case _:
                self.problem(404, "not_found")

    recovery_keys = []

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Issuer.recovery_keys = [body["recovery_key"]]
        self.send_response(204)
        self.end_headers()

    def do_DELETE(self):
        Issuer.recovery_keys = []
        self.send_response(204)
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if not self.headers["Idempotency-Key"]:
            return self.problem(400, "malformed_request")
        match self.path:
            case "/v1/wallet/challenge":
                self.answer(200, {"challenge": "Y2hhbGxlbmdl", "expires_at": rfc3339(60)})
            case "/v1/wallet/rebind" if not Issuer.recovery_keys:
                self.problem(401, "unauthenticated")
            case "/v1/wallet/register" | "/v1/wallet/token" | "/v1/wallet/rebind":
                self.answer(200, {"user_id": USER, "access_token": "token", "expires_in": 600})
            case "/v1/wallet/bank-links":
                self.answer(201, {
                    "link_id": BANK_LINK, "provider": "sandbox", "status": "awaiting_authorisation",
                    "authorization_url": "https://bank.test/authorize?state=1", "expires_at": rfc3339(9000),
                })
            case "/v1/wallet/credentials":
                self.problem(429, "rate_limited", retry_after=7)
            case path if path == f"/v1/sessions/{SESSION}/decline":
                self.answer(200, {"status": "declined"})
            case _:
                self.problem(404, "not_found")


class Keystore(core.PlatformKeystore):
    """Seals with a toy cipher (a hash as a pad, and a tag): enough to bind role, key and associated data."""

    def __init__(self):
        self.key = os.urandom(32)
        self.mood = "works"
        self.calls = []

    def pad(self, role, data, length):
        return hashlib.shake_256(self.key + role.name.encode() + data).digest(length)

    def tag(self, role, data, sealed):
        return hashlib.sha256(self.key + b"tag" + role.name.encode() + data + sealed).digest()

    def feel(self, role):
        self.calls.append((role, threading.current_thread() is threading.main_thread()))
        if self.mood == "locked":
            raise core.KeystoreFailure.Locked()
        if self.mood == "throws":
            raise RuntimeError("a secret the core must not repeat")

    def seal(self, role, associated_data, secret):
        self.feel(role)
        sealed = bytes(a ^ b for a, b in zip(secret, self.pad(role, associated_data, len(secret))))
        return sealed + self.tag(role, associated_data, sealed)

    def open(self, role, associated_data, sealed):
        self.feel(role)
        if self.mood == "lies":
            return b"\x07" * 32
        body, tag = sealed[:-32], sealed[-32:]
        if tag != self.tag(role, associated_data, body):
            raise core.KeystoreFailure.Invalidated()
        return bytes(a ^ b for a, b in zip(body, self.pad(role, associated_data, len(body))))

    def destroy(self, role):
        self.feel(role)

    def describe(self):
        return core.KeystoreDescription(guarded_by_system=True, asks_for_presence=True)


class Listener(core.AttemptListener):
    def on_stage(self, stage):
        raise RuntimeError("a listener that throws harms nobody")


class RoundTrip(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
        cls.server.daemon_threads = True
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.keystore = Keystore()
        self.addCleanup(self.home.cleanup)

    def settings(self, **changes):
        values = {"data_directory": self.home.name, "issuer": f"http://127.0.0.1:{self.server.server_port}", "environment": "sandbox"}
        return core.WalletSettings(**{**values, **changes})

    async def open(self, **changes):
        return await core.open_wallet(self.settings(**changes), self.keystore)

    async def registered(self):
        wallet = await self.open()
        await wallet.register()
        return wallet

    async def fails(self, kind, code, awaitable):
        with self.assertRaises(kind) as caught:
            await awaitable
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    def test_the_version_is_that_of_the_core(self):
        self.assertRegex(core.core_version(), r"^\d+\.\d+\.\d+$")

    async def test_an_account_is_made_and_survives_closing(self):
        wallet = await self.open()
        await self.fails(core.WalletFailure.NotRegistered, "not_registered", wallet.credentials(False))
        account = await wallet.register()
        self.assertEqual((account.user_id, account.issuer, account.environment), (USER, "https://issuer.test", "sandbox"))
        await self.fails(core.WalletFailure.Vault, "vault_in_use", self.open())
        await wallet.lock()
        await self.fails(core.WalletFailure.Vault, "vault_closed", wallet.register())
        again = await self.open()
        self.assertEqual((await again.register()).user_id, USER)
        self.assertEqual(await again.credentials(True), [])
        await again.lock()

    async def test_a_keystore_that_locks_throws_or_lies(self):
        wallet = await self.registered()
        await wallet.lock()
        for mood, kind, code in [
            ("locked", core.WalletFailure.Keystore, "keystore_locked"),
            ("throws", core.WalletFailure.Keystore, "keystore_unavailable"),
            ("lies", core.WalletFailure.Vault, "vault_wrong_key"),
        ]:
            self.keystore.mood = mood
            failure = await self.fails(kind, code, self.open())
            self.assertNotIn("must not repeat", str(failure))
        self.keystore.mood = "works"
        right, self.keystore.key = self.keystore.key, os.urandom(32)
        await self.fails(core.WalletFailure.Keystore, "keystore_invalidated", self.open())
        self.keystore.key = right
        await (await self.open()).lock()
        self.assertEqual({role for role, _ in self.keystore.calls}, {core.KeystoreRole.VAULT, core.KeystoreRole.CONSENT})
        self.assertFalse(any(on_main for _, on_main in self.keystore.calls), "the keystore is asked on threads of its own")

    async def test_another_environment_stands_beside_and_locks_with_it(self):
        wallet = await self.registered()
        other = wallet.beside(self.settings().issuer, "live", [])
        await self.fails(core.WalletFailure.NotRegistered, "not_registered", other.credentials(False))
        self.assertEqual((await other.register()).environment, "live")
        with self.assertRaises(core.WalletFailure.Input):
            wallet.beside("http://issuer.example", "live", [])
        await wallet.lock()
        await self.fails(core.WalletFailure.Vault, "vault_closed", other.register())

    async def test_banks_are_listed_and_linked(self):
        wallet = await self.registered()
        self.assertEqual([(bank.id, bank.name) for bank in await wallet.banks()], [("sandbox", "Sandbox Bank")])
        link = await wallet.link_bank("sandbox", "Amara Osei")
        self.assertEqual((link.link_id, link.status), (BANK_LINK, "awaiting_authorisation"))
        self.assertTrue(link.authorization_url.startswith("https://bank.test/"))
        self.assertEqual((await wallet.bank_link(BANK_LINK)).status, "authorised")
        failure = await self.fails(core.WalletFailure.Issuer, "rate_limited", wallet.request_credential(BANK_LINK, "GB"))
        self.assertEqual(failure.retry_after, 7)
        await self.fails(core.WalletFailure.Credential, "credential_none", wallet.renew_credential())
        await self.fails(core.WalletFailure.Credential, "credential_unknown", wallet.delete_credential("crd_01hzk3vw0kg9m2x4p6r8t0v2w7"))
        await wallet.lock()

    async def test_a_request_is_reviewed_approved_in_vain_and_declined(self):
        wallet = await self.registered()
        review = await wallet.review(LINK)
        self.assertEqual((review.session, review.verifier_name, review.verifier_approved), (SESSION, "Acme Bank", False))
        self.assertEqual([line.permission for line in review.claims], ["income_verified", None])
        self.assertEqual(review.predicates[0].text.parameters["what"], "Your monthly income")
        self.assertIsNone(review.predicates[0].met)
        self.assertEqual([text.key for text in review.warnings], ["warning.unapproved_institution", "warning.sandbox"])
        self.assertEqual(review.obstacle.key, "obstacle.no_credential")
        self.assertRegex(review.request_hash, "^[0-9a-f]{64}$")

        handle = core.AttemptHandle()
        handle.cancel()
        attempt = wallet.approve(review.session, review.request_hash, handle, Listener())
        await self.fails(core.WalletFailure.Credential, "credential_none", attempt)
        await wallet.decline(review.session, "not now")
        await self.fails(core.WalletFailure.Presentation, "already_declined", wallet.decline(review.session, None))
        self.assertEqual(await wallet.resume_attempts(), {})

        entry, = await wallet.history()
        self.assertEqual((entry.way, entry.verifier, entry.outcome, entry.permissions), ("session", "Acme Bank", "declined", ["income_verified"]))
        self.assertEqual(json.loads(await wallet.export_history())["entries"][0]["outcome"], "declined")
        await wallet.keep_history(False)
        self.assertEqual(await wallet.delete_history(entry.id), 1)
        self.assertEqual(await wallet.history(), [])
        await wallet.lock()

    async def test_shares_without_a_credential(self):
        wallet = await self.registered()
        share = core.ShareRequest(permissions=["income_verified"], audience=None, lifetime_seconds=600)
        await self.fails(core.WalletFailure.Credential, "credential_none", wallet.create_share(share, None, None))
        self.assertEqual(await wallet.shares(False), [])
        self.assertEqual(await wallet.shares(True), [])
        await self.fails(core.WalletFailure.Issuer, "not_found", wallet.revoke_share("shr_01hzk3vw0kg9m2x4p6r8t0v2w7"))
        await wallet.lock()

    async def test_a_backup_moves_the_account_and_can_be_withdrawn(self):
        wallet = await self.registered()
        await wallet.decline(SESSION, None)
        await self.fails(core.WalletFailure.Backup, "passphrase_too_short", wallet.backup("short", False))
        plain = await wallet.backup("a long passphrase", False)
        opened = len(self.keystore.calls)
        with_secret = await wallet.backup("a long passphrase", True)
        self.assertEqual([role for role, _ in self.keystore.calls[opened:]], [core.KeystoreRole.CONSENT])
        self.keystore.mood = "locked"
        await self.fails(core.WalletFailure.Keystore, "keystore_locked", wallet.backup("a long passphrase", True))
        self.keystore.mood = "works"
        for backup, same in [(plain, False), (with_secret, True)]:
            with tempfile.TemporaryDirectory() as home:
                other = await core.open_wallet(self.settings(data_directory=home), Keystore())
                await self.fails(core.WalletFailure.Backup, "backup_wrong_passphrase", other.restore(backup, "another passphrase"))
                await self.fails(core.WalletFailure.Backup, "backup_malformed", other.restore(b"x" * 100, "a long passphrase"))
                restored = await other.restore(backup, "a long passphrase")
                self.assertEqual((restored.user_id, restored.history_lines, restored.same_applicant), (USER, 1, same))
                self.assertEqual([entry.outcome for entry in await other.history()], ["declined"])
                await self.fails(core.WalletFailure.Backup, "backup_wallet_in_use", other.restore(backup, "a long passphrase"))
                await other.lock()
        await wallet.withdraw_backups()
        with tempfile.TemporaryDirectory() as home:
            other = await core.open_wallet(self.settings(data_directory=home), Keystore())
            await self.fails(core.WalletFailure.Backup, "backup_withdrawn", other.restore(plain, "a long passphrase"))
            await other.lock()
        await wallet.lock()

    async def test_sentences_days_and_amounts_in_two_languages(self):
        french, english = core.WalletLanguage.FRENCH, core.WalletLanguage.ENGLISH
        self.assertEqual(core.language_of_locale("fr_CA.UTF-8"), french)
        self.assertEqual(core.language_of_locale("de"), english)
        wallet = await self.registered()
        review = await wallet.review(LINK)
        sentence = review.predicates[0].text
        self.assertEqual(core.say(sentence, english), sentence.english)
        self.assertTrue(core.say(sentence, french).startswith("Votre revenu mensuel est d’au moins "))
        await wallet.lock()
        self.assertEqual(core.format_date(1_773_756_131, 3_600, french), "17 mars 2026")
        self.assertEqual(core.format_countdown(65, english), "1 min 5 s")
        self.assertEqual(core.format_money(250_000, "GBP", english), "£2,500.00")
        with self.assertRaises(core.WalletFailure.Input):
            core.format_money(1, "pounds", english)
        with self.assertRaises(core.WalletFailure.Input):
            core.format_date(2**62, 0, english)

    async def test_malformed_input_is_refused_by_name(self):
        for changes in [{"issuer": "http://issuer.example"}, {"environment": "production"}, {"certificate_pins": ["sha256/short"]}]:
            await self.fails(core.WalletFailure.Input, "input_malformed", self.open(**changes))
        wallet = await self.registered()
        for text in ["", "passid://verify-request?r=1&i=2", LINK + "&x=1", "x" * 100_000, "\x00"]:
            await self.fails(core.WalletFailure.Request, "request_malformed", wallet.review(text))
        for awaitable in [
            wallet.approve("x", "0" * 64, None, None),
            wallet.approve(SESSION, "0" * 63, None, None),
            wallet.decline("x", None),
            wallet.bank_link("x"),
            wallet.request_credential(BANK_LINK, "Britain"),
            wallet.delete_credential("x"),
            wallet.revoke_share("x"),
            wallet.create_share(core.ShareRequest(permissions=["everything"], audience=None, lifetime_seconds=600), None, None),
            wallet.create_share(core.ShareRequest(permissions=["income_verified"], audience="x", lifetime_seconds=600), None, None),
        ]:
            await self.fails(core.WalletFailure.Input, "input_malformed", awaitable)
        await wallet.lock()

    def test_every_exported_function_is_driven(self):
        """A function added to the face without a test here is noticed."""
        with open(__file__, encoding="utf-8") as source:
            text = source.read()
        exported = [name for name in dir(core.MobileWallet) if not name.startswith("_")]
        self.assertGreater(len(exported), 15)
        self.assertEqual([name for name in exported if not any(f"{holder}.{name}(" in text for holder in ("wallet", "again", "other"))], [])
        functions = [name for name in core.__all__ if name.islower() and callable(getattr(core, name))]
        self.assertGreater(len(functions), 6)
        self.assertEqual([name for name in functions if f"core.{name}(" not in text], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
