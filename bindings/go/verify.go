package swt

// #include <swt/swt.h>
import "C"

import "encoding/json"

// VerifyRequest is what came with an incoming request, and what its token must be.
type VerifyRequest struct {
	Token       string   // without its "Bearer "
	SessionID   string   // as the cookie gave it
	Proof       string   // the x-dpop-proof header
	Method, URL string   // of the request, as they came; both or neither
	Host        *string  // the Host header; nil: not known. An empty one matches no absolute url.
	Attempt     string   // of NewAttempt
	Audiences   []string // the token must be for one of these; nil: for none in particular
	Issuers     []string // nil: any. An empty list is an error, in both.
	Subject     *string  // nil: any

	LeewaySeconds, MaxAgeSeconds int64
	NowMS                        int64 // 0: the system's clock
}

// Claims is what a good token says.
type Claims struct {
	Payload    json.RawMessage // the whole payload: {"data":{…},"iat":…,"exp":…,…}
	Data       json.RawMessage // what was signed
	UserID     json.RawMessage // "alice" with its quotes, or 7
	SessionID  string          // the session that was checked; empty without
	Thumbprint string          // of the key that the token is bound to; empty without
	TokenID    string
	KeyID      string // the kid of the key that signed it; empty without a ring
	IssuedAt   int64  // seconds since 1970
	ExpiresAt  int64  // seconds since 1970
	LegacyUses uint32 // SWT_LEGACY_… of swt.h
}

func takeClaims(claims *C.swt_claims) *Claims {
	defer C.swt_claims_free(claims)
	return &Claims{
		Payload:    json.RawMessage(goString(C.swt_claims_payload(claims))),
		Data:       json.RawMessage(goString(C.swt_claims_data(claims))),
		UserID:     json.RawMessage(goString(C.swt_claims_user_id(claims))),
		SessionID:  goString(C.swt_claims_session_id(claims)),
		Thumbprint: goString(C.swt_claims_thumbprint(claims)),
		TokenID:    goString(C.swt_claims_token_id(claims)),
		KeyID:      goString(C.swt_claims_key_id(claims)),
		IssuedAt:   int64(C.swt_claims_issued_at(claims)),
		ExpiresAt:  int64(C.swt_claims_expires_at(claims)),
		LegacyUses: uint32(C.swt_claims_legacy_uses(claims)),
	}
}

// Verify checks an access token, the proof that came with it, and its session. Claims come with a nil error only.
func (e *Engine) Verify(request VerifyRequest) (*Claims, error) {
	var memory arena
	defer memory.free()
	asked := C.swt_verify_request{
		struct_size: C.sizeof_swt_verify_request,
		token:       memory.text(&request.Token),
		session_id:  memory.optional(request.SessionID),
		proof:       memory.optional(request.Proof),
		method:      memory.optional(request.Method),
		url:         memory.optional(request.URL),
		host:        memory.text(request.Host),
		now_ms:      C.int64_t(request.NowMS),
		attempt:     memory.optional(request.Attempt),
		audiences:   memory.list(request.Audiences),
		issuers:     memory.list(request.Issuers),
		subject:     memory.text(request.Subject),
		leeway_s:    C.int64_t(request.LeewaySeconds),
		max_age_s:   C.int64_t(request.MaxAgeSeconds),
	}
	var out *C.swt_claims
	if err := e.with(func(engine *C.swt_engine) C.swt_status { return C.swt_verify(engine, &asked, &out) }); err != nil {
		return nil, err
	}
	return takeClaims(out), nil
}

// OpenUncheckedSession looks into a token of either type. It says NOTHING of whether the token may be used: never let a
// request in on its word. nowMS is milliseconds since 1970; 0 asks for the system's clock.
func (e *Engine) OpenUncheckedSession(token string, nowMS int64) (*Claims, error) {
	var memory arena
	defer memory.free()
	text := memory.text(&token)
	var out *C.swt_claims
	err := e.with(func(engine *C.swt_engine) C.swt_status {
		return C.swt_open_unchecked_session(engine, text, C.int64_t(nowMS), &out)
	})
	if err != nil {
		return nil, err
	}
	return takeClaims(out), nil
}
