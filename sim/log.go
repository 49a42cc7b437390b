package sim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// Log is everything that happened, in order. It only grows. It belongs to the loop's goroutine.
type Log struct {
	events    []Event
	listeners []func(Event)
	wall      func() time.Time
	now       func() time.Duration
	history   *History // while the log is being judged
}

// NewLog makes an empty log whose events bear the clock's time, and wall's where wall is not nil.
func NewLog(now func() time.Duration, wall func() time.Time) *Log { return &Log{now: now, wall: wall} }

// Listen has f called with every event from now on, as it is appended.
func (l *Log) Listen(f func(Event)) { l.listeners = append(l.listeners, f) }

// Add appends an event at the present time and returns its sequence number.
func (l *Log) Add(cause int, subject string, data Data) int {
	e := Event{At: l.now(), Subject: subject, Cause: cause, Data: data}
	if l.wall != nil {
		e.Wall = l.wall().UTC()
	}
	return l.append(e)
}

// Take appends an event that happened elsewhere, as it stands. Its sequence number must be the next.
func (l *Log) Take(e Event) error {
	if e.Seq != len(l.events)+1 {
		return fmt.Errorf("take event %d: the log ends with %d", e.Seq, len(l.events))
	}
	l.append(e)
	return nil
}

func (l *Log) append(e Event) int {
	e.Seq = len(l.events) + 1
	if len(l.events) == cap(l.events) {
		l.events = slices.Grow(l.events, len(l.events)+1) // twice as many: append grows long ones by a quarter
	}
	l.events = append(l.events, e)
	for _, f := range l.listeners {
		f(e)
	}
	return e.Seq
}

// Events lists all events; event n is at n-1.
func (l *Log) Events() []Event { return l.events }

// Event finds an event by its sequence number; the zero Event when there is none.
func (l *Log) Event(seq int) Event {
	if seq < 1 || seq > len(l.events) {
		return Event{}
	}
	return l.events[seq-1]
}

// Header is the data of event 1.
func (l *Log) Header() HeaderData {
	h, _ := l.Event(1).dataAs().(HeaderData)
	return h
}

func (e Event) dataAs() Data { return e.Data }

// Fault follows causes back to the fault that began it; the zero Event when there is none.
func (l *Log) Fault(seq int) Event {
	for seq != 0 {
		e := l.Event(seq)
		if _, ok := e.Data.(FaultData); ok {
			return e
		}
		if e.Cause >= seq {
			break // no log of ours: nothing is caused by what comes after it
		}
		seq = e.Cause
	}
	return Event{}
}

// ErrVersion is a log that this program does not read: of another format, or with nothing in it.
var ErrVersion = errors.New("no log of this version")

// ReadLog reads JSON Lines. A last line cut short is left out, and said by cut.
func ReadLog(r io.Reader) (l *Log, cut bool, err error) {
	l = &Log{}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return l, len(bytes.TrimSpace(line)) > 0, l.checkFormat()
		}
		if err != nil {
			return nil, false, fmt.Errorf("read log: %w", err)
		}
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, false, fmt.Errorf("line %d of the log: %w", len(l.events)+1, err)
		}
		if err := l.Take(e); err != nil {
			return nil, false, fmt.Errorf("line %d of the log has sequence number %d", len(l.events)+1, e.Seq)
		}
	}
}

func (l *Log) checkFormat() error {
	if len(l.events) == 0 {
		return fmt.Errorf("%w: it is empty", ErrVersion)
	}
	if got := l.Header().Format; got != Format {
		return fmt.Errorf("%w: it says %q, this program reads %q", ErrVersion, got, Format)
	}
	return nil
}

// WriteEvent writes an event as one line.
func WriteEvent(w io.Writer, e Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write event %d: %w", e.Seq, err)
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }
