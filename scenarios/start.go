package scenarios

import (
	"strings"
	"time"

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
	if strings.Contains(n.Text(), ":") {
		return l.timeOfDay(n, start)
	}
	d, err := yamlfile.ParseDuration(n.Text())
	if err != nil {
		l.ps.Add(n.Pos(), "", "%s", err)
	}
	return d
}

func (l *loader) timeOfDay(n *yamlfile.Node, start time.Time) time.Duration {
	for _, layout := range []string{"15:04", "15:04:05"} {
		t, err := time.Parse(layout, n.Text())
		if err != nil {
			continue
		}
		if start.IsZero() {
			l.ps.Add(n.Pos(), "give the scenario a start, or write a duration such as 8m", "a time of day needs a start")
			return 0
		}
		then := time.Date(start.Year(), start.Month(), start.Day(), t.Hour(), t.Minute(), t.Second(), 0, start.Location())
		if then.Before(start) {
			then = then.AddDate(0, 0, 1)
		}
		return then.Sub(start)
	}
	l.ps.Add(n.Pos(), "", "%q is not a time of day: write it as 13:05", n.Text())
	return 0
}
