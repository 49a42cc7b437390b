package scenarios

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// startLayouts are the ways in which a local date and time may be written.
var startLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02"}

// start reads when scenario time 0 is; the zero time when the file does not say.
func (l *loader) start(f file) time.Time {
	zone := time.UTC
	if f.Zone.Kind() != yamlfile.Null {
		var err error
		if zone, err = time.LoadLocation(f.Zone.Text()); err != nil {
			l.ps.Add(f.Zone.Pos(), "write it as America/Chicago", "no time zone %q", f.Zone.Text())
			zone = time.UTC
		}
	}
	if f.Start.Kind() == yamlfile.Null {
		return time.Time{}
	}
	for _, layout := range startLayouts {
		if t, err := time.ParseInLocation(layout, f.Start.Text(), zone); err == nil {
			return t
		}
	}
	l.ps.Add(f.Start.Pos(), "write it as 2023-06-01T13:00", "%q is not a date and time", f.Start.Text())
	return time.Time{}
}

// at reads a moment of the timeline: scenario time, or a time of day on or after the start.
func (l *loader) at(n *yamlfile.Node, start time.Time) time.Duration {
	if n.Kind() == yamlfile.Null {
		return 0
	}
	d, err := sim.Moment(n.Text(), start)
	if err != nil {
		l.ps.Add(n.Pos(), "", "%s", err)
	}
	return d
}
