package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capture"
)

// captures are the links whose packets a run keeps, a file each.
type captures struct {
	files   map[string]*os.File // by link
	running sync.WaitGroup
	stop    context.CancelFunc

	mu  sync.Mutex
	err error
}

// newCaptures makes the files: what cannot be written is better known before anything is built.
func newCaptures(links []string) (*captures, error) {
	c := &captures{files: map[string]*os.File{}}
	for _, link := range links {
		file, err := os.Create(captureName(link))
		if err != nil {
			return nil, errors.Join(usage("write capture: %w", err), c.close())
		}
		c.files[link] = file
	}
	return c, nil
}

// captureName is the file that a link's packets go to: a port's name has characters that files must not have.
func captureName(link string) string {
	return strings.NewReplacer("/", "-", ":", "-", `\`, "-").Replace(link) + ".pcapng"
}

// begin begins to capture. It returns once every packet from then on will be kept.
func (c *captures) begin(ctx context.Context, via box.Opener) {
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	var begun sync.WaitGroup
	for link, file := range c.files {
		begun.Add(1)
		c.running.Go(func() {
			once := sync.OnceFunc(begun.Done)
			defer once()
			if err := capture.Run(ctx, via, link, file, once); err != nil {
				c.fail(err)
			}
		})
	}
	begun.Wait()
}

func (c *captures) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = errors.Join(c.err, err)
}

// close ends the captures and says what went wrong with them.
func (c *captures) close() error {
	if c.stop != nil {
		c.stop()
	}
	c.running.Wait()
	err := c.err
	for link, file := range c.files {
		if failed := file.Close(); failed != nil {
			err = errors.Join(err, fmt.Errorf("write capture of %s: %w", link, failed))
		}
	}
	return err
}
