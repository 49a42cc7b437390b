package finding

import (
	"io"

	"github.com/dcdrill/dcdrill/sim"
)

// Format writes a report in one way.
type Format func(io.Writer, *Report) error

// Formats holds all formats. A format is one file that registers itself from init.
var Formats = sim.NewRegistry[Format]("format of findings")

func register(name, doc string, f Format) {
	Formats.Register(name, doc, func() Format { return f })
}
