package swt

/*
#include <swt/swt.h>

extern void swtGoAudit(uintptr_t listener, swt_event *event);

// A cgo.Handle is a number. It travels in the callback's pointer, and no Go variable may call it one.
static void swt_go_audit(void *user, const swt_event *event) { swtGoAudit((uintptr_t)user, (swt_event *)event); }

static inline swt_status swt_go_set_audit(swt_config *config, uintptr_t listener) {
  return swt_config_set_audit(config, swt_go_audit, (void *)listener);
}
*/
import "C"

import "runtime/cgo"

// setAudit hands the listener to the config. The handle is to be deleted when no engine of the config is left.
func setAudit(config *C.swt_config, listener func(line string)) (cgo.Handle, error) {
	handle := cgo.NewHandle(listener)
	err := call(func() C.swt_status { return C.swt_go_set_audit(config, C.uintptr_t(handle)) })
	return handle, err
}

// A panic must not cross the library's frames, and what was decided stays decided.
//
//export swtGoAudit
func swtGoAudit(listener C.uintptr_t, event *C.swt_event) {
	defer func() { _ = recover() }()
	cgo.Handle(listener).Value().(func(string))(goString(C.swt_event_json(event)))
}
