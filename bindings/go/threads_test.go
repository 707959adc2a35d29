package swt

// Callbacks, goroutines, and the life of handles. Also worth a run: go test -race

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

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

func TestListenerIsForgotten(t *testing.T) {
	forgotten := make(chan bool)
	func() {
		seen := new([64]byte)
		runtime.SetFinalizer(seen, func(*[64]byte) { close(forgotten) })
		must(NewEngine(EngineOptions{
			Key: must(NewSecretKey([]byte(secret), nil)), Audit: func(string) { seen[0]++ },
		})).Close()
	}()
	for turn := 0; turn < 50; turn++ {
		runtime.GC()
		select {
		case <-forgotten:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("the engine is closed, and its listener still held")
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
		turns(10000, end)
		if grown := resident() - before; grown > 800 {
			t.Errorf("%s: grew by %d pages", name, grown)
		}
	}
}
