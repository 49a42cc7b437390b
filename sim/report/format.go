package report

import (
	"io"

	"github.com/dcdrill/dcdrill/sim"
)

// Format writes a report in one way.
type Format func(io.Writer, *Report, Style) error

// Style is how a report for people looks; formats for machines ignore it. The zero value is plain.
type Style struct {
	Color bool
	// Verbose also lists the expectations that held and every jump of the clock.
	Verbose bool
	// Width is how many columns the terminal has; 0 where there is none.
	Width int
}

// Formats holds all formats. A format is one file that registers itself from init.
var Formats = sim.NewRegistry[Format]("report format")

func register(name, doc string, f Format) {
	Formats.Register(name, doc, func() Format { return f })
}
