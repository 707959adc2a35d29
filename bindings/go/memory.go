package swt

// #include <stdlib.h>
// #include <swt/swt.h>
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// handle is a C object that is freed when Close was called and the last use of it is over: a Close in one goroutine
// never takes the object from under a call in another, and never waits for one, so that a callback may close what
// called it.
type handle struct{ *object }

type object struct {
	one  sync.Mutex // held by calls that must be alone
	free func(unsafe.Pointer)

	mu      sync.Mutex
	pointer unsafe.Pointer // nil when freed
	users   int
	closed  bool
}

func own(pointer unsafe.Pointer, free func(unsafe.Pointer)) handle {
	owned := &object{pointer: pointer, free: free}
	runtime.SetFinalizer(owned, func(o *object) { o.Close() })
	return handle{owned}
}

// Close frees the object once nobody is using it. What was made with it goes on. Closing twice is no error.
func (o *object) Close() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	o.closed = true
	o.leave()
	return nil
}

// use returns the C object, nil when it was closed, and what must be called when the use of it is over. The library
// answers NULL with an error.
func (o *object) use() (unsafe.Pointer, func()) {
	if o == nil {
		return nil, func() {}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, func() {}
	}
	o.users++
	return o.pointer, func() {
		o.mu.Lock()
		o.users--
		o.leave()
	}
}

// leave unlocks, and frees when this was the last that held the object.
func (o *object) leave() {
	var pointer unsafe.Pointer
	if o.closed && o.users == 0 {
		pointer, o.pointer = o.pointer, nil
	}
	o.mu.Unlock()
	if pointer != nil {
		runtime.SetFinalizer(o, nil)
		o.free(pointer)
	}
}

// arena is C memory for one call: the structs of requests hold pointers, and C must not be given Go's. It is wiped when
// it is freed, since secrets and tokens lie in it. The zero value is empty.
type arena struct{ blocks [][]byte }

func (a *arena) alloc(size int) []byte {
	block := unsafe.Slice((*byte)(C.malloc(C.size_t(size))), size) // Go's C.malloc never returns nil
	a.blocks = append(a.blocks, block)
	return block
}

func (a *arena) free() {
	for _, block := range a.blocks {
		for i := range block {
			block[i] = 0
		}
		C.free(unsafe.Pointer(&block[0]))
	}
	a.blocks = nil
}

// bytes copies; nil is "not given", and empty is given and empty.
func (a *arena) bytes(value []byte) C.swt_bytes {
	if value == nil {
		return C.swt_bytes{}
	}
	block := a.alloc(len(value) + 1)
	block[copy(block, value)] = 0
	return C.swt_bytes{data: (*C.uint8_t)(&block[0]), len: C.size_t(len(value))}
}

func (a *arena) text(value *string) C.swt_bytes {
	if value == nil {
		return C.swt_bytes{}
	}
	block := a.alloc(len(*value) + 1)
	block[copy(block, *value)] = 0
	return C.swt_bytes{data: (*C.uint8_t)(&block[0]), len: C.size_t(len(*value))}
}

// optional is for texts where empty is none.
func (a *arena) optional(value string) C.swt_bytes {
	if value == "" {
		return C.swt_bytes{}
	}
	return a.text(&value)
}

// list makes the list of texts; nil is "not given", and an empty list is given, which the library refuses.
func (a *arena) list(texts []string) C.swt_bytes_list {
	if texts == nil {
		return C.swt_bytes_list{}
	}
	block := a.alloc((len(texts) + 1) * C.sizeof_swt_bytes)
	items := unsafe.Slice((*C.swt_bytes)(unsafe.Pointer(&block[0])), len(texts)+1)
	for i := range texts {
		items[i] = a.text(&texts[i])
	}
	return C.swt_bytes_list{items: &items[0], count: C.size_t(len(texts))}
}

// goString copies a view that the library returned.
func goString(view C.swt_bytes) string {
	return C.GoStringN((*C.char)(unsafe.Pointer(view.data)), C.int(view.len))
}
