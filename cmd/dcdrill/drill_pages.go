package main

import (
	"context"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/live"
)

// drillPages are the flags that say who gets which page, and where.
type drillPages struct {
	held    string
	staff   drill.Staffing
	address live.Address
}

func (f *drillPages) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.held, "format", string(drill.Tabletop), "tabletop (a table talks, a facilitator enters it) or functional (every role has a page)")
	flags.IntVar(&f.staff.Facilitators, "facilitators", 1, "how many facilitators a functional drill has")
	flags.IntVar(&f.staff.Evaluators, "evaluators", 1, "how many evaluators a functional drill has")
	flags.StringVar(&f.address.Listen, "listen", "127.0.0.1:0", "`HOST:PORT` of the pages; a tabletop's are served on loopback only")
	flags.StringVar(&f.address.Certificate, "certificate", "", "PEM `FILE`: the pages by HTTPS, which any HOST but this machine itself needs")
	flags.StringVar(&f.address.Key, "key", "", "PEM `FILE` with the certificate's private key")
}

func (f *drillPages) format() drill.Format { return drill.Format(f.held) }

// seats are those of a drill; in a functional one each has a new token.
func (f *drillPages) seats(s *drill.Script) []drill.Seat { return s.Seats(f.format(), f.staff) }

// check finds flags that make no sense, alone or together.
func (f *drillPages) check() error {
	functional := f.format() == drill.Functional
	_, _, err := net.SplitHostPort(f.address.Listen)
	switch {
	case !functional && f.format() != drill.Tabletop:
		return usage("a drill has no format %q: it can be tabletop or functional", f.held)
	case min(f.staff.Facilitators, f.staff.Evaluators) < 1 || max(f.staff.Facilitators, f.staff.Evaluators) > drill.MostSeats:
		return usage("--facilitators and --evaluators: there are 1 to %d of each", drill.MostSeats)
	case (f.address.Certificate == "") != (f.address.Key == ""):
		return usage("--certificate and --key go together")
	case err != nil:
		return usage("listen on %q: want an address such as 127.0.0.1:8080", f.address.Listen)
	case !functional && !live.Loopback(f.address.Listen):
		return usage("listen on %q: a tabletop's pages have no tokens, so they are served on loopback only; those of --format functional have", f.address.Listen)
	}
	return nil
}

// open listens for browsers.
func (f *drillPages) open() (net.Listener, string, error) {
	l, address, err := f.address.Open()
	if err != nil {
		return nil, "", &usageError{err}
	}
	return l, address, nil
}

// open opens the pages once the room stands.
func (d *drilling) open(ctx context.Context, door drill.Door, s *drill.Script, sc *sim.Scenario) {
	desk := drill.NewDesk(door, s, sc, d.format, d.seats)
	d.desk.Store(desk)
	out := d.app.Stdout
	fmt.Fprintf(out, "%s\n\n", drill.Banner)
	width := 0
	for _, seat := range d.seats {
		width = max(width, len(seat.Title))
	}
	for _, seat := range d.seats {
		fmt.Fprintf(out, "%-*s  %s\n", width, seat.Title, seat.Link(d.address))
	}
	if d.format == drill.Functional {
		fmt.Fprint(out, "\nEach link is the key to a seat: give it to who sits there, and to nobody else.\n")
	}
	fmt.Fprint(out, "\nCtrl-C ends it, and keeps all.\n")
	go func() { _ = desk.Serve(ctx, d.listener) }()
}
