package swt

// #include <swt/swt.h>
import "C"

import (
	"bytes"
	"encoding/json"
	"regexp"
	"unsafe"
)

// Engine is key, store and settings, ready for use. One serves a whole application.
type Engine struct{ handle }

// EngineOptions are the settings of an engine. Either Key or KeyRing is needed.
type EngineOptions struct {
	Key                 *Key
	KeyRing             *KeyRing
	Store               *Store // nil: tokens have no session, and cannot be revoked
	AcceptLegacyUntilMS int64  // milliseconds since 1970, or NoEnd; 0: never
	// Audit is given each event as one line of JSON, from whatever goroutine is in a call. A panic in it changes nothing.
	// It must not end its goroutine (runtime.Goexit, testing's FailNow). One that refers to its engine keeps it until Close.
	Audit func(line string)
}

// NewEngine makes an engine. Keys, ring and store may be closed afterwards.
func NewEngine(options EngineOptions) (*Engine, error) {
	var config *C.swt_config
	if err := call(func() C.swt_status { return C.swt_config_new(&config) }); err != nil {
		return nil, err
	}
	defer C.swt_config_free(config)
	if err := configure(config, options); err != nil {
		return nil, err
	}

	forget := func() {}
	if options.Audit != nil {
		listener, err := setAudit(config, options.Audit)
		forget = listener.Delete
		if err != nil {
			forget()
			return nil, err
		}
	}
	var out *C.swt_engine
	if err := call(func() C.swt_status { return C.swt_engine_new(config, &out) }); err != nil {
		forget()
		return nil, err
	}
	return &Engine{own(unsafe.Pointer(out), func(engine unsafe.Pointer) {
		C.swt_engine_free((*C.swt_engine)(engine))
		forget()
	})}, nil
}

func configure(config *C.swt_config, options EngineOptions) error {
	if options.Key != nil {
		key, done := options.Key.use()
		defer done()
		if err := call(func() C.swt_status { return C.swt_config_set_key(config, (*C.swt_key)(key)) }); err != nil {
			return err
		}
	}
	if options.KeyRing != nil {
		err := options.KeyRing.with(func(ring *C.swt_keyring) error {
			return call(func() C.swt_status { return C.swt_config_set_keyring(config, ring) })
		})
		if err != nil {
			return err
		}
	}
	if options.Store != nil {
		store, done := options.Store.use()
		defer done()
		if err := call(func() C.swt_status { return C.swt_config_set_store(config, (*C.swt_store)(store)) }); err != nil {
			return err
		}
	}
	return call(func() C.swt_status {
		return C.swt_config_accept_legacy_until(config, C.int64_t(options.AcceptLegacyUntilMS))
	})
}

// with calls an operation of the engine.
func (e *Engine) with(work func(*C.swt_engine) C.swt_status) error {
	if e == nil {
		return call(func() C.swt_status { return work(nil) })
	}
	engine, done := e.use()
	defer done()
	return call(func() C.swt_status { return work((*C.swt_engine)(engine)) })
}

// Grant is what Sign and Refresh give.
type Grant struct {
	Token        string
	SessionID    string          // for an HttpOnly cookie; empty without a store
	RefreshToken string          // empty unless it was asked for
	UserID       json.RawMessage // "alice" with its quotes, or 7
	ExpiresAt    int64           // of the token, in seconds since 1970
	LegacyUses   uint32          // SWT_LEGACY_… of swt.h
}

func takeGrant(grant *C.swt_grant) *Grant {
	defer C.swt_grant_free(grant)
	return &Grant{
		Token:        goString(C.swt_grant_token(grant)),
		SessionID:    goString(C.swt_grant_session_id(grant)),
		RefreshToken: goString(C.swt_grant_refresh_token(grant)),
		UserID:       json.RawMessage(goString(C.swt_grant_user_id(grant))),
		ExpiresAt:    int64(C.swt_grant_expires_at(grant)),
		LegacyUses:   uint32(C.swt_grant_legacy_uses(grant)),
	}
}

// SignRequest says what a token is to be. Only Data is mandatory; zero is each default.
type SignRequest struct {
	Data                   any    // an object with a userId: json.RawMessage as it is, anything else by encoding/json
	ClientKey              []byte // the client's public key, a JWK: the token is bound to it
	LifetimeSeconds        int64
	Refresh                bool // make a refresh token as well
	RefreshLifetimeSeconds int64
	Proof                  *string // the login's own proof; nil: not asked for. An empty one is refused.
	Method, URL            string  // of the login request, for the proof
	Host                   *string // nil: not known
	Issuer, Subject        *string
	Audiences              []string
	NowMS                  int64 // 0: the system's clock
}

// Sign makes a token, and a session when the engine has a store.
func (e *Engine) Sign(request SignRequest) (*Grant, error) {
	data, err := marshal(request.Data)
	if err != nil {
		return nil, err
	}
	var memory arena
	defer memory.free()
	asked := C.swt_sign_request{
		struct_size:        C.sizeof_swt_sign_request,
		data_json:          memory.bytes(data),
		client_key_jwk:     memory.bytes(request.ClientKey),
		lifetime_s:         C.int64_t(request.LifetimeSeconds),
		refresh_lifetime_s: C.int64_t(request.RefreshLifetimeSeconds),
		now_ms:             C.int64_t(request.NowMS),
		proof:              memory.text(request.Proof),
		method:             memory.optional(request.Method),
		url:                memory.optional(request.URL),
		host:               memory.text(request.Host),
		issuer:             memory.text(request.Issuer),
		subject:            memory.text(request.Subject),
		audiences:          memory.list(request.Audiences),
	}
	if request.Refresh {
		asked.flags = C.SWT_SIGN_REFRESH_TOKEN
	}
	var out *C.swt_grant
	if err := e.with(func(engine *C.swt_engine) C.swt_status { return C.swt_sign(engine, &asked, &out) }); err != nil {
		return nil, err
	}
	return takeGrant(out), nil
}

// RefreshRequest says what is traded in. Only RefreshToken is mandatory, and Proof for one that is bound to a key.
type RefreshRequest struct {
	RefreshToken, SessionID, Proof, Method, URL, Attempt string
	Host                                                 *string // nil: not known
	ClientKey                                            []byte  // the client's public key, a JWK, where it is told
	Data                                                 any     // nil: as it was
	LifetimeSeconds, RefreshLifetimeSeconds              int64
	NowMS                                                int64 // 0: the system's clock
	InsecureReuse                                        bool  // SWT_REFRESH_INSECURE_REUSE of swt.h
}

// Refresh trades a refresh token, which is good once, for the next pair.
func (e *Engine) Refresh(request RefreshRequest) (*Grant, error) {
	data, err := marshal(request.Data)
	if err != nil {
		return nil, err
	}
	var memory arena
	defer memory.free()
	asked := C.swt_refresh_request{
		struct_size:        C.sizeof_swt_refresh_request,
		refresh_token:      memory.text(&request.RefreshToken),
		session_id:         memory.optional(request.SessionID),
		proof:              memory.optional(request.Proof),
		method:             memory.optional(request.Method),
		url:                memory.optional(request.URL),
		host:               memory.text(request.Host),
		attempt:            memory.optional(request.Attempt),
		data_json:          memory.bytes(data),
		lifetime_s:         C.int64_t(request.LifetimeSeconds),
		refresh_lifetime_s: C.int64_t(request.RefreshLifetimeSeconds),
		now_ms:             C.int64_t(request.NowMS),
		client_key_jwk:     memory.bytes(request.ClientKey),
	}
	if request.InsecureReuse {
		asked.flags = C.SWT_REFRESH_INSECURE_REUSE
	}
	var out *C.swt_grant
	if err := e.with(func(engine *C.swt_engine) C.swt_status { return C.swt_refresh(engine, &asked, &out) }); err != nil {
		return nil, err
	}
	return takeGrant(out), nil
}

// Revoke ends a session, for good and for everybody, from the moment it returns nil.
func (e *Engine) Revoke(sessionID string) error {
	var memory arena
	defer memory.free()
	id := memory.text(&sessionID)
	return e.with(func(engine *C.swt_engine) C.swt_status { return C.swt_revoke(engine, id) })
}

// SetKeyRing replaces the keys of an engine in use.
func (e *Engine) SetKeyRing(ring *KeyRing) error {
	return ring.with(func(keys *C.swt_keyring) error {
		return e.with(func(engine *C.swt_engine) C.swt_status { return C.swt_engine_set_keyring(engine, keys) })
	})
}

// KillKey stops accepting a key now and for the life of the engine.
func (e *Engine) KillKey(kid string) error {
	var memory arena
	defer memory.free()
	name := memory.text(&kid)
	return e.with(func(engine *C.swt_engine) C.swt_status { return C.swt_engine_kill_key(engine, name) })
}

// encoding/json writes this for bytes that are no UTF-8, and a real U+FFFD as it is.
var replaced = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*\\ufffd`)

// marshal gives nil for nil. Text that is no UTF-8 is refused: replaced, two users would become one.
func marshal(data any) ([]byte, error) {
	if data == nil {
		return nil, nil
	}
	if raw, ok := data.(json.RawMessage); ok {
		return raw, nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(data); err != nil {
		return nil, usageError("the data cannot be written as JSON: " + err.Error())
	}
	if replaced.Match(text.Bytes()) {
		return nil, usageError("a text in the data is no UTF-8")
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}
