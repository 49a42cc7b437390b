package topology

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Impairment is what a link does to the frames that it carries one way, short of losing its carrier. The zero value does
// nothing. Each frame is dealt with by itself, whatever became of the one before it.
type Impairment struct {
	Delay  time.Duration // that every frame is late by
	Jitter time.Duration // how much earlier or later than Delay, evenly spread
	Loss   float64       // shares of frames, 0 to 1
	// Corrupt frames have one bit inverted. No checksum of Ethernet's is looked at here, as in a device that spoils what
	// it has in its memory: what comes of such a frame depends on the bit.
	Corrupt   float64
	Duplicate float64
	Reorder   float64 // sent at once, before those that are being delayed
	Rate      Bitrate // frames that come faster wait; 0: as fast as they come
	// Queue is how much may wait for the rate, as the time that it takes to send; what comes then is lost. 0: QueueFrames.
	Queue time.Duration
}

// ImpairmentSpec is an impairment as typed, at a link or in a fault.
type ImpairmentSpec struct {
	Delay     *time.Duration    `yaml:"delay" doc:"how late every frame is, each way"`
	Jitter    *time.Duration    `yaml:"jitter" doc:"how much earlier or later than the delay"`
	Loss      *yamlfile.Percent `yaml:"loss" doc:"share of frames that are lost, each by itself; each way"`
	Corrupt   *yamlfile.Percent `yaml:"corrupt" doc:"share of frames in which a bit is inverted"`
	Duplicate *yamlfile.Percent `yaml:"duplicate" doc:"share of frames that arrive twice"`
	Reorder   *yamlfile.Percent `yaml:"reorder" doc:"share of frames that overtake those being delayed"`
	Rate      *Bitrate          `yaml:"rate" doc:"what gets through in a second, 10M; what comes faster waits"`
	Queue     *time.Duration    `yaml:"queue" doc:"how much may wait for the rate, 10ms of it; what comes then is lost; 10000 frames by default"`
}

// Over brings what is said into an impairment, in place of what it had.
func (s ImpairmentSpec) Over(i *Impairment) {
	set(&i.Delay, s.Delay)
	set(&i.Jitter, s.Jitter)
	set(&i.Rate, s.Rate)
	set(&i.Queue, s.Queue)
	for _, share := range []struct {
		to   *float64
		from *yamlfile.Percent
	}{{&i.Loss, s.Loss}, {&i.Corrupt, s.Corrupt}, {&i.Duplicate, s.Duplicate}, {&i.Reorder, s.Reorder}} {
		if share.from != nil {
			*share.to = float64(*share.from)
		}
	}
}

// longestDelay of a frame: three times the way to a geostationary satellite and back. Chosen; beyond it somebody else
// has long given up.
const longestDelay = 2 * time.Second

// Check says what is wrong with an impairment.
func (i Impairment) Check() error {
	switch {
	case i.Delay < 0 || i.Delay > longestDelay:
		return fmt.Errorf("delay is %s: it must be between 0 and %s", i.Delay, longestDelay)
	case i.Jitter < 0 || i.Jitter > i.Delay:
		return fmt.Errorf("jitter is %s: it must be between 0 and the delay, %s", i.Jitter, i.Delay)
	case i.Reorder > 0 && i.Delay == 0:
		return errors.New("reorder needs a delay: only frames that are being delayed can be overtaken")
	case i.Queue < 0 || i.Queue > longestDelay:
		return fmt.Errorf("queue is %s: it must be between 0 and %s", i.Queue, longestDelay)
	case i.Queue > 0 && i.Rate == 0:
		return errors.New("queue needs a rate: where nothing is held back, nothing waits")
	}
	return nil
}

// And is what two impairments come to, one after the other.
func (i Impairment) And(o Impairment) Impairment {
	i.Delay, i.Jitter = i.Delay+o.Delay, i.Jitter+o.Jitter
	i.Loss, i.Corrupt = Either(i.Loss, o.Loss), Either(i.Corrupt, o.Corrupt)
	i.Duplicate, i.Reorder = Either(i.Duplicate, o.Duplicate), Either(i.Reorder, o.Reorder)
	if i.Rate == 0 || o.Rate != 0 && o.Rate < i.Rate {
		i.Rate, i.Queue = o.Rate, o.Queue
	}
	return i
}

const (
	// QueueFrames is how many frames may wait for a rate where nobody says: no device has so many, and so none is lost.
	QueueFrames = 10_000
	// FullFrame is the longest frame of Ethernet without a tag, as Linux counts it: without its checksum (IEEE 802.3, 3.2.7).
	FullFrame = 1514
	// leastQueue holds a frame that is being sent and one that waits for it.
	leastQueue = 2
)

// Frames is how many frames may wait for the rate, the one being sent among them: as many full ones as the queue's time
// is enough for.
func (i Impairment) Frames() int {
	if i.Queue == 0 {
		return QueueFrames
	}
	return min(QueueFrames, max(leastQueue, int(math.Round(i.Queue.Seconds()*float64(i.Rate)/(8*FullFrame)))))
}

// Either is the share of what one of two independent shares befalls, or both.
func Either(a, b float64) float64 { return 1 - (1-a)*(1-b) }

// Words are the words of the language that the impairment uses, in their order: "delay", "loss".
func (i Impairment) Words() []string {
	var words []string
	for _, w := range i.list() {
		words = append(words, w[0])
	}
	return words
}

// String is how people say it: "delay 20ms, loss 2%".
func (i Impairment) String() string {
	var words []string
	for _, w := range i.list() {
		words = append(words, w[0]+" "+w[1])
	}
	if words == nil {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// list is the words used, each with its value.
func (i Impairment) list() [][2]string {
	var all [][2]string
	for _, d := range []struct {
		word string
		of   time.Duration
	}{{"delay", i.Delay}, {"jitter", i.Jitter}} {
		if d.of != 0 {
			all = append(all, [2]string{d.word, d.of.String()})
		}
	}
	for _, s := range []struct {
		word string
		of   float64
	}{{"loss", i.Loss}, {"corrupt", i.Corrupt}, {"duplicate", i.Duplicate}, {"reorder", i.Reorder}} {
		if s.of != 0 {
			all = append(all, [2]string{s.word, fmt.Sprintf("%.4g%%", 100*s.of)})
		}
	}
	if i.Rate != 0 {
		all = append(all, [2]string{"rate", i.Rate.String()})
	}
	if i.Queue != 0 {
		all = append(all, [2]string{"queue", i.Queue.String()})
	}
	return all
}
