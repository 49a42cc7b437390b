package proto

import (
	"slices"
	"time"
)

// Disks are the disks of an array, and who reads much from them at once: each gets as much of their time as any other.
//
//	one reader    ━━━━━━┓ done              what takes the disks 10 s
//	two readers   ━━━━━━━━━━━━┓ both done   takes each of two 20 s
type Disks struct {
	share    float64 // of their time that readers get, the rest is for all else
	at       time.Duration
	readings []*Reading
}

// Reading is one reader's.
type Reading struct {
	left   float64 // how long the disks alone would take, in seconds
	paused bool
}

// NewDisks are disks of whose time readers get a share, above 0 and at most 1.
func NewDisks(share float64) *Disks { return &Disks{share: share} }

// Begin is a reader with something to read that takes the disks so long if they do nothing else.
func (d *Disks) Begin(now, takes time.Duration) *Reading {
	d.advance(now)
	r := &Reading{left: takes.Seconds()}
	d.readings = append(d.readings, r)
	return r
}

// Pause has a reader wait for something else than the disks, or go on.
func (d *Disks) Pause(now time.Duration, r *Reading, paused bool) {
	d.advance(now)
	r.paused = paused
}

// End is a reader that wants no more.
func (d *Disks) End(now time.Duration, r *Reading) {
	d.advance(now)
	d.readings = slices.DeleteFunc(d.readings, func(other *Reading) bool { return other == r })
}

// Done says whether all has been read.
func (d *Disks) Done(now time.Duration, r *Reading) bool {
	d.advance(now)
	return r.left <= 0
}

// Next is when the first reader will have read all; Never when none is reading.
func (d *Disks) Next() time.Duration {
	next := Never
	for _, r := range d.readings {
		if !r.paused {
			next = min(next, d.at+time.Duration(r.left/d.each()*float64(time.Second))+1)
		}
	}
	return next
}

// each is what one reader gets of a second of the disks.
func (d *Disks) each() float64 {
	reading := 0
	for _, r := range d.readings {
		if !r.paused {
			reading++
		}
	}
	return d.share / float64(max(1, reading))
}

// advance counts what was read since it was last looked at.
func (d *Disks) advance(now time.Duration) {
	read := (now - d.at).Seconds() * d.each()
	for _, r := range d.readings {
		if !r.paused {
			r.left -= read
		}
	}
	d.at = now
}
