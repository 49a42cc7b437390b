package simtest

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Kinds holds every kind of a registry to the rules of the house: a line of documentation that begins like a sentence
// goes on, a fresh value each time, a file and a test file of its name. It runs in the package that registers them.
func Kinds[T any](t *testing.T, r *sim.Registry[T]) {
	require.NotEmpty(t, r.Kinds())
	for _, k := range r.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			assert.False(t, strings.HasSuffix(k.Doc, "."), "the doc line %q is no sentence", k.Doc)
			assert.NotContains(t, k.Doc, "\n")
			assert.NotSame(t, any(k.New()), any(k.New()), "New gives the same value twice")
			file := strings.ReplaceAll(k.Name, "-", "")
			assert.FileExists(t, file+".go")
			_, err := os.Stat(file + "_test.go")
			assert.NoError(t, err, "a kind without a test")
		})
	}
}

// Faults injects an example of every registered kind of fault into the plant and demands that ending it leaves the
// plant as it was: once, twice over, and with two overlapping copies that end in either order.
func Faults(t *testing.T, plant func() *topology.Plant, examples map[string]func() sim.Fault) {
	for _, k := range sim.Faults.Kinds() {
		example, ok := examples[k.Name]
		if !assert.True(t, ok, "no example of %s to test", k.Name) {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			for name, play := range map[string]func(*sim.Run, *sim.Entry, *sim.Entry){
				"once": once, "twice": twice, "first-ends-first": nested(false), "last-ends-first": nested(true),
			} {
				t.Run(name, func(t *testing.T) { healsAll(t, plant(), example, play) })
			}
		})
	}
}

// healAfter is within every boot, flap and crash of the examples.
const healAfter = 90 * time.Second

func healsAll(t *testing.T, p *topology.Plant, example func() sim.Fault, play func(*sim.Run, *sim.Entry, *sim.Entry)) {
	one, two := Entry(t, p, "one", 0, example()), Entry(t, p, "two", 0, example())
	log, world := Play(t, &sim.Scenario{Plant: p}, sim.Options{Serve: func(r *sim.Run) {
		play(r, one, two)
		assert.NotEmpty(t, wrong(r), "an example that does nothing shows nothing")
	}})
	assert.Empty(t, world.Wrong(), "levels that are still wrong after the end\n%s", Transcript(log))
}

func wrong(r *sim.Run) []string { return r.World().(*World).Wrong() }

func once(r *sim.Run, one, _ *sim.Entry) { begin(r, one, 0) }

func twice(r *sim.Run, one, _ *sim.Entry) {
	begin(r, one, 0)
	r.Loop().After(time.Hour, func() { begin(r, one, 0) })
}

// nested has the second copy begin while the first goes on.
func nested(lastFirst bool) func(*sim.Run, *sim.Entry, *sim.Entry) {
	return func(r *sim.Run, one, two *sim.Entry) {
		first, second := time.Duration(0), healAfter/2
		if lastFirst {
			first, second = healAfter, 0
		}
		begin(r, one, first)
		r.Loop().After(healAfter/3, func() { begin(r, two, second) })
	}
}

// begin injects an entry and ends it after healAfter and some more, if it is still going on then.
func begin(r *sim.Run, e *sim.Entry, more time.Duration) {
	if err := r.Inject(e); err != nil {
		panic(err)
	}
	r.Loop().After(healAfter+more, func() {
		for _, id := range r.Active() {
			if id == e.ID {
				_ = r.Heal(id)
			}
		}
	})
}
