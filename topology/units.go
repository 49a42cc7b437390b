package topology

import (
	"fmt"
	"strconv"
	"strings"
)

// Bitrate is a link's speed in bits per second, decimal as in IEEE 802.3: 40G is 40,000,000,000.
type Bitrate int64

// Speeds that engineers say aloud.
const (
	Kbps Bitrate = 1e3
	Mbps         = 1e3 * Kbps
	Gbps         = 1e3 * Mbps
	Tbps         = 1e3 * Gbps
)

var bitrateUnits = []struct {
	suffix string
	unit   Bitrate
}{{"T", Tbps}, {"G", Gbps}, {"M", Mbps}, {"K", Kbps}}

// String writes the rate as engineers do: 40G, 2.5G, 100M.
func (b Bitrate) String() string {
	for _, u := range bitrateUnits {
		if b >= u.unit {
			return strconv.FormatFloat(float64(b)/float64(u.unit), 'f', -1, 64) + u.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// leastPlain is the slowest speed that may be written as bits per second without a unit: below it, gigabits were meant.
const leastPlain = 1e6

// UnmarshalText reads 40G, 2.5G, 100M, 10Gbps or a plain number of bits per second.
func (b *Bitrate) UnmarshalText(text []byte) error {
	s := strings.ToUpper(strings.TrimSpace(string(text)))
	for _, end := range []string{"BIT/S", "BPS", "B/S", "BE", "BIT"} {
		s = strings.TrimSuffix(s, end)
	}
	s = strings.TrimSpace(s)
	unit := Bitrate(1)
	for _, u := range bitrateUnits {
		if strings.HasSuffix(s, u.suffix) {
			unit, s = u.unit, strings.TrimSuffix(s, u.suffix)
			break
		}
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err == nil && unit == 1 && f < leastPlain {
		return fmt.Errorf("%q has no unit: write %sG or %sM", text, s, s)
	}
	if err != nil || f <= 0 || f*float64(unit) > 1e16 {
		return fmt.Errorf("%q is not a speed: write it as 40G, 2.5G or 100M", text)
	}
	*b = Bitrate(f * float64(unit))
	return nil
}

// MarshalText is the reverse of UnmarshalText.
func (b Bitrate) MarshalText() ([]byte, error) { return []byte(b.String()), nil }
