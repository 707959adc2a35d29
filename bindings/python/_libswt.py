"""libswt as ctypes sees it: the structs and functions of include/swt/swt.h, version 1, and nothing more. See swt.py."""
from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, Structure, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any, Callable

ABI_VERSION = 1
ERR_ARGUMENT = 101
NO_END = 2**63 - 1


class Bytes(Structure):
    """swt_bytes as an argument. ctypes keeps the bytes alive with this struct, and with one that it is copied into."""
    _fields_ = [("data", c_char_p), ("len", c_size_t)]


class View(Structure):
    """swt_bytes as a result. c_char_p would end the text at its first NUL."""
    _fields_ = [("data", c_void_p), ("len", c_size_t)]

class BytesList(Structure):
    _fields_ = [("items", POINTER(Bytes)), ("count", c_size_t)]


class Sized(Structure):
    def __init__(self, **members: Any) -> None:
        super().__init__(struct_size=ctypes.sizeof(self), **members)


class MemoryOptions(Sized):
    _fields_ = [("struct_size", c_size_t), ("session_ttl_s", c_int64), ("max_sessions", c_uint32),
                ("max_proofs", c_uint32)]


class RedisOptions(Sized):
    _fields_ = [("struct_size", c_size_t), ("prefix", Bytes), ("session_ttl_s", c_int64),
                ("connect_timeout_ms", c_int64), ("command_timeout_ms", c_int64), ("max_connections", c_uint32),
                ("reserved", c_uint32), ("ca_file", Bytes), ("client_certificate_file", Bytes),
                ("client_key_file", Bytes)]


class SignRequest(Sized):
    _fields_ = [("struct_size", c_size_t), ("data_json", Bytes), ("client_key_jwk", Bytes), ("lifetime_s", c_int64),
                ("refresh_lifetime_s", c_int64), ("now_ms", c_int64), ("flags", c_uint32), ("reserved", c_uint32),
                ("proof", Bytes), ("method", Bytes), ("url", Bytes), ("host", Bytes), ("issuer", Bytes),
                ("subject", Bytes), ("audiences", BytesList)]


class VerifyRequest(Sized):
    _fields_ = [("struct_size", c_size_t), ("token", Bytes), ("session_id", Bytes), ("proof", Bytes),
                ("method", Bytes), ("url", Bytes), ("host", Bytes), ("now_ms", c_int64), ("attempt", Bytes),
                ("audiences", BytesList), ("issuers", BytesList), ("subject", Bytes), ("leeway_s", c_int64),
                ("max_age_s", c_int64)]


class RefreshRequest(Sized):
    _fields_ = [("struct_size", c_size_t), ("refresh_token", Bytes), ("session_id", Bytes), ("proof", Bytes),
                ("method", Bytes), ("url", Bytes), ("host", Bytes), ("attempt", Bytes), ("data_json", Bytes),
                ("lifetime_s", c_int64), ("refresh_lifetime_s", c_int64), ("now_ms", c_int64), ("flags", c_uint32),
                ("reserved", c_uint32), ("client_key_jwk", Bytes)]


AuditCallback = ctypes.CFUNCTYPE(None, c_void_p, c_void_p)
_OUT = POINTER(c_void_p)

# Functions that return a swt_status, by their arguments.
CALLS = {
    "swt_key_new_secret": [Bytes, Bytes, c_uint32, _OUT],
    "swt_key_new_private_pem": [Bytes, Bytes, c_uint32, _OUT],
    "swt_key_new_public_pem": [Bytes, Bytes, c_uint32, _OUT],
    "swt_key_new_public_half": [c_void_p, _OUT],
    "swt_keyring_new": [_OUT],
    "swt_keyring_set_signer": [c_void_p, c_void_p, Bytes],
    "swt_keyring_accept": [c_void_p, c_void_p, Bytes, c_int64],
    "swt_store_memory_open": [POINTER(MemoryOptions), _OUT],
    "swt_store_redis_open": [Bytes, POINTER(RedisOptions), _OUT],
    "swt_store_ping": [c_void_p],
    "swt_config_new": [_OUT],
    "swt_config_set_key": [c_void_p, c_void_p],
    "swt_config_set_keyring": [c_void_p, c_void_p],
    "swt_config_set_store": [c_void_p, c_void_p],
    "swt_config_accept_legacy_until": [c_void_p, c_int64],
    "swt_config_set_audit": [c_void_p, AuditCallback, c_void_p],
    "swt_engine_new": [c_void_p, _OUT],
    "swt_engine_set_keyring": [c_void_p, c_void_p],
    "swt_engine_kill_key": [c_void_p, Bytes],
    "swt_sign": [c_void_p, POINTER(SignRequest), _OUT],
    "swt_verify": [c_void_p, POINTER(VerifyRequest), _OUT],
    "swt_refresh": [c_void_p, POINTER(RefreshRequest), _OUT],
    "swt_revoke": [c_void_p, Bytes],
    "swt_open_unchecked_session": [c_void_p, Bytes, c_int64, _OUT],
    "swt_jwk_thumbprint": [Bytes, c_char_p],
    "swt_attempt_new": [c_char_p],
}
FREES = ["key", "keyring", "store", "config", "engine", "grant", "claims"]
VIEWS = ["grant_token", "grant_session_id", "grant_refresh_token", "grant_user_id", "claims_payload",
          "claims_user_id", "claims_session_id", "claims_thumbprint", "claims_token_id", "claims_key_id", "event_json"]
TIMES = ["grant_expires_at", "claims_issued_at", "claims_expires_at"]


def load(check: Callable[[int, Any, Any], None]) -> ctypes.CDLL:
    """check is called with the status of each function that returns one, and raises."""
    path = os.environ.get("SWT_LIBRARY", "libswt.so.0")
    library = ctypes.CDLL(path)
    library.swt_abi_version.restype = c_uint32
    if library.swt_abi_version() < ABI_VERSION:  # a later one only has more
        raise ImportError(f"{path} has version {library.swt_abi_version()} of the interface; {ABI_VERSION} is needed")

    def declare(name: str, restype: Any, *argtypes: Any) -> None:
        function = getattr(library, name)
        function.restype, function.argtypes = restype, argtypes

    for name in ("swt_status_name", "swt_status_challenge"):
        declare(name, c_char_p, c_int32)
    declare("swt_status_class", c_int32, c_int32)
    declare("swt_last_error_message", c_char_p)
    declare("swt_version_details", c_char_p)
    for noun in FREES:
        declare(f"swt_{noun}_free", None, c_void_p)
    for getter in VIEWS:
        declare(f"swt_{getter}", View, c_void_p)
    for getter in TIMES:
        declare(f"swt_{getter}", c_int64, c_void_p)
    for noun in ("grant", "claims"):
        declare(f"swt_{noun}_legacy_uses", c_uint32, c_void_p)
    for name, arguments in CALLS.items():
        declare(name, c_int32, *arguments)
        getattr(library, name).errcheck = check
    return library
