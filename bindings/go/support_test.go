package swt

// What the tests share: errors as expected, a client with its key, a Redis server, PEM texts.

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
	"os/exec"
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
