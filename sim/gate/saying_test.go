package gate

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestOneFindingForAFamily(t *testing.T) {
	var s sayings
	for _, id := range []string{"h1", "h2", "h3"} {
		s.say(part{"h", id, ":team", 3}, "is wrong")
	}
	for _, id := range []string{"g1", "g3"} {
		s.say(part{"g", id, "", 3}, "is wrong too")
	}
	s.say(part{"h", "h2", ":team", 3}, "is wrong in another way")
	var got []string
	for _, f := range s.findings("put it right") {
		got = append(got, f.Subject+" | "+f.Message)
	}
	assert.Equal(t, []string{
		"h:team | h[1-3]:team: is wrong",
		"g1 g3 | g1 and g3: is wrong too",
		"h2:team | h2:team: is wrong in another way",
	}, got)
}

func TestWhatDoesNotComeBackIsGoneForGood(t *testing.T) {
	assert.Equal(t, "for good", upTo(math.MaxInt64))
	assert.Equal(t, "for up to 6m5s", upTo(365*time.Second))
}
