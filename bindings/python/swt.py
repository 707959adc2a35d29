"""secure-web-token for Python: encrypted, device-bound session tokens, by ctypes over libswt (include/swt/swt.h).

    import swt

    with swt.Key.secret(os.environ["SWT_SECRET"]) as key, swt.RedisStore("redis://127.0.0.1") as store:
        engine = swt.Engine(key, store, audit=logging.getLogger("audit").info)

    grant = engine.sign({"userId": "alice", "role": "admin"}, client_key=request.json["publicKeyJwk"])
    try:
        claims = engine.verify(grant.token, cookie, proof=headers.get("x-dpop-proof"), method="GET", url="/profile")
    except swt.Rejected as rejected:       # 401, WWW-Authenticate: DPoP error="<rejected.challenge>"
        ...
    except swt.Unavailable:                # 503: neither "come in" nor "you are logged out"
        ...
    print(claims.user_id, claims.data["role"])
    engine.revoke(grant.session_id)

Text is str (sent as UTF-8) or bytes; None is "not given" and "" is given and empty. Moments are seconds since 1970 as
time.time() gives them, durations seconds. An Engine, a Key and a store may be used by many threads, a KeyRing by one
at a time. close() is optional, may be called twice, and waits for nobody: what is in use is freed when its last user is
done.
"""
from __future__ import annotations

import ctypes
import json
import logging
import math
from ctypes import byref, c_void_p
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping, Optional, Union

import _libswt as _c

__all__ = ["Key", "KeyRing", "MemoryStore", "RedisStore", "Engine", "Grant", "Claims", "SwtError", "UsageError",
           "Rejected", "TokenRejected", "ProofOrSessionRejected", "Unavailable", "InternalError", "thumbprint",
           "attempt", "version", "FOREVER"]

Text = Union[str, bytes]
FOREVER = math.inf

# -------------------------------------------------------------------------------------------------------------- errors


class SwtError(Exception):
    """Anything but success. message is for logs, never for a client; challenge is what a 401 may say."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.code: str = _lib.swt_status_name(status).decode()
        self.challenge: str = _lib.swt_status_challenge(status).decode()

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class UsageError(SwtError):
    """The program is wrong: an argument, a setting, a key. HTTP 500."""


class Rejected(SwtError):
    """The request is not let in. HTTP 401."""


class TokenRejected(Rejected):
    """The token is not good."""


class ProofOrSessionRejected(Rejected):
    """The proof or the session is not good."""


class Unavailable(SwtError):
    """The store could not answer for certain. HTTP 503."""


class InternalError(SwtError):
    """Memory, cryptography, a bug. HTTP 500."""


_CLASSES = {1: UsageError, 2: TokenRejected, 3: ProofOrSessionRejected, 4: Unavailable}


def _check(status: int, _function: Any, _arguments: Any) -> None:
    if status != 0:
        message = _lib.swt_last_error_message().decode("utf-8", "replace")
        raise _CLASSES.get(_lib.swt_status_class(status), InternalError)(status, message)


_lib = _c.load(_check)

# -------------------------------------------------------------------------------------------------------------- values


def _text(value: Optional[Text]) -> _c.Bytes:
    if value is None:
        return _c.Bytes(None, 0)
    # A lone surrogate, which a client can send, is for the library to refuse.
    raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(value)
    return _c.Bytes(raw, len(raw))


def _json(value: Union[None, Text, Mapping[str, Any]]) -> _c.Bytes:
    if value is None or isinstance(value, (str, bytes)):
        return _text(value)
    return _text(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def _texts(value: Union[None, Text, Iterable[Text]]) -> _c.BytesList:
    if value is None:
        return _c.BytesList(None, 0)
    views = [_text(item) for item in ([value] if isinstance(value, (str, bytes)) else value)]
    # One more, since items of an empty list must not be NULL: that would be "not given", and any issuer would do.
    return _c.BytesList((_c.Bytes * (len(views) + 1))(*views), len(views))


def _number(name: str, value: Optional[int], maximum: int = _c.NO_END) -> int:
    """None is the default, which is 0 in C: a lifetime that was computed as 0 must not become one of 15 minutes. And
    ctypes would cut off what does not fit. A negative number is for C to refuse."""
    if value is None:
        return 0
    if value == 0 or value > maximum or value < (-_c.NO_END if maximum == _c.NO_END else 0):
        raise UsageError(_c.ERR_ARGUMENT, f"{name} is out of its range; leave it out for the default")
    return value


def _millis(name: str, moment: Optional[float]) -> int:
    return _c.NO_END if moment == FOREVER else _number(name, None if moment is None else int(moment * 1000))


def _read(view: _c.View) -> str:
    return ctypes.string_at(view.data, view.len).decode("utf-8") if view.len else ""


@dataclass(frozen=True)
class Grant:
    """What sign and refresh give: the token for the client, the session id for an HttpOnly cookie."""
    token: str = field(repr=False)
    session_id: Optional[str] = field(repr=False)
    refresh_token: Optional[str] = field(repr=False)
    user_id: Union[str, int]
    expires_at: int
    legacy_uses: int


@dataclass(frozen=True)
class Claims:
    """What verify gives. payload is all that the token says, data the caller's part of it."""
    payload: dict[str, Any]
    data: dict[str, Any]
    user_id: Union[str, int]
    session_id: Optional[str]
    thumbprint: Optional[str]
    token_id: Optional[str]
    key_id: Optional[str]
    issued_at: int
    expires_at: int
    legacy_uses: int


class _Native:
    """A C handle, freed when the last that refers to it lets go. A call refers to it: a close() in another thread, or
    in an audit callback, does not pull it from under that call."""

    def __init__(self, noun: str, function: Any, *inputs: Any, keep: Any = None) -> None:
        self._free = None
        out = c_void_p()
        function(*inputs, byref(out))
        self._as_parameter_, self._keep = out.value, keep
        self._free = getattr(_lib, f"swt_{noun}_free")

    def __del__(self) -> None:
        if self._free is not None:
            self._free(self._as_parameter_)


class _Handle:
    """What C is handed after close() is NULL, and C answers that with an error."""
    _native: Optional[_Native] = None

    def close(self) -> None:
        self._native = None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: Any) -> None:
        self.close()


# ------------------------------------------------------------------------------------------------------ keys and stores


class Key(_Handle):
    """What tokens are signed and sealed with: see secret, private_pem and public_pem."""

    def __init__(self, function: Any, *inputs: Any) -> None:
        self._native = _Native("key", function, *inputs)

    @classmethod
    def secret(cls, secret: Text, encryption_secret: Optional[Text] = None, *,
               insecure_short_secret: bool = False) -> Key:
        return cls(_lib.swt_key_new_secret, _text(secret), _text(encryption_secret), int(insecure_short_secret))

    @classmethod
    def private_pem(cls, pem: Text, encryption_secret: Text, *, insecure_short_secret: bool = False) -> Key:
        return cls(_lib.swt_key_new_private_pem, _text(pem), _text(encryption_secret), int(insecure_short_secret))

    @classmethod
    def public_pem(cls, pem: Text, encryption_secret: Text, *, insecure_short_secret: bool = False) -> Key:
        return cls(_lib.swt_key_new_public_pem, _text(pem), _text(encryption_secret), int(insecure_short_secret))

    def public_half(self) -> Key:
        """The key that only checks, of one from private_pem."""
        return Key(_lib.swt_key_new_public_half, self._native)


class KeyRing(_Handle):
    """Several keys by their kid: one signs, the others are accepted for a time."""

    def __init__(self, signer: Optional[Key] = None, kid: Optional[Text] = None) -> None:
        self._native = _Native("keyring", _lib.swt_keyring_new)
        if signer is not None:
            _lib.swt_keyring_set_signer(self._native, signer._native, _text(kid))

    def accept(self, key: Key, kid: Text, until: float = FOREVER) -> KeyRing:
        _lib.swt_keyring_accept(self._native, key._native, _text(kid), _millis("until", until))
        return self


class Store(_Handle):
    """Where sessions and spent proofs are kept: a MemoryStore or a RedisStore."""

    def ping(self) -> None:
        """Raises Unavailable when the store cannot be used now."""
        _lib.swt_store_ping(self._native)


class MemoryStore(Store):
    def __init__(self, *, session_ttl: Optional[int] = None, max_sessions: Optional[int] = None,
                 max_proofs: Optional[int] = None) -> None:
        options = _c.MemoryOptions(session_ttl_s=_number("session_ttl", session_ttl),
                                 max_sessions=_number("max_sessions", max_sessions, 2**32 - 1),
                                 max_proofs=_number("max_proofs", max_proofs, 2**32 - 1))
        self._native = _Native("store", _lib.swt_store_memory_open, byref(options))


class RedisStore(Store):
    """It does not connect yet: see ping."""

    def __init__(self, url: Text, *, prefix: Optional[Text] = None, session_ttl: Optional[int] = None,
                 connect_timeout_ms: Optional[int] = None, command_timeout_ms: Optional[int] = None,
                 max_connections: Optional[int] = None, ca_file: Optional[Text] = None,
                 client_certificate_file: Optional[Text] = None, client_key_file: Optional[Text] = None) -> None:
        options = _c.RedisOptions(prefix=_text(prefix), session_ttl_s=_number("session_ttl", session_ttl),
                                connect_timeout_ms=_number("connect_timeout_ms", connect_timeout_ms),
                                command_timeout_ms=_number("command_timeout_ms", command_timeout_ms),
                                max_connections=_number("max_connections", max_connections, 2**32 - 1),
                                ca_file=_text(ca_file), client_certificate_file=_text(client_certificate_file),
                                client_key_file=_text(client_key_file))
        self._native = _Native("store", _lib.swt_store_redis_open, _text(url), byref(options))


# -------------------------------------------------------------------------------------------------------------- engine


def _trampoline(audit: Callable[[str], Any]) -> Any:
    def on_event(_user: Any, event: int) -> None:
        try:
            audit(_read(_lib.swt_event_json(event)))
        except Exception:  # it must not cross C; ctypes holds back the others, such as KeyboardInterrupt, by itself
            logging.getLogger(__name__).exception("the audit callback failed")

    return _c.AuditCallback(on_event)


class Engine(_Handle):
    """Key or key ring, store and settings, ready for use. audit is called with each event as one line of JSON.

    Without a store the engine is stateless: there are no sessions, and nothing can be revoked."""

    def __init__(self, key: Union[Key, KeyRing], store: Optional[Store] = None, *,
                 accept_legacy_until: Optional[float] = None, audit: Optional[Callable[[str], Any]] = None) -> None:
        config = _Native("config", _lib.swt_config_new)
        callback = _trampoline(audit) if audit is not None else None
        set_key = _lib.swt_config_set_keyring if isinstance(key, KeyRing) else _lib.swt_config_set_key
        set_key(config, key._native)
        if store is not None:
            _lib.swt_config_set_store(config, store._native)
        if accept_legacy_until is not None:
            _lib.swt_config_accept_legacy_until(config, _millis("accept_legacy_until", accept_legacy_until))
        if callback is not None:
            _lib.swt_config_set_audit(config, callback, None)
        self._native = _Native("engine", _lib.swt_engine_new, config, keep=callback)

    def sign(self, claims: Union[Mapping[str, Any], Text], *, client_key: Union[None, Mapping[str, Any], Text] = None,
             proof: Optional[Text] = None, method: Optional[Text] = None, url: Optional[Text] = None,
             host: Optional[Text] = None, lifetime: Optional[int] = None, refresh_token: bool = False,
             refresh_lifetime: Optional[int] = None, issuer: Optional[Text] = None, subject: Optional[Text] = None,
             audiences: Union[None, Text, Iterable[Text]] = None, now: Optional[float] = None) -> Grant:
        """A token for these claims, which need a userId, and a new session. client_key is a JWK, as a dict or JSON."""
        request = _c.SignRequest(
            data_json=_json(claims), client_key_jwk=_json(client_key), lifetime_s=_number("lifetime", lifetime),
            refresh_lifetime_s=_number("refresh_lifetime", refresh_lifetime), now_ms=_millis("now", now),
            flags=int(refresh_token), proof=_text(proof), method=_text(method), url=_text(url), host=_text(host),
            issuer=_text(issuer), subject=_text(subject), audiences=_texts(audiences))
        return _grant(_Native("grant", _lib.swt_sign, self._native, byref(request)))

    def verify(self, token: Optional[Text], session_id: Optional[Text] = None, *, proof: Optional[Text] = None,
               method: Optional[Text] = None, url: Optional[Text] = None, host: Optional[Text] = None,
               attempt: Optional[Text] = None, audiences: Union[None, Text, Iterable[Text]] = None,
               issuers: Union[None, Text, Iterable[Text]] = None, subject: Optional[Text] = None, leeway: int = 0,
               max_age: Optional[int] = None, now: Optional[float] = None) -> Claims:
        """Checks an access token, its proof and its session. Raises Rejected, or Unavailable."""
        request = _c.VerifyRequest(
            token=_text(token), session_id=_text(session_id), proof=_text(proof), method=_text(method), url=_text(url),
            host=_text(host), now_ms=_millis("now", now), attempt=_text(attempt),
            audiences=_texts(audiences), issuers=_texts(issuers), subject=_text(subject),
            leeway_s=leeway and _number("leeway", leeway), max_age_s=_number("max_age", max_age))
        return _claims(_Native("claims", _lib.swt_verify, self._native, byref(request)))

    def refresh(self, refresh_token: Optional[Text], session_id: Optional[Text] = None, *,
                proof: Optional[Text] = None, method: Optional[Text] = None, url: Optional[Text] = None,
                host: Optional[Text] = None, attempt: Optional[Text] = None,
                client_key: Union[None, Mapping[str, Any], Text] = None,
                claims: Union[None, Mapping[str, Any], Text] = None, lifetime: Optional[int] = None,
                refresh_lifetime: Optional[int] = None, insecure_reuse: bool = False,
                now: Optional[float] = None) -> Grant:
        """Trades a refresh token, which is good once, for the next pair; claims replace those of the session."""
        request = _c.RefreshRequest(
            refresh_token=_text(refresh_token), session_id=_text(session_id), proof=_text(proof), method=_text(method),
            url=_text(url), host=_text(host), attempt=_text(attempt), data_json=_json(claims),
            lifetime_s=_number("lifetime", lifetime), flags=int(insecure_reuse), now_ms=_millis("now", now),
            refresh_lifetime_s=_number("refresh_lifetime", refresh_lifetime), client_key_jwk=_json(client_key))
        return _grant(_Native("grant", _lib.swt_refresh, self._native, byref(request)))

    def revoke(self, session_id: Text) -> None:
        """Ends a session. One that is unknown or has ended is no error."""
        _lib.swt_revoke(self._native, _text(session_id))

    def open_unchecked_session(self, token: Text, *, now: Optional[float] = None) -> Claims:
        """Opens a token of either type for a look inside. Checks NOT whether it may be used: never let a request in."""
        return _claims(_Native("claims", _lib.swt_open_unchecked_session, self._native, _text(token),
                               _millis("now", now)))

    def set_keyring(self, ring: KeyRing) -> None:
        _lib.swt_engine_set_keyring(self._native, ring._native)

    def kill_key(self, kid: Text) -> None:
        """Stops accepting a key that got out, now and for the life of the engine."""
        _lib.swt_engine_kill_key(self._native, _text(kid))


def _grant(grant: _Native) -> Grant:
    return Grant(token=_read(_lib.swt_grant_token(grant)), session_id=_read(_lib.swt_grant_session_id(grant)) or None,
                 refresh_token=_read(_lib.swt_grant_refresh_token(grant)) or None,
                 user_id=json.loads(_read(_lib.swt_grant_user_id(grant))),
                 expires_at=_lib.swt_grant_expires_at(grant), legacy_uses=_lib.swt_grant_legacy_uses(grant))


def _claims(claims: _Native) -> Claims:
    payload = json.loads(_read(_lib.swt_claims_payload(claims)))
    return Claims(payload=payload, data=payload["data"], user_id=json.loads(_read(_lib.swt_claims_user_id(claims))),
                  session_id=_read(_lib.swt_claims_session_id(claims)) or None,
                  thumbprint=_read(_lib.swt_claims_thumbprint(claims)) or None,
                  token_id=_read(_lib.swt_claims_token_id(claims)) or None,
                  key_id=_read(_lib.swt_claims_key_id(claims)) or None,
                  issued_at=_lib.swt_claims_issued_at(claims), expires_at=_lib.swt_claims_expires_at(claims),
                  legacy_uses=_lib.swt_claims_legacy_uses(claims))


# --------------------------------------------------------------------------------------------------------------- small


def thumbprint(jwk: Union[Mapping[str, Any], Text]) -> str:
    """The RFC 7638 thumbprint of a public P-256 JWK."""
    out = ctypes.create_string_buffer(44)
    _lib.swt_jwk_thumbprint(_json(jwk), out)
    return out.value.decode()


def attempt() -> str:
    """A new name for one incoming request, for several verify of it that bring the same proof."""
    out = ctypes.create_string_buffer(23)
    _lib.swt_attempt_new(out)
    return out.value.decode()


def version() -> str:
    return _lib.swt_version_details().decode()
