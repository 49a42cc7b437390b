package proto

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

// bench is a gateway with members 0, 1, 2... of which some are out of service and some cannot hear others.
type bench struct {
	*Gateway
	out  map[int]bool
	deaf map[[2]int]bool // who does not hear whom
	now  time.Duration
}

func newBench(members int, phase float64) *bench {
	conf := &topology.Gateway{Members: make([]*topology.Node, members), Takeover: 3600 * time.Millisecond, Advert: time.Second}
	return &bench{Gateway: NewGateway(conf, phase), out: map[int]bool{}, deaf: map[[2]int]bool{}}
}

func (b *bench) hears(at, from int) bool {
	return !b.out[at] && !b.out[from] && !b.deaf[[2]int{at, from}]
}

func (b *bench) tell() { b.Set(b.now, func(i int) bool { return !b.out[i] }, b.hears) }

// holders writes who holds: "0", "0 1", "-".
func (b *bench) holders() string {
	var held []string
	for i := range b.members {
		if b.Holds(i) {
			held = append(held, fmt.Sprint(i))
		}
	}
	if held == nil {
		return "-"
	}
	return strings.Join(held, " ")
}

// until plays on to a moment and writes each change after the present one.
func (b *bench) until(end time.Duration) string {
	out := []string{b.holders()}
	for b.Next() <= end && b.Next() != Never {
		b.now = b.Next()
		b.Step(b.now, b.hears)
		if is := fmt.Sprintf("%s %s", b.now, b.holders()); !strings.HasSuffix(out[len(out)-1], b.holders()) {
			out = append(out, is)
		}
	}
	b.now = end
	return strings.Join(out, ", ")
}

func TestGatewayTakeover(t *testing.T) {
	for phase, want := range map[float64]string{0: "-, 12.6s 1", 0.5: "-, 13.1s 1", 1: "-, 13.6s 1"} {
		b := newBench(3, phase)
		assert.Equal(t, "0", b.until(10*time.Second))
		b.out[0] = true
		b.tell()
		assert.Equal(t, want, b.until(time.Minute), "phase %v: the last advert was sent within the last second", phase)
	}
}

func TestGatewayTakesBack(t *testing.T) {
	b := newBench(2, 1)
	b.out[0] = true
	b.tell()
	b.until(time.Minute)
	b.out[0] = false
	b.tell()
	assert.Equal(t, "1, 1m3.6s 0", b.until(2*time.Minute), "at once from one to the other, after the wait of a newcomer")
}

func TestGatewayComesBackBeforeItWasMissed(t *testing.T) {
	b := newBench(2, 1)
	b.out[0] = true
	b.tell()
	b.until(time.Second)
	b.out[0] = false
	b.tell()
	assert.Equal(t, "-, 3.6s 1, 4.6s 0", b.until(time.Minute), "a newcomer waits while the other runs out of patience")
}

func TestGatewayOfTwoNewcomers(t *testing.T) {
	b := newBench(2, 0)
	b.out[0], b.out[1] = true, true
	b.tell()
	assert.Equal(t, "-", b.until(time.Minute))
	b.out[0], b.out[1] = false, false
	b.tell()
	assert.Equal(t, "-, 1m3.6s 0", b.until(time.Hour), "both wait, the preferred one wins")
}

func TestGatewaySplitAndReunion(t *testing.T) {
	b := newBench(2, 0.5)
	b.deaf[[2]int{1, 0}], b.deaf[[2]int{0, 1}] = true, true
	b.tell()
	assert.Equal(t, "0, 3.1s 0 1", b.until(10*time.Second), "each holds")
	clear(b.deaf)
	b.tell()
	assert.Equal(t, "0 1, 10.5s 0", b.until(time.Minute), "the other stands down with the next advert")
}

func TestGatewayHeardOneWay(t *testing.T) {
	b := newBench(2, 0)
	b.deaf[[2]int{0, 1}] = true
	b.tell()
	assert.Equal(t, "0", b.until(time.Minute), "what the backup sends is of no interest")
	b.deaf[[2]int{1, 0}] = true
	b.tell()
	assert.Equal(t, "0, 1m2.6s 0 1", b.until(2*time.Minute))
}

func TestGatewaySaysWhy(t *testing.T) {
	b := newBench(2, 0)
	b.out[0] = true
	b.tell()
	assert.Equal(t, "out of service", b.Why(0))
	b.until(time.Minute)
	assert.Equal(t, "the holder fell silent", b.Why(1))
	b.out[0] = false
	b.tell()
	b.until(2 * time.Minute)
	assert.Equal(t, "in service, none better heard", b.Why(0))
	assert.Equal(t, "a better holder is heard", b.Why(1))
}

// TestGatewayProperties demands of any gateway at rest that a member in service holds exactly when it hears no better one.
func TestGatewayProperties(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 3))
		b := newBench(2+r.IntN(3), r.Float64())
		for range 12 {
			b.until(b.now + time.Duration(r.IntN(5000))*time.Millisecond)
			i, j := r.IntN(len(b.members)), r.IntN(len(b.members))
			if i == j {
				b.out[i] = !b.out[i]
			} else {
				b.deaf[[2]int{i, j}] = !b.deaf[[2]int{i, j}]
			}
			b.tell()
		}
		pending, was := b.Pending(b.hears), b.holders()
		b.until(b.now + time.Hour)
		require.Equal(t, pending, b.holders() != was, "seed %d: Pending did not tell the truth", seed)
		for i := range b.members {
			require.Equal(t, !b.out[i] && b.betterHeard(i, b.hears) == None, b.Holds(i), "seed %d: member %d of %s", seed, i, b.holders())
		}
	}
}
