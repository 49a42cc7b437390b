package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Moment reads a moment of a scenario: a duration since its beginning, or a time of day on or after its start.
func Moment(text string, start time.Time) (time.Duration, error) {
	if !strings.Contains(text, ":") {
		return yamlfile.ParseDuration(text)
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		t, err := time.Parse(layout, text)
		switch {
		case err != nil:
			continue
		case start.IsZero():
			return 0, errors.New("a time of day needs a start: give the scenario one, or write a duration such as 8m")
		}
		then := time.Date(start.Year(), start.Month(), start.Day(), t.Hour(), t.Minute(), t.Second(), 0, start.Location())
		if then.Before(start) {
			then = then.AddDate(0, 0, 1)
		}
		return then.Sub(start), nil
	}
	return 0, fmt.Errorf("%q is not a time of day: write it as 13:05", text)
}
