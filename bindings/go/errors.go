package swt

// #include <swt/swt.h>
import "C"

import (
	"errors"
	"fmt"
	"runtime"
)

// What a program branches on, with errors.Is. ErrRejected is both ErrTokenRejected and ErrProofOrSessionRejected.
var (
	ErrUsage                  = errors.New("swt: the program is wrong: an argument, a setting, a key")
	ErrTokenRejected          = errors.New("swt: the token is not good")
	ErrProofOrSessionRejected = errors.New("swt: the proof or the session is not good")
	ErrRejected               = errors.New("swt: rejected: answer 401")
	ErrUnavailable            = errors.New("swt: the store could not answer for certain: answer 503")
	ErrInternal               = errors.New("swt: memory, cryptography, or a bug")
)

var classes = map[int32]error{
	1: ErrUsage, 2: ErrTokenRejected, 3: ErrProofOrSessionRejected, 4: ErrUnavailable, 5: ErrInternal,
}

// Error is what every function here returns when it fails: use errors.As to log it, and errors.Is to branch on it.
type Error struct {
	Status    int32  // the number in swt.h
	Code      string // its stable name, such as "token_expired"
	Message   string // a sentence for logs; it may tell which check failed: do not send it to a client
	Challenge string // for a 401's WWW-Authenticate: "invalid_token" or "invalid_dpop_proof"; "" when it is no rejection
}

// Error gives name, number and sentence.
func (e *Error) Error() string { return fmt.Sprintf("swt: %s (%d): %s", e.Code, e.Status, e.Message) }

// Is tells the error's class.
func (e *Error) Is(target error) bool {
	class, known := classes[int32(C.swt_status_class(C.swt_status(e.Status)))]
	if !known {
		class = ErrInternal
	}
	if target == ErrRejected {
		return class == ErrTokenRejected || class == ErrProofOrSessionRejected
	}
	return target == class
}

// call makes an error of a failed status. The library keeps the last failure's sentence for each thread, and between
// two calls Go may move a goroutine to another.
func call(work func() C.swt_status) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	status := work()
	if status == C.SWT_OK {
		return nil
	}
	return newError(status, C.GoString(C.swt_last_error_message()))
}

func newError(status C.swt_status, message string) error {
	return &Error{
		Status:    int32(status),
		Code:      C.GoString(C.swt_status_name(status)),
		Message:   message,
		Challenge: C.GoString(C.swt_status_challenge(status)),
	}
}

func usageError(message string) error { return newError(C.SWT_ERR_ARGUMENT, message) }
