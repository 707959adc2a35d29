//go:build pkgconfig

package swt

// #cgo pkg-config: swt
import "C"
