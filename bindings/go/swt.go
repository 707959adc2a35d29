// Package swt makes and checks encrypted, device-bound session tokens, by cgo over libswt.
//
//	key, err := swt.NewSecretKey(secret, &swt.KeyOptions{EncryptionSecret: otherSecret})
//	store, err := swt.NewMemoryStore(nil)
//	engine, err := swt.NewEngine(swt.EngineOptions{Key: key, Store: store})
//	defer engine.Close()
//
//	grant, err := engine.Sign(swt.SignRequest{Data: map[string]any{"userId": "alice"}})
//	claims, err := engine.Verify(swt.VerifyRequest{
//		Token: grant.Token, SessionID: grant.SessionID, Method: r.Method, URL: r.RequestURI,
//	})
//	if errors.Is(err, swt.ErrRejected) { … 401 … }
//
// What each setting means stands in swt.h, under the same name. Everything here may be used by any number of goroutines
// at once. Close frees a handle once nobody is using it; what nobody closed, the garbage collector frees.
//
// To build with a libswt that pkg-config knows, add the tag pkgconfig: go build -tags pkgconfig. Otherwise say in the
// environment where header and library are:
//
//	CGO_CFLAGS="-I/path/to/include" CGO_LDFLAGS="-L/path/to/lib -lswt -Wl,-rpath,/path/to/lib" go build
package swt

/*
#include <stdlib.h>
#include <swt/swt.h>
*/
import "C"

import (
	"fmt"
	"math"
	"unsafe"
)

func init() {
	if found := uint32(C.swt_abi_version()); found < C.SWT_ABI_VERSION {
		panic(fmt.Sprintf("swt: libswt has interface %d, older than the %d of its header", found, C.SWT_ABI_VERSION))
	}
}

// NoEnd is "for ever", for moments in milliseconds since 1970.
const NoEnd int64 = math.MaxInt64

// Version names the library's version and those of the libraries that it uses, in one line for logs.
func Version() string { return C.GoString(C.swt_version_details()) }

// String returns a pointer to a text, for settings where an empty text and none are two things.
func String(text string) *string { return &text }

// Thumbprint returns the RFC 7638 thumbprint of a client's public P-256 key, a JWK.
func Thumbprint(jwk []byte) (string, error) {
	var memory arena
	defer memory.free()
	view := memory.bytes(jwk)
	var out [C.SWT_THUMBPRINT_LEN + 1]C.char
	err := call(func() C.swt_status { return C.swt_jwk_thumbprint(view, &out[0]) })
	return C.GoString(&out[0]), err
}

// NewAttempt names one incoming request, for several Verify calls about it.
func NewAttempt() (string, error) {
	var out [C.SWT_ATTEMPT_LEN + 1]C.char
	err := call(func() C.swt_status { return C.swt_attempt_new(&out[0]) })
	return C.GoString(&out[0]), err
}

// Key is what tokens are signed and sealed with.
type Key struct{ handle }

// KeyOptions are the settings of a key; nil for the defaults.
type KeyOptions struct {
	// EncryptionSecret is what tokens are sealed with. Mandatory with a PEM. Nil is none; empty is an error.
	EncryptionSecret []byte
	// InsecureShortSecret accepts a secret under 32 bytes, for the time of its change.
	InsecureShortSecret bool
}

// NewSecretKey makes a key from a secret of at least 32 bytes.
func NewSecretKey(secret []byte, options *KeyOptions) (*Key, error) {
	return newKey(secret, options, func(a, b C.swt_bytes, flags C.uint32_t, out **C.swt_key) C.swt_status {
		return C.swt_key_new_secret(a, b, flags, out)
	})
}

// NewPrivateKey makes a key that signs from a private key in PEM, RSA or EC on P-256.
func NewPrivateKey(pem []byte, options *KeyOptions) (*Key, error) {
	return newKey(pem, options, func(a, b C.swt_bytes, flags C.uint32_t, out **C.swt_key) C.swt_status {
		return C.swt_key_new_private_pem(a, b, flags, out)
	})
}

// NewPublicKey makes a key that checks and cannot sign from a public key in PEM.
func NewPublicKey(pem []byte, options *KeyOptions) (*Key, error) {
	return newKey(pem, options, func(a, b C.swt_bytes, flags C.uint32_t, out **C.swt_key) C.swt_status {
		return C.swt_key_new_public_pem(a, b, flags, out)
	})
}

func newKey(material []byte, options *KeyOptions,
	create func(C.swt_bytes, C.swt_bytes, C.uint32_t, **C.swt_key) C.swt_status) (*Key, error) {
	if options == nil {
		options = &KeyOptions{}
	}
	var memory arena
	defer memory.free()
	given, sealing := memory.bytes(material), memory.bytes(options.EncryptionSecret)
	var flags C.uint32_t
	if options.InsecureShortSecret {
		flags |= C.SWT_KEY_INSECURE_SHORT_SECRET
	}
	return ownKey(func(out **C.swt_key) C.swt_status { return create(given, sealing, flags, out) })
}

func ownKey(create func(**C.swt_key) C.swt_status) (*Key, error) {
	var out *C.swt_key
	if err := call(func() C.swt_status { return create(&out) }); err != nil {
		return nil, err
	}
	return &Key{own(unsafe.Pointer(out), func(key unsafe.Pointer) { C.swt_key_free((*C.swt_key)(key)) })}, nil
}

// PublicHalf makes, from a private key, the key that only checks.
func (k *Key) PublicHalf() (*Key, error) {
	key, done := k.use()
	defer done()
	return ownKey(func(out **C.swt_key) C.swt_status { return C.swt_key_new_public_half((*C.swt_key)(key), out) })
}

func (k *Key) use() (unsafe.Pointer, func()) {
	if k == nil {
		return nil, func() {}
	}
	return k.handle.use()
}

// KeyRing is several keys: one signs, the others are accepted for a time.
type KeyRing struct{ handle }

// NewKeyRing makes an empty ring.
func NewKeyRing() (*KeyRing, error) {
	var out *C.swt_keyring
	if err := call(func() C.swt_status { return C.swt_keyring_new(&out) }); err != nil {
		return nil, err
	}
	free := func(ring unsafe.Pointer) { C.swt_keyring_free((*C.swt_keyring)(ring)) }
	return &KeyRing{own(unsafe.Pointer(out), free)}, nil
}

// SetSigner sets the key that signs, under the name kid.
func (r *KeyRing) SetSigner(key *Key, kid string) error {
	return r.add(key, kid, func(ring *C.swt_keyring, key *C.swt_key, kid C.swt_bytes) C.swt_status {
		return C.swt_keyring_set_signer(ring, key, kid)
	})
}

// Accept adds a key whose tokens are accepted until that moment, in milliseconds since 1970, or NoEnd.
func (r *KeyRing) Accept(key *Key, kid string, untilMS int64) error {
	return r.add(key, kid, func(ring *C.swt_keyring, key *C.swt_key, kid C.swt_bytes) C.swt_status {
		return C.swt_keyring_accept(ring, key, kid, C.int64_t(untilMS))
	})
}

func (r *KeyRing) add(key *Key, kid string,
	add func(*C.swt_keyring, *C.swt_key, C.swt_bytes) C.swt_status) error {
	return r.with(func(ring *C.swt_keyring) error {
		added, done := key.use()
		defer done()
		var memory arena
		defer memory.free()
		name := memory.text(&kid)
		return call(func() C.swt_status { return add(ring, (*C.swt_key)(added), name) })
	})
}

// A C ring belongs to one thread at a time.
func (r *KeyRing) with(work func(*C.swt_keyring) error) error {
	if r == nil {
		return work(nil)
	}
	ring, done := r.use()
	defer done()
	r.one.Lock()
	defer r.one.Unlock()
	return work((*C.swt_keyring)(ring))
}

// Store is where sessions and spent proofs are kept.
type Store struct{ handle }

// MemoryStoreOptions are the settings of a store in memory; zero for each default.
type MemoryStoreOptions struct {
	SessionTTLSeconds      int64
	MaxSessions, MaxProofs uint32
}

// NewMemoryStore makes a store in this process's memory. options may be nil.
func NewMemoryStore(options *MemoryStoreOptions) (*Store, error) {
	if options == nil {
		options = &MemoryStoreOptions{}
	}
	settings := C.swt_memory_store_options{
		struct_size:   C.sizeof_swt_memory_store_options,
		session_ttl_s: C.int64_t(options.SessionTTLSeconds),
		max_sessions:  C.uint32_t(options.MaxSessions),
		max_proofs:    C.uint32_t(options.MaxProofs),
	}
	return ownStore(func(out **C.swt_store) C.swt_status { return C.swt_store_memory_open(&settings, out) })
}

// RedisStoreOptions are the settings of a store over Redis; zero for each default.
type RedisStoreOptions struct {
	Prefix                               *string // nil: "swt:session:"; empty: none
	SessionTTLSeconds                    int64
	ConnectTimeoutMS, CommandTimeoutMS   int64
	MaxConnections                       uint32
	CAFile                               string // mandatory with rediss://
	ClientCertificateFile, ClientKeyFile string
}

// NewRedisStore makes a store over a Redis server. It does not connect yet: see Ping. options may be nil.
func NewRedisStore(url string, options *RedisStoreOptions) (*Store, error) {
	if options == nil {
		options = &RedisStoreOptions{}
	}
	var memory arena
	defer memory.free()
	address := memory.text(&url)
	settings := C.swt_redis_store_options{
		struct_size:             C.sizeof_swt_redis_store_options,
		prefix:                  memory.text(options.Prefix),
		session_ttl_s:           C.int64_t(options.SessionTTLSeconds),
		connect_timeout_ms:      C.int64_t(options.ConnectTimeoutMS),
		command_timeout_ms:      C.int64_t(options.CommandTimeoutMS),
		max_connections:         C.uint32_t(options.MaxConnections),
		ca_file:                 memory.optional(options.CAFile),
		client_certificate_file: memory.optional(options.ClientCertificateFile),
		client_key_file:         memory.optional(options.ClientKeyFile),
	}
	return ownStore(func(out **C.swt_store) C.swt_status { return C.swt_store_redis_open(address, &settings, out) })
}

func ownStore(create func(**C.swt_store) C.swt_status) (*Store, error) {
	var out *C.swt_store
	if err := call(func() C.swt_status { return create(&out) }); err != nil {
		return nil, err
	}
	return &Store{own(unsafe.Pointer(out), func(store unsafe.Pointer) { C.swt_store_free((*C.swt_store)(store)) })}, nil
}

// Ping asks the store whether it can be used.
func (s *Store) Ping() error {
	store, done := s.use()
	defer done()
	return call(func() C.swt_status { return C.swt_store_ping((*C.swt_store)(store)) })
}
