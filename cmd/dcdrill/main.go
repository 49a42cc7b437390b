// Command dcdrill rebuilds a data centre in Linux network namespaces, breaks it the way real incidents did, and tells
// which workloads survive, how long the others are gone, why, and what brings them back.
//
//	dcdrill run core-pair-reboot            play a built-in incident
//	dcdrill try mine.yaml 'reboot: core'    ask what survives
//
// main.go and app.go are what all commands share; every other file is one command, or how it shows what it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // scenarios name time zones, and not every machine has them
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends us at once; what stands inside ends with us.
	context.AfterFunc(ctx, stop)
	a := &app{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	os.Exit(a.until(ctx, os.Args[1:]))
}

// until runs one command line. When ctx ends it waits for what stands to be unwound; where nothing does, it leaves work
// that is under way at once, however deep in a large file or a long search that is: it ends with the program.
func (a *app) until(ctx context.Context, args []string) (code int) {
	over := make(chan int, 1)
	go func() { over <- a.main(ctx, args) }()
	select {
	case code = <-over:
	case <-ctx.Done():
		code = exitInterrupted
		if a.stands.Load() {
			code = <-over
		}
	}
	return code
}
