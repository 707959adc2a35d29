package swt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSignAndVerify(t *testing.T) {
	key := must(NewSecretKey([]byte(secret), &KeyOptions{EncryptionSecret: []byte(sealingSecret)}))
	engine := newEngine(t, EngineOptions{Key: key})
	key.Close()
	grant := must(engine.Sign(SignRequest{Data: map[string]any{"userId": 7, "a<b": true}, LifetimeSeconds: 60}))
	claims := must(visit(engine, grant))
	same(t, string(claims.UserID), "7")
	same(t, string(claims.Data), `{"a<b":true,"userId":7}`)
	same(t, claims.SessionID, grant.SessionID)
	same(t, claims.ExpiresAt, grant.ExpiresAt)
	same(t, claims.ExpiresAt-claims.IssuedAt, 60)
	same(t, claims.Thumbprint+claims.KeyID+grant.RefreshToken, "")
	same(t, len(claims.TokenID), 22)
}

func TestUnicodeAndBytes(t *testing.T) {
	engine := newEngine(t, EngineOptions{})
	type data struct {
		UserID string `json:"userId"`
		Text   string `json:"日本"`
	}
	wanted := data{"Zoë 🦊", `"quoted" \ufffd ` + "\ufffd"}
	claims := must(visit(engine, must(engine.Sign(SignRequest{Data: wanted}))))
	var got data
	check(t, json.Unmarshal(claims.Data, &got))
	same(t, got, wanted)

	for _, bad := range []any{data{UserID: "\xff"}, data{UserID: `\` + "\xff"}, make(chan int)} {
		_, err := engine.Sign(SignRequest{Data: bad})
		refused(t, err, ErrUsage, "argument")
	}
	for _, bad := range []json.RawMessage{append(alice[:len(alice):len(alice)], 0), []byte("{\"userId\":\"\xff\"}"), {}, nil} {
		_, err := engine.Sign(SignRequest{Data: bad})
		refused(t, err, ErrUsage, "data")
	}
	grant := must(engine.Sign(SignRequest{Data: alice}))
	_, err := visit(engine, grant, func(r *VerifyRequest) { r.Token += "\x00more" })
	refused(t, err, ErrTokenRejected, "token_malformed")
}

func TestRevoked(t *testing.T) {
	engine := newEngine(t, EngineOptions{})
	grant, other := must(engine.Sign(SignRequest{Data: alice})), must(engine.Sign(SignRequest{Data: alice}))
	must(visit(engine, grant))
	check(t, engine.Revoke(grant.SessionID))
	_, err := visit(engine, grant)
	problem := refused(t, err, ErrProofOrSessionRejected, "session_revoked")
	same(t, problem.Status, 352)
	same(t, problem.Challenge, "invalid_token")
	same(t, problem.Message != "", true)
	must(visit(engine, other))
	check(t, engine.Revoke("no session id"))
}

func TestTampered(t *testing.T) {
	engine := newEngine(t, EngineOptions{})
	grant := must(engine.Sign(SignRequest{Data: alice}))
	_, err := visit(engine, grant, func(r *VerifyRequest) {
		at := strings.LastIndex(r.Token, ".") + 1
		letter := map[bool]string{true: "B", false: "A"}[r.Token[at] == 'A']
		r.Token = r.Token[:at] + letter + r.Token[at+1:]
	})
	refused(t, err, ErrTokenRejected, "token_authentication")
	must(visit(engine, grant))
}

func TestExpired(t *testing.T) {
	engine := newEngine(t, EngineOptions{})
	grant := must(engine.Sign(SignRequest{Data: alice, LifetimeSeconds: 60}))
	late := func(r *VerifyRequest) { r.NowMS = (grant.ExpiresAt + 1) * 1000 }
	_, err := visit(engine, grant, late)
	refused(t, err, ErrTokenRejected, "token_expired")
	must(visit(engine, grant, late, func(r *VerifyRequest) { r.LeewaySeconds = 30 }))
	_, err = visit(engine, grant, func(r *VerifyRequest) { r.NowMS, r.MaxAgeSeconds = (grant.ExpiresAt-1)*1000, 30 })
	refused(t, err, ErrTokenRejected, "token_age")
	_, err = engine.OpenUncheckedSession(grant.Token, (grant.ExpiresAt+1)*1000)
	refused(t, err, ErrTokenRejected, "token_expired")
}

func TestAudienceIssuerSubject(t *testing.T) {
	engine := newEngine(t, EngineOptions{})
	grant := must(engine.Sign(SignRequest{
		Data: alice, Audiences: []string{"shop", "mail"}, Issuer: String("login"), Subject: String("a"),
	}))
	expect := func(audiences, issuers []string, subject *string) error {
		_, err := visit(engine, grant, func(r *VerifyRequest) { r.Audiences, r.Issuers, r.Subject = audiences, issuers, subject })
		return err
	}
	check(t, expect([]string{"mail", "other"}, []string{"login"}, String("a")))
	check(t, expect([]string{"shop"}, nil, nil))
	refused(t, expect(nil, nil, nil), ErrTokenRejected, "token_audience")
	refused(t, expect([]string{"other"}, nil, nil), ErrTokenRejected, "token_audience")
	refused(t, expect([]string{"shop"}, []string{"x"}, nil), ErrTokenRejected, "token_issuer")
	refused(t, expect([]string{"shop"}, nil, String("b")), ErrTokenRejected, "token_subject")
	refused(t, expect([]string{"shop"}, []string{}, nil), ErrUsage, "argument")
}

func TestProof(t *testing.T) {
	engine, c := newEngine(t, EngineOptions{}), newClient()
	grant := must(engine.Sign(SignRequest{Data: alice, ClientKey: []byte(c.jwk)}))
	proof := c.proof("GET", "/me")
	same(t, must(visit(engine, grant, withProof(proof))).Thumbprint, must(Thumbprint([]byte(c.jwk))))

	_, err := visit(engine, grant, withProof(proof))
	refused(t, err, ErrProofOrSessionRejected, "proof_replayed")
	_, err = visit(engine, grant, withProof(c.proof("GET", "/other")))
	same(t, refused(t, err, ErrProofOrSessionRejected, "proof_url").Challenge, "invalid_dpop_proof")
	_, err = visit(engine, grant, withProof(c.proof("POST", "/me")))
	refused(t, err, ErrProofOrSessionRejected, "proof_method")
	_, err = visit(engine, grant)
	refused(t, err, ErrProofOrSessionRejected, "proof_missing")
	_, err = visit(engine, grant, withProof(newClient().proof("GET", "/me")))
	refused(t, err, ErrProofOrSessionRejected, "proof_binding")

	there := c.proof("GET", "https://a.example/me")
	_, err = visit(engine, grant, withProof(there), func(r *VerifyRequest) { r.Host = String("b.example") })
	refused(t, err, ErrProofOrSessionRejected, "proof_url")
	_, err = visit(engine, grant, withProof(there), func(r *VerifyRequest) { r.Host = String("") })
	refused(t, err, ErrProofOrSessionRejected, "proof_url")
	attempt := must(NewAttempt())
	for range [2]int{} {
		must(visit(engine, grant, withProof(there), func(r *VerifyRequest) { r.Host, r.Attempt = String("a.example"), attempt }))
	}
	_, err = Thumbprint([]byte("{}"))
	refused(t, err, ErrUsage, "client_key")
}

func TestLoginProof(t *testing.T) {
	engine, c := newEngine(t, EngineOptions{}), newClient()
	login := SignRequest{Data: alice, Proof: String(c.proof("POST", "/login")), Method: "POST", URL: "/login"}
	grant := must(engine.Sign(login))
	must(visit(engine, grant, withProof(c.proof("GET", "/me"))))
	login.URL = "/elsewhere"
	_, err := engine.Sign(login)
	refused(t, err, ErrProofOrSessionRejected, "proof_url")
	login.Proof = String("") // as a missing header is read: no token, rather than one that is bound to nothing
	_, err = engine.Sign(login)
	refused(t, err, ErrUsage, "argument")
}

func TestRefresh(t *testing.T) {
	engine := newEngine(t, EngineOptions{})
	first := must(engine.Sign(SignRequest{Data: alice, Refresh: true}))
	second := must(engine.Refresh(RefreshRequest{RefreshToken: first.RefreshToken, Data: json.RawMessage(`{"userId":"alice","n":2}`)}))
	same(t, second.SessionID, first.SessionID)
	same(t, string(must(visit(engine, second)).Data), `{"userId":"alice","n":2}`)
	_, err := engine.Refresh(RefreshRequest{RefreshToken: first.RefreshToken})
	refused(t, err, ErrProofOrSessionRejected, "refresh_superseded")
	third := must(engine.Refresh(RefreshRequest{RefreshToken: second.RefreshToken}))
	same(t, string(must(visit(engine, third)).Data), `{"userId":"alice","n":2}`)
	_, err = visit(engine, third, func(r *VerifyRequest) { r.Token = third.RefreshToken })
	refused(t, err, ErrTokenRejected, "token_type")
	_, err = engine.Refresh(RefreshRequest{RefreshToken: third.RefreshToken, Data: map[string]any{"userId": "bob"}})
	refused(t, err, ErrUsage, "user_id")

	check(t, engine.Revoke(third.SessionID))
	opened := must(engine.OpenUncheckedSession(third.RefreshToken, 0))
	same(t, strings.Contains(string(opened.Payload), third.SessionID), true)
}

func TestUsage(t *testing.T) {
	_, err := NewSecretKey([]byte("hunter2"), nil)
	refused(t, err, ErrUsage, "secret_too_short")
	must(NewSecretKey([]byte("hunter2"), &KeyOptions{InsecureShortSecret: true}))
	_, err = NewSecretKey([]byte(secret), &KeyOptions{EncryptionSecret: []byte{}})
	same(t, errors.Is(err, ErrUsage), true)
	private, public := pemPair(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
	for _, text := range [][]byte{private, public, nil} {
		_, err = NewSecretKey(text, nil)
		refused(t, err, ErrUsage, "key")
	}
	_, err = NewEngine(EngineOptions{})
	refused(t, err, ErrUsage, "state")
	_, err = NewMemoryStore(&MemoryStoreOptions{SessionTTLSeconds: -1})
	refused(t, err, ErrUsage, "lifetime")
	_, err = NewRedisStore("http://127.0.0.1", nil)
	refused(t, err, ErrUsage, "argument")

	engine := newEngine(t, EngineOptions{})
	_, err = engine.Sign(SignRequest{Data: struct{}{}})
	refused(t, err, ErrUsage, "user_id")
	check(t, engine.Close())
	check(t, engine.Close())
	_, err = engine.Sign(SignRequest{Data: alice})
	refused(t, err, ErrUsage, "argument")
	_, err = (*Engine)(nil).Sign(SignRequest{Data: alice})
	refused(t, err, ErrUsage, "argument")
	same(t, strings.HasPrefix(Version(), "secure-web-token "), true)
}

func TestUnavailable(t *testing.T) {
	store := must(NewRedisStore("redis://127.0.0.1:1", &RedisStoreOptions{ConnectTimeoutMS: 500}))
	_, err := newEngine(t, EngineOptions{Store: store}).Sign(SignRequest{Data: alice})
	same(t, refused(t, err, ErrUnavailable, "store_connection").Challenge, "")
	refused(t, store.Ping(), ErrUnavailable, "store_connection")
}

func TestRedis(t *testing.T) {
	url := startRedis(t)
	open := func() *Store {
		return must(NewRedisStore(url, &RedisStoreOptions{Prefix: String("go:"), MaxConnections: 2, CommandTimeoutMS: 5000}))
	}
	store := open()
	for deadline := time.Now().Add(20 * time.Second); store.Ping() != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(store.Ping())
		}
	}
	here, there := newEngine(t, EngineOptions{Store: store}), newEngine(t, EngineOptions{Store: open()})
	grant := must(here.Sign(SignRequest{Data: alice, Refresh: true}))
	must(visit(there, grant))
	second := must(there.Refresh(RefreshRequest{RefreshToken: grant.RefreshToken}))
	must(visit(here, second))
	check(t, here.Revoke(grant.SessionID))
	_, err := visit(there, second)
	refused(t, err, ErrProofOrSessionRejected, "session_revoked")
}

func TestPEM(t *testing.T) {
	for name, made := range map[string]any{
		"RSA": must(rsa.GenerateKey(rand.Reader, 2048)), "EC": must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
	} {
		t.Run(name, func(t *testing.T) {
			private, public := pemPair(made)
			sealed := &KeyOptions{EncryptionSecret: []byte(sealingSecret)}
			signer := must(NewPrivateKey(private, sealed))
			store := must(NewMemoryStore(nil))
			grant := must(newEngine(t, EngineOptions{Key: signer, Store: store}).Sign(SignRequest{Data: alice}))
			for _, key := range []*Key{must(signer.PublicHalf()), must(NewPublicKey(public, sealed))} {
				checker := newEngine(t, EngineOptions{Key: key, Store: store})
				must(visit(checker, grant))
				_, err := checker.Sign(SignRequest{Data: alice})
				refused(t, err, ErrUsage, "key")
			}
			_, err := NewPublicKey(private, sealed)
			refused(t, err, ErrUsage, "key")
			_, err = NewPrivateKey(private, nil)
			refused(t, err, ErrUsage, "key")
		})
	}
	_, err := must(NewSecretKey([]byte(secret), nil)).PublicHalf()
	refused(t, err, ErrUsage, "key")
}

func TestKeyRing(t *testing.T) {
	older, newer := must(NewSecretKey([]byte(secret), nil)), must(NewSecretKey([]byte(sealingSecret), nil))
	first, second := must(NewKeyRing()), must(NewKeyRing())
	check(t, first.SetSigner(older, "2024"))
	check(t, second.SetSigner(newer, "2025"))
	check(t, second.Accept(older, "2024", NoEnd))
	refused(t, second.Accept(older, "2025", NoEnd), ErrUsage, "key_id")
	refused(t, second.Accept(nil, "2026", NoEnd), ErrUsage, "argument")

	engine := newEngine(t, EngineOptions{KeyRing: first})
	before := must(engine.Sign(SignRequest{Data: alice}))
	check(t, engine.SetKeyRing(second))
	after := must(engine.Sign(SignRequest{Data: alice}))
	same(t, must(visit(engine, before)).KeyID, "2024")
	same(t, must(visit(engine, after)).KeyID, "2025")
	check(t, engine.KillKey("2024"))
	_, err := visit(engine, before)
	refused(t, err, ErrTokenRejected, "token_key")
	must(visit(engine, after))
	refused(t, engine.SetKeyRing(must(NewKeyRing())), ErrUsage, "state")
}
