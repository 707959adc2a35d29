"""Tests of swt.py. Run them with

    SWT_LIBRARY=/path/to/libswt.so.0 python3 bindings/python/test_swt.py

They need the openssl command, and redis-server for one of them, which is skipped without it.
"""
import base64
import gc
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import swt  # noqa: E402

SECRET = "d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"
SEALING_SECRET = "7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


def encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Client:
    """What a browser does: it holds a P-256 key and makes a proof for each request."""

    def __init__(self):
        self.pem = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        point = openssl("pkey", "-pubout", "-outform", "DER", stdin=self.pem)[-64:]
        self.jwk = {"kty": "EC", "crv": "P-256", "x": encode(point[:32]), "y": encode(point[32:])}

    def proof(self, url="/profile", method="GET", legacy=False):
        jti = {} if legacy else {"jti": encode(os.urandom(16))}
        payload = json.dumps({"url": url, "method": method, "timestamp": int(time.time()), **jti})
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.pem)
            file.flush()
            signature = openssl("dgst", "-sha256", "-sign", file.name, stdin=payload.encode())
        return encode(json.dumps({"jwk": self.jwk, "payload": payload, "signature": encode(signature)}).encode())


class SwtTest(unittest.TestCase):
    def setUp(self):
        self.events = []
        self.key = swt.Key.secret(SECRET, SEALING_SECRET)
        self.engine = swt.Engine(self.key, swt.MemoryStore(), audit=self.events.append)

    def assertRefused(self, error, code, call, *arguments, **options):
        with self.assertRaises(swt.SwtError) as caught:
            call(*arguments, **options)
        self.assertIs(type(caught.exception), error)
        self.assertEqual(caught.exception.code, code)
        self.assertNotEqual(caught.exception.message, "")
        return caught.exception


class Sessions(SwtTest):
    def test_claims_come_back_as_they_were_signed(self):
        data = {"userId": "jürgen ☃ 🔑", "roles": ["admin", "日本"], "n": 9007199254740991, "f": 1.5, "o": {}, "no": None}
        grant = self.engine.sign(data, lifetime=60, issuer="issuer", subject="s", audiences=["api", "web"])
        claims = self.engine.verify(grant.token, grant.session_id, method="GET", url="/profile", audiences="api",
                                    issuers=["other", "issuer"], subject="s", max_age=60)
        self.assertEqual(claims.data, data)
        self.assertEqual(claims.payload["aud"], ["api", "web"])
        self.assertEqual(claims.user_id, data["userId"])
        self.assertEqual((claims.session_id, claims.expires_at), (grant.session_id, grant.expires_at))
        self.assertEqual(claims.expires_at - claims.issued_at, 60)
        self.assertIsNone(claims.thumbprint)
        self.assertIsNone(claims.key_id)
        self.assertIsNone(grant.refresh_token)

    def test_a_numeric_user_id_stays_a_number(self):
        grant = self.engine.sign('{"userId":7}')
        self.assertEqual(self.engine.verify(grant.token, grant.session_id).user_id, 7)

    def test_expectations_that_do_not_hold_are_refused(self):
        grant = self.engine.sign({"userId": 1}, issuer="i", subject="s", audiences="api")
        given = (self.engine.verify, grant.token, grant.session_id)
        self.assertRefused(swt.TokenRejected, "token_audience", *given)
        self.assertRefused(swt.TokenRejected, "token_audience", *given, audiences=["web"])
        self.assertRefused(swt.TokenRejected, "token_issuer", *given, audiences="api", issuers="other")
        self.assertRefused(swt.TokenRejected, "token_subject", *given, audiences="api", subject="other")
        self.assertRefused(swt.TokenRejected, "token_age", *given, audiences="api", max_age=5, now=time.time() + 60)

    def test_a_revoked_session_is_refused(self):
        grant = self.engine.sign({"userId": "alice"})
        self.engine.verify(grant.token, grant.session_id)
        self.engine.revoke(grant.session_id)
        self.engine.revoke("no session id")
        error = self.assertRefused(swt.ProofOrSessionRejected, "session_revoked", self.engine.verify, grant.token,
                                   grant.session_id)
        self.assertEqual((error.status, error.challenge), (352, "invalid_token"))
        self.assertIsInstance(error, swt.Rejected)
        self.assertEqual(self.engine.open_unchecked_session(grant.token).user_id, "alice")

    def test_a_tampered_token_is_refused(self):
        grant = self.engine.sign({"userId": "alice"})
        body, signature = grant.token.rsplit(".", 1)
        forged = f"{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
        self.assertRefused(swt.TokenRejected, "token_authentication", self.engine.verify, forged, grant.session_id)

    def test_an_expired_token_is_refused(self):
        grant = self.engine.sign({"userId": "alice"}, lifetime=1)
        given = (self.engine.verify, grant.token, grant.session_id)
        self.assertRefused(swt.TokenRejected, "token_expired", *given, now=grant.expires_at + 1)
        self.engine.verify(grant.token, grant.session_id, now=grant.expires_at + 1, leeway=30)
        time.sleep(max(0, grant.expires_at - time.time()) + 0.1)
        self.assertRefused(swt.TokenRejected, "token_expired", *given)

    def test_what_no_token_can_be_is_refused_as_a_token(self):
        grant = self.engine.sign({"userId": "alice"})
        for token in (None, "", b"\xff\xfe", "\ud800", "☃", grant.token + "\0", "\0" + grant.token):
            self.assertRefused(swt.TokenRejected, "token_malformed", self.engine.verify, token, grant.session_id)
        self.assertRefused(swt.ProofOrSessionRejected, "session_missing", self.engine.verify, grant.token)
        self.assertRefused(swt.ProofOrSessionRejected, "session_revoked", self.engine.verify, grant.token,
                           grant.session_id + "\0")
        self.assertRefused(swt.ProofOrSessionRejected, "session_mismatch", self.engine.verify, grant.token,
                           self.engine.sign({"userId": "alice"}).session_id)

    def test_without_a_store_there_is_no_session(self):
        engine = swt.Engine(self.key)
        grant = engine.sign({"userId": "alice"})
        self.assertIsNone(grant.session_id)
        self.assertEqual(engine.verify(grant.token).user_id, "alice")
        self.assertRefused(swt.UsageError, "store_required", engine.revoke, "x")

    def test_a_grant_does_not_show_its_tokens(self):
        grant = self.engine.sign({"userId": "alice"}, refresh_token=True)
        self.assertIn("alice", repr(grant))
        for secret in (grant.token, grant.refresh_token, grant.session_id):
            self.assertNotIn(secret, f"{grant} {grant!r}")


class Proofs(SwtTest):
    @classmethod
    def setUpClass(cls):
        cls.client = Client()

    def test_a_proof_is_good_once_and_for_its_request(self):
        client = self.client
        grant = self.engine.sign({"userId": "alice"}, client_key=client.jwk)
        proof = client.proof()

        def verify(proof=None, url="/profile", **options):
            return self.engine.verify(grant.token, grant.session_id, proof=proof, method="GET", url=url, **options)

        self.assertEqual(verify(proof).thumbprint, swt.thumbprint(client.jwk))
        self.assertRefused(swt.ProofOrSessionRejected, "proof_replayed", verify, proof)
        error = self.assertRefused(swt.ProofOrSessionRejected, "proof_url", verify, client.proof(), "/admin")
        self.assertEqual(error.challenge, "invalid_dpop_proof")
        self.assertRefused(swt.ProofOrSessionRejected, "proof_missing", verify)
        self.assertRefused(swt.ProofOrSessionRejected, "proof_method", verify, client.proof(method="POST"))
        self.assertRefused(swt.ProofOrSessionRejected, "proof_binding", verify, Client().proof())

        shared, attempt = client.proof(), swt.attempt()
        verify(shared, attempt=attempt)
        verify(shared, attempt=attempt)
        self.assertRefused(swt.ProofOrSessionRejected, "proof_replayed", verify, shared, attempt=swt.attempt())

    def test_the_host_of_an_absolute_proof_is_compared(self):
        grant = self.engine.sign(json.dumps({"userId": 1}), client_key=json.dumps(self.client.jwk))
        proof = self.client.proof("https://a.example/profile")
        given = dict(proof=proof, method="GET", url="/profile")
        self.assertRefused(swt.ProofOrSessionRejected, "proof_url", self.engine.verify, grant.token, grant.session_id,
                           host="b.example", **given)
        self.engine.verify(grant.token, grant.session_id, host="a.example", **given)

    def test_what_3_0_1_wrote_is_accepted_on_demand_only(self):
        grant = self.engine.sign({"userId": "alice"}, client_key=self.client.jwk)
        request = dict(proof=self.client.proof(legacy=True), method="GET", url="/profile")
        self.assertRefused(swt.ProofOrSessionRejected, "proof_legacy", self.engine.verify, grant.token,
                           grant.session_id, **request)
        for until in (swt.FOREVER, time.time() + 60):
            engine = swt.Engine(self.key, swt.MemoryStore(), accept_legacy_until=until)
            grant = engine.sign({"userId": "alice"}, client_key=self.client.jwk)
            self.assertEqual(engine.verify(grant.token, grant.session_id, **request).legacy_uses, 2)

    def test_a_login_can_be_bound_by_its_own_proof(self):
        login = dict(proof=self.client.proof("/login", "POST"), method="POST", url="/login")
        grant = self.engine.sign({"userId": "alice"}, **login)
        self.assertEqual(self.engine.open_unchecked_session(grant.token).thumbprint, swt.thumbprint(self.client.jwk))
        self.assertRefused(swt.ProofOrSessionRejected, "proof_url", self.engine.sign, {"userId": "alice"},
                           **{**login, "url": "/other"})


class Refresh(SwtTest):
    def test_a_refresh_token_is_good_once(self):
        first = self.engine.sign({"userId": "alice", "role": "user"}, refresh_token=True)
        second = self.engine.refresh(first.refresh_token, claims={"userId": "alice", "role": "admin"})
        self.assertEqual(second.session_id, first.session_id)
        self.assertNotIn(second.refresh_token, (None, first.refresh_token))
        self.assertEqual(self.engine.verify(second.token, second.session_id).data["role"], "admin")
        self.assertRefused(swt.TokenRejected, "token_type", self.engine.verify, second.refresh_token, second.session_id)

        given = (self.engine.refresh, first.refresh_token, first.session_id)
        self.assertRefused(swt.ProofOrSessionRejected, "refresh_superseded", *given)
        self.engine.verify(second.token, second.session_id)

    def test_a_bound_refresh_token_needs_a_proof(self):
        client = Client()
        grant = self.engine.sign({"userId": 1}, client_key=client.jwk, refresh_token=True, refresh_lifetime=3600)
        request = dict(method="POST", url="/refresh")
        self.assertRefused(swt.ProofOrSessionRejected, "proof_missing", self.engine.refresh, grant.refresh_token,
                           **request)
        self.engine.refresh(grant.refresh_token, grant.session_id, proof=client.proof("/refresh", "POST"), **request)


class Keys(SwtTest):
    def check_pem(self, *genpkey):
        pem = openssl("genpkey", *genpkey)
        public_pem = openssl("pkey", "-pubout", stdin=pem)
        private = swt.Key.private_pem(pem, SEALING_SECRET)
        grant = swt.Engine(private).sign({"userId": "alice"})
        for public in (private.public_half(), swt.Key.public_pem(public_pem.decode(), SEALING_SECRET)):
            with swt.Engine(public) as engine:
                self.assertEqual(engine.verify(grant.token).user_id, "alice")
                self.assertRefused(swt.UsageError, "key", engine.sign, {"userId": "alice"})
        self.assertRefused(swt.TokenRejected, "token_algorithm", self.engine.verify, grant.token)
        self.assertRefused(swt.UsageError, "key", swt.Key.public_pem, pem, SEALING_SECRET)

    def test_an_rsa_key_signs_and_its_public_half_checks(self):
        self.check_pem("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")

    def test_an_ec_key_signs_and_its_public_half_checks(self):
        self.check_pem("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")

    def test_a_secret_is_bytes_of_any_kind(self):
        first = os.urandom(16) + b"\0\xff" + os.urandom(16)
        second = first[:-1] + bytes([first[-1] ^ 1])  # the same up to the NUL
        token = swt.Engine(swt.Key.secret(first)).sign({"userId": 1}).token
        self.assertEqual(swt.Engine(swt.Key.secret(first)).verify(token).user_id, 1)
        self.assertRefused(swt.TokenRejected, "token_authentication", swt.Engine(swt.Key.secret(second)).verify, token)

    def test_a_key_is_changed_without_logging_anybody_out(self):
        old, new = swt.Key.secret(SECRET), swt.Key.secret(SEALING_SECRET)
        engine = swt.Engine(swt.KeyRing(old, "2024"))
        before = engine.sign({"userId": 1})
        self.assertEqual(engine.verify(before.token).key_id, "2024")

        engine.set_keyring(swt.KeyRing(new, "2025").accept(old, "2024", until=time.time() + 600))
        self.assertEqual(engine.verify(before.token).key_id, "2024")
        self.assertEqual(engine.verify(engine.sign({"userId": 1}).token).key_id, "2025")
        self.assertRefused(swt.TokenRejected, "token_key", engine.verify, before.token, now=time.time() + 700)
        engine.kill_key("2024")
        self.assertRefused(swt.TokenRejected, "token_key", engine.verify, before.token)

        forever = swt.Engine(swt.KeyRing(new, "2025").accept(old, "2024"))
        self.assertEqual(forever.verify(before.token).key_id, "2024")
        self.assertRefused(swt.UsageError, "key_id", swt.KeyRing(new, "a").accept, old, "a")


class Misuse(SwtTest):
    def test_mistakes_of_the_program_are_usage_errors(self):
        usage, sign = swt.UsageError, self.engine.sign
        self.assertRefused(usage, "secret_too_short", swt.Key.secret, "hunter2")
        self.assertRefused(usage, "key", swt.Key.secret, openssl("genpkey", "-algorithm", "ED25519"))
        self.assertRefused(usage, "key", swt.Key.secret, SECRET, "")
        self.assertRefused(usage, "user_id", sign, {"role": "admin"})
        self.assertRefused(usage, "data", sign, {"userId": "\ud800"})
        self.assertRefused(usage, "data", sign, {"userId": "a\0b"})
        self.assertRefused(usage, "data", sign, b'{"userId":"\xff"}')
        self.assertRefused(usage, "data_too_large", sign, {"userId": 1, "text": "x" * 9000})
        self.assertRefused(usage, "client_key", sign, {"userId": 1}, client_key={"kty": "oct"})
        self.assertRefused(usage, "lifetime", sign, {"userId": 1}, lifetime=-1)
        self.assertRefused(usage, "argument", swt.RedisStore, "http://127.0.0.1")
        self.assertRefused(usage, "argument", swt.RedisStore, "rediss://127.0.0.1")
        with self.assertRaises(usage):
            swt.RedisStore("rediss://127.0.0.1", ca_file="/no/such/file")
        self.assertRefused(usage, "argument", swt.RedisStore, "redis://127.0.0.1", prefix="{")
        self.assertRefused(usage, "argument", self.engine.verify, "x", method="GET")
        self.assertRefused(usage, "client_key", swt.thumbprint, "{}")

    def test_a_number_is_neither_cut_off_nor_taken_for_the_default(self):
        grant = self.engine.sign({"userId": 1})
        self.assertRefused(swt.UsageError, "argument", self.engine.sign, {"userId": 1}, lifetime=0)
        self.assertRefused(swt.UsageError, "argument", self.engine.sign, {"userId": 1}, lifetime=2**64 + 60)
        self.assertRefused(swt.UsageError, "argument", self.engine.verify, grant.token, grant.session_id, max_age=0)
        self.assertRefused(swt.UsageError, "argument", self.engine.verify, grant.token, grant.session_id, leeway=2**64)
        self.assertRefused(swt.UsageError, "argument", self.engine.verify, grant.token, grant.session_id, issuers=[])
        self.assertRefused(swt.UsageError, "argument", swt.MemoryStore, max_sessions=2**32 + 1)

    def test_what_is_closed_is_not_used_and_may_be_closed_again(self):
        store = swt.MemoryStore()
        for handle in (self.engine, store, self.key):
            handle.close()
            handle.close()
        self.assertRefused(swt.UsageError, "argument", self.engine.sign, {"userId": 1})
        self.assertRefused(swt.UsageError, "argument", swt.Engine, self.key)
        self.assertRefused(swt.UsageError, "argument", swt.Engine, swt.Key.secret(SECRET), store)
        self.assertRefused(swt.UsageError, "argument", store.ping)

    def test_an_engine_outlives_what_it_was_made_from(self):
        with swt.Key.secret(SECRET) as key, swt.MemoryStore() as store:
            engine = swt.Engine(key, store)
        gc.collect()
        grant = engine.sign({"userId": 1})
        self.assertEqual(engine.verify(grant.token, grant.session_id).user_id, 1)

    def test_many_objects_are_made_and_freed(self):
        for number in range(1, 2001):
            engine = swt.Engine(swt.Key.secret(SECRET), swt.MemoryStore(), audit=lambda line: None)
            grant = engine.sign({"userId": number})
            self.assertEqual(engine.verify(grant.token, grant.session_id).user_id, number)
            if number % 2:
                engine.close()

    def test_a_close_waits_for_the_calls_of_other_threads(self):
        for _ in range(50):
            engine, failures = swt.Engine(self.key, swt.MemoryStore()), []

            def work(engine=engine, failures=failures):
                try:
                    while True:
                        engine.sign({"userId": 1})
                except swt.UsageError as error:
                    failures.append(error.code)

            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            engine.close()
            for thread in threads:
                thread.join()
            self.assertEqual(failures, ["argument"] * 3)


class Audit(SwtTest):
    def test_events_arrive_as_lines_of_json(self):
        grant = self.engine.sign({"userId": "jürgen"})
        self.engine.verify(grant.token, grant.session_id)
        with self.assertRaises(swt.Rejected):
            self.engine.verify("no token", grant.session_id)
        self.engine.revoke(grant.session_id)
        events = [json.loads(line) for line in self.events]
        self.assertEqual([event["event"] for event in events], ["sign", "verify_success", "verify_failure", "revoke"])
        self.assertEqual([event["code"] for event in events], ["ok", "ok", "token_malformed", "ok"])
        self.assertEqual((events[0]["userId"], events[0]["sessionId"]), ("jürgen", grant.session_id))

    def test_a_callback_that_throws_changes_nothing(self):
        def audit(line):
            engine.close()
            raise RuntimeError("the log is full")

        engine = swt.Engine(self.key, audit=audit)
        with self.assertLogs("swt", logging.ERROR):
            grant = engine.sign({"userId": "alice"})
        self.assertEqual(swt.Engine(self.key).verify(grant.token).user_id, "alice")

        refusing = swt.Engine(self.key, audit=lambda line: 1 / 0)
        with self.assertLogs("swt", logging.ERROR):
            self.assertRefused(swt.TokenRejected, "token_malformed", refusing.verify, "no token")

    def test_a_callback_is_kept_as_long_as_its_engine(self):
        lines = []
        engine = swt.Engine(self.key, audit=lambda line: lines.append(line))
        gc.collect()
        engine.sign({"userId": 1})
        self.assertEqual(len(lines), 1)


class Stores(SwtTest):
    def check_session(self, store):
        with swt.Engine(self.key, store) as engine, swt.Engine(self.key, store) as other:
            grant = engine.sign({"userId": "alice"}, refresh_token=True)
            self.assertEqual(other.verify(grant.token, grant.session_id).user_id, "alice")
            other.refresh(grant.refresh_token)
            other.revoke(grant.session_id)
            self.assertRefused(swt.ProofOrSessionRejected, "session_revoked", engine.verify, grant.token,
                               grant.session_id)

    def test_a_redis_that_is_not_there_is_unavailable(self):
        store = swt.RedisStore("redis://127.0.0.1:1", connect_timeout_ms=500)
        engine = swt.Engine(self.key, store)
        error = self.assertRefused(swt.Unavailable, "store_connection", engine.sign, {"userId": 1})
        self.assertEqual(error.challenge, "")
        self.assertRefused(swt.Unavailable, "store_connection", store.ping)
        grant = self.engine.sign({"userId": 1})
        self.assertRefused(swt.Unavailable, "store_connection", engine.verify, grant.token, grant.session_id)

    def test_a_full_memory_store_is_unavailable(self):
        engine = swt.Engine(self.key, swt.MemoryStore(max_sessions=2))
        kept = engine.sign({"userId": 1})
        engine.sign({"userId": 2})
        self.assertRefused(swt.Unavailable, "store_full", engine.sign, {"userId": 3})
        engine.verify(kept.token, kept.session_id)

    def test_a_session_of_a_memory_store(self):
        self.check_session(swt.MemoryStore(session_ttl=3600))

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_a_session_in_redis(self):
        with socket.socket() as free, tempfile.TemporaryDirectory() as directory:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            free.close()
            server = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                                       "--dir", directory], stdout=subprocess.DEVNULL)
            try:
                store = swt.RedisStore(f"redis://127.0.0.1:{port}/0", prefix="test:", session_ttl=3600,
                                       command_timeout_ms=5000)
                self.wait_for(store)
                self.check_session(store)
            finally:
                server.terminate()
                server.wait()

    def wait_for(self, store):
        deadline = time.monotonic() + 20
        while True:
            try:
                return store.ping()
            except swt.Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


class Module(unittest.TestCase):
    def test_the_version_names_the_library(self):
        self.assertIn("secure-web-token", swt.version())

    def test_a_thumbprint_is_that_of_rfc_7638(self):
        client = Client()
        members = json.dumps({name: client.jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        digest = openssl("dgst", "-sha256", "-binary", stdin=members.encode())
        self.assertEqual(swt.thumbprint(client.jwk), encode(digest))


if __name__ == "__main__":
    unittest.main(verbosity=2)
