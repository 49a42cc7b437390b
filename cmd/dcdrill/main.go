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
	os.Exit(a.main(ctx, os.Args[1:]))
}
