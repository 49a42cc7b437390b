package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/live"
)

// liveFlags are the flags of a page that shows a run while it goes on.
type liveFlags struct {
	on      bool
	address live.Address
}

func (f *liveFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.BoolVar(&f.on, "live", false, "show the run in browsers while it goes on; the page stays until Ctrl-C")
	flags.StringVar(&f.address.Listen, "listen", "127.0.0.1:0", "`HOST:PORT` of the live page; port 0 takes a free one")
	flags.StringVar(&f.address.Certificate, "certificate", "", "PEM `FILE`: the live page by HTTPS, which any HOST but this machine itself needs")
	flags.StringVar(&f.address.Key, "key", "", "PEM `FILE` with the certificate's private key")
}

// check finds flags that say nothing together.
func (f *liveFlags) check() error {
	if (f.address.Certificate == "") != (f.address.Key == "") {
		return usage("--certificate and --key go together")
	}
	if f.address.Certificate != "" && !f.on {
		return usage("--certificate is for the page of --live")
	}
	return nil
}

// playLive plays a scenario and shows it in browsers. When the run is over its page stays until Ctrl-C: people look at
// it then.
func (a *app) playLive(ctx context.Context, sc *sim.Scenario, f *playFlags, l liveFlags) error {
	a.stands.Store(true)
	page := live.New()
	site, err := live.Serve(page, l.address)
	if err != nil {
		return &usageError{err}
	}
	fmt.Fprintf(a.Stderr, "live page: %s\n", site.URL)
	f.watch = page.Event
	err = a.play(ctx, sc, f)
	page.Over()
	var judged found
	if err == nil || errors.As(err, &judged) {
		fmt.Fprintln(a.Stderr, "the run is over; its page stays until Ctrl-C")
		<-ctx.Done()
	}
	return errors.Join(err, site.Close())
}
