// Package kernel is the world of real packets: the plant in Linux network namespaces.
//
//	dcdrill run (outside)                    dcdrill inside (process 1 of its own namespaces)
//	  terminal, log file,   one byte stream    loop, log, wiring: a namespace per node
//	  pages, control socket <=============>    places, paces, probes, processes in nodes
//
// The outside starts the inside in a box (package box), which Enter begins. Whatever ends either of them, kill -9
// included, ends the other and with it every namespace, link and process: nothing is
// ever cleaned up, because nothing is ever left. Root is not needed.
//
// Everything that needs Linux is in files *_linux.go; elsewhere the package builds and
// says Unavailable.
package kernel
