package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Format is the version of the log: it changes when an old reader would misread a new log.
const Format = "dcdrill/log/v1"

// Event is one thing that happened.
type Event struct {
	Seq     int           // 1, 2, 3...
	At      time.Duration // scenario time
	Wall    time.Time     // kernel world only
	Subject string        // what it happened to: "core1", "hv1:vmnic0", "web/3"
	Cause   int           // Seq of the event that led to it; 0: none
	Data    Data
}

// Data is what an event of one kind holds. Kinds are structs of this package, so that reading a log is type-safe.
type Data interface{ Kind() string }

// Seconds is a duration that JSON writes as decimal seconds.
type Seconds time.Duration

// String is the duration as Go and people write it.
func (s Seconds) String() string { return time.Duration(s).String() }

// MarshalJSON writes seconds, exact to the nanosecond and without trailing zeros.
func (s Seconds) MarshalJSON() ([]byte, error) {
	whole, frac := int64(s)/1e9, int64(s)%1e9
	if frac == 0 {
		return strconv.AppendInt(nil, whole, 10), nil
	}
	sign := ""
	if s < 0 {
		sign, whole, frac = "-", -whole, -frac
	}
	return bytes.TrimRight(fmt.Appendf(nil, "%s%d.%09d", sign, whole, frac), "0"), nil
}

// UnmarshalJSON reads seconds.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	d, err := time.ParseDuration(string(b) + "s")
	*s = Seconds(d)
	return err
}

type eventJSON struct {
	Seq     int             `json:"seq"`
	At      Seconds         `json:"t"`
	Wall    *time.Time      `json:"wall,omitempty"`
	Kind    string          `json:"kind"`
	Subject string          `json:"subject,omitempty"`
	Cause   int             `json:"cause,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// MarshalJSON writes one line of a log.
func (e Event) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return nil, err
	}
	line := eventJSON{Seq: e.Seq, At: Seconds(e.At), Kind: e.Data.Kind(), Subject: e.Subject, Cause: e.Cause}
	if string(data) != "{}" {
		line.Data = data
	}
	if !e.Wall.IsZero() {
		line.Wall = &e.Wall
	}
	return json.Marshal(line)
}

// UnmarshalJSON reads one line of a log; a kind this program does not know becomes UnknownData.
func (e *Event) UnmarshalJSON(b []byte) error {
	var line eventJSON
	if err := json.Unmarshal(b, &line); err != nil {
		return err
	}
	*e = Event{Seq: line.Seq, At: time.Duration(line.At), Subject: line.Subject, Cause: line.Cause}
	if line.Wall != nil {
		e.Wall = *line.Wall
	}
	var err error
	e.Data, err = decodeData(line.Kind, line.Data)
	return err
}
