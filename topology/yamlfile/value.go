package yamlfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// longest duration in days: a century.
const longest = 36500

// ParseDuration reads 300ms, 8m, 1h30m or 2d; a bare 0 needs no unit. Durations are never negative here.
func ParseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, fmt.Errorf("%q has no unit: write %ss, %sm or %sms", s, s, s, s)
	}
	days, rest, found := strings.Cut(s, "d")
	if !found {
		days, rest = "0", s
	}
	n, err := strconv.ParseFloat(days, 64)
	d := time.Duration(n * float64(24*time.Hour))
	if err == nil && rest != "" {
		var more time.Duration
		more, err = time.ParseDuration(rest)
		d += more
	}
	if err != nil || s == "" || !(math.Abs(n) <= longest) {
		return 0, fmt.Errorf("%q is not a duration: write it as 300ms, 90s, 8m, 1h30m or 2d", s)
	}
	if d < 0 || strings.HasPrefix(s, "-") {
		return 0, fmt.Errorf("%q is negative: nothing ends before it began", s)
	}
	return d, nil
}

// OrNever is a duration that may also be "never".
type OrNever struct {
	D     time.Duration
	Never bool
}

// UnmarshalText reads a duration, or never.
func (o *OrNever) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*o = OrNever{Never: true}
		return nil
	}
	d, err := ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%w, or never", err)
	}
	*o = OrNever{D: d}
	return nil
}

// Percent is a share: 0 to 1 here, "0%" to "100%" in files.
type Percent float64

// UnmarshalText reads 5% or 0.5%.
func (p *Percent) UnmarshalText(text []byte) error {
	number, found := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(f) {
		return fmt.Errorf("%q is not a percentage: write it as 5%%", text)
	}
	if !found {
		return fmt.Errorf("%q has no unit: write %s%%", text, number)
	}
	if f < 0 || f > 100 {
		return fmt.Errorf("%q is not between 0%% and 100%%", text)
	}
	*p = Percent(f / 100)
	return nil
}

// String writes 5%.
func (p Percent) String() string { return strconv.FormatFloat(float64(p)*100, 'f', -1, 64) + "%" }

// parseBool takes the words of YAML 1.1 and 1.2.
func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "yes", "on":
		return true, true
	case "false", "no", "off":
		return false, true
	}
	return false, false
}
