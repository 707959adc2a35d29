package swt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	secret        = "d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"
	sealingSecret = "7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"
)

var alice = json.RawMessage(`{"userId":"alice"}`)

// must is for what cannot fail unless the test has.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t *testing.T, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Fatalf("got %v, wanted %v", got, wanted)
	}
}

// refused checks class and code, and that the error is of this class alone.
func refused(t *testing.T, err, class error, code string) *Error {
	t.Helper()
	var problem *Error
	if !errors.As(err, &problem) || problem.Code != code {
		t.Fatalf("got %v, wanted %s", err, code)
	}
	for _, each := range classes {
		if errors.Is(err, each) != (each == class) {
			t.Fatalf("%v: the class is not %v", err, class)
		}
	}
	same(t, errors.Is(err, ErrRejected), class == ErrTokenRejected || class == ErrProofOrSessionRejected)
	return problem
}

func newEngine(t *testing.T, options EngineOptions) *Engine {
	t.Helper()
	if options.Key == nil && options.KeyRing == nil {
		options.Key = must(NewSecretKey([]byte(secret), nil))
	}
	if options.Store == nil {
		options.Store = must(NewMemoryStore(nil))
	}
	engine := must(NewEngine(options))
	t.Cleanup(func() { engine.Close() })
	return engine
}

func visit(engine *Engine, grant *Grant, changes ...func(*VerifyRequest)) (*Claims, error) {
	request := VerifyRequest{Token: grant.Token, SessionID: grant.SessionID, Method: "GET", URL: "/me"}
	for _, change := range changes {
		change(&request)
	}
	return engine.Verify(request)
}

// client is what a browser keeps, and how it proves that it does.
type client struct {
	key  *ecdsa.PrivateKey
	jwk  string
	made int
}

func newClient() *client {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	part := func(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }
	return &client{key: key, jwk: fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"%s","y":"%s"}`,
		part(key.X.FillBytes(make([]byte, 32))), part(key.Y.FillBytes(make([]byte, 32))))}
}

func (c *client) proof(method, url string) string {
	c.made++
	payload := must(json.Marshal(map[string]any{
		"url": url, "method": method, "timestamp": time.Now().Unix(), "jti": fmt.Sprintf("a-proof-number-%08d", c.made),
	}))
	digest := sha256.Sum256(payload)
	signature := must(ecdsa.SignASN1(rand.Reader, c.key, digest[:]))
	return base64.RawURLEncoding.EncodeToString(must(json.Marshal(map[string]any{
		"jwk": json.RawMessage(c.jwk), "payload": string(payload),
		"signature": base64.RawURLEncoding.EncodeToString(signature),
	})))
}

func withProof(proof string) func(*VerifyRequest) { return func(r *VerifyRequest) { r.Proof = proof } }

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
	login := SignRequest{Data: alice, Proof: c.proof("POST", "/login"), Method: "POST", URL: "/login"}
	grant := must(engine.Sign(login))
	must(visit(engine, grant, withProof(c.proof("GET", "/me"))))
	login.URL = "/elsewhere"
	_, err := engine.Sign(login)
	refused(t, err, ErrProofOrSessionRejected, "proof_url")
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

// The server ends when its shell's input does, also when this process is killed.
func startRedis(t *testing.T) string {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	script := `redis-server --bind 127.0.0.1 --port "$1" --save '' --dir "$2" >/dev/null 2>&1 &
		pid=$!; read -r _; kill $pid; wait $pid`
	shell := exec.Command("sh", "-c", script, "sh", fmt.Sprint(port), t.TempDir())
	input := must(shell.StdinPipe())
	check(t, shell.Start())
	t.Cleanup(func() { input.Close(); shell.Wait() })
	return fmt.Sprintf("redis://127.0.0.1:%d", port)
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

func pemPair(private any) (private8, public []byte) {
	var half any
	switch key := private.(type) {
	case *rsa.PrivateKey:
		half = &key.PublicKey
	case *ecdsa.PrivateKey:
		half = &key.PublicKey
	}
	private8 = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(private))})
	return private8, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(half))})
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

func TestAudit(t *testing.T) {
	var lines []string
	engine := newEngine(t, EngineOptions{Audit: func(line string) { lines = append(lines, line) }})
	grant := must(engine.Sign(SignRequest{Data: alice}))
	must(visit(engine, grant))
	check(t, engine.Revoke(grant.SessionID))
	_, err := visit(engine, grant)
	refused(t, err, ErrProofOrSessionRejected, "session_revoked")
	var got []string
	for _, line := range lines {
		var event struct{ Event, Code string }
		check(t, json.Unmarshal([]byte(line), &event))
		got = append(got, event.Event+" "+event.Code)
	}
	same(t, strings.Join(got, ", "), "sign ok, verify_success ok, revoke ok, verify_failure session_revoked")
}

func TestFailingAudit(t *testing.T) {
	calls := 0
	var engine *Engine
	engine = newEngine(t, EngineOptions{Audit: func(string) {
		calls++
		if calls == 2 {
			engine.Close() // it is freed when the call that is in it is over
		}
		panic("the disk is full")
	}})
	must(visit(engine, must(engine.Sign(SignRequest{Data: alice}))))
	same(t, calls, 2)
	same(t, engine.pointer == nil, true)
}

func TestGoroutines(t *testing.T) {
	var mu sync.Mutex
	events := 0
	engine := newEngine(t, EngineOptions{Audit: func(string) { mu.Lock(); events++; mu.Unlock() }})
	var group sync.WaitGroup
	failures := make(chan error, 16)
	for n := 0; n < 16; n++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			if err := session(engine, n); err != nil {
				failures <- err
			}
		}(n)
	}
	group.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	same(t, events, 16*50*7)
}

// session makes 50 sessions from beginning to end.
func session(engine *Engine, n int) error {
	for i := 0; i < 50; i++ {
		user := fmt.Sprintf(`"%d-%d"`, n, i)
		grant, err := engine.Sign(SignRequest{Data: json.RawMessage(`{"userId":` + user + `}`), Refresh: true})
		if err != nil {
			return err
		}
		if grant, err = engine.Refresh(RefreshRequest{RefreshToken: grant.RefreshToken}); err != nil {
			return err
		}
		claims, err := visit(engine, grant)
		if err != nil || string(claims.UserID) != user {
			return fmt.Errorf("wanted %s: %v, %v", user, claims, err)
		}
		if err = engine.Revoke(grant.SessionID); err != nil {
			return err
		}
		var problem *Error
		if _, err = visit(engine, grant); !errors.As(err, &problem) || problem.Code != "session_revoked" || problem.Message == "" {
			return fmt.Errorf("after the revocation: %v", err)
		}
	}
	return nil
}

func TestCloseInUse(t *testing.T) {
	for i := 0; i < 50; i++ {
		engine := newEngine(t, EngineOptions{})
		var group sync.WaitGroup
		for n := 0; n < 4; n++ {
			group.Add(1)
			go func() {
				defer group.Done()
				for {
					if _, err := engine.Sign(SignRequest{Data: alice}); err != nil {
						if !errors.Is(err, ErrUsage) {
							t.Error(err)
						}
						return
					}
				}
			}()
		}
		time.Sleep(time.Millisecond)
		engine.Close()
		group.Wait()
	}
}

func TestEverythingIsFreed(t *testing.T) {
	resident := func() (pages int) {
		text, err := os.ReadFile(filepath.Join("/proc", "self", "statm"))
		if err != nil {
			t.Skip("there is no /proc")
		}
		must(fmt.Sscanf(string(text), "%d %d", new(int), &pages))
		return pages
	}
	turns := func(count int, end func(*Engine)) {
		for i := 0; i < count; i++ {
			key := must(NewSecretKey([]byte(secret), nil))
			engine := must(NewEngine(EngineOptions{Key: key, Store: must(NewMemoryStore(nil)), Audit: func(string) {}}))
			grant := must(engine.Sign(SignRequest{Data: alice, Refresh: true, Audiences: []string{"a"}}))
			must(visit(engine, grant, func(r *VerifyRequest) { r.Audiences = []string{"a", "b"} }))
			end(engine)
			if i%100 == 0 {
				runtime.GC()
			}
		}
	}
	for name, end := range map[string]func(*Engine){"closed": func(e *Engine) { e.Close() }, "collected": func(*Engine) {}} {
		turns(1000, end)
		before := resident()
		turns(6000, end)
		if grown := resident() - before; grown > 1024 {
			t.Errorf("%s: grew by %d pages", name, grown)
		}
	}
}
