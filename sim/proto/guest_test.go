package proto

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
)

// life is a guest being told things at moments; it tells each change of its state with the second it came at.
type life struct {
	*Guest
	said []string
	now  time.Duration
}

func (l *life) at(second int, tell func(now time.Duration)) *life {
	until := time.Duration(second) * time.Second
	for next := l.Next(); next <= until; next = l.Next() {
		l.now = max(l.now, next) // it may want to have been stepped before something was told
		l.watch(func() { l.Step(l.now) })
	}
	l.now = until
	l.watch(func() { tell(until) })
	return l
}

func (l *life) watch(do func()) {
	before := l.State()
	do()
	if l.State() != before {
		l.said = append(l.said, l.now.String()+" "+string(l.State()))
	}
}

func (l *life) disk(second int, d DiskState) *life {
	return l.at(second, func(now time.Duration) { l.Disk(now, d) })
}

func (l *life) power(second int, on, broken bool) *life {
	return l.at(second, func(now time.Duration) { l.Power(now, on, 0, broken) })
}

func (l *life) until(second int) []string { return l.at(second, func(time.Duration) {}).said }

func born(conf GuestConf) *life {
	conf.Boot = time.Minute
	return &life{Guest: NewGuest(conf)}
}

func TestGuestResumesWithItsDisk(t *testing.T) {
	for name, c := range map[string]struct {
		conf GuestConf
		want []string
	}{
		"within its timeout": {GuestConf{Timeout: time.Minute}, []string{"10s stalled", "40s running"}},
		"it waits for ever":  {GuestConf{}, []string{"10s stalled", "40s running"}},
		"too late":           {GuestConf{Timeout: 20 * time.Second}, []string{"10s stalled", "30s failed"}},
		"its host restarts it": {GuestConf{Timeout: 5 * time.Second, Restart: 20 * time.Second},
			[]string{"10s stalled", "15s failed", "30s booting", "1m40s up"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, born(c.conf).disk(10, Waits).disk(40, Answers).until(1000))
		})
	}
}

func TestGuestFailsByAnError(t *testing.T) {
	l := born(GuestConf{})
	assert.Equal(t, []string{"1s failed"}, l.disk(1, Refuses).disk(2, Answers).until(1000), "a failed guest does not recover by itself")
	assert.True(t, l.Answers(), "a read-only disk does not keep it from answering")
	l = born(GuestConf{Mute: true})
	l.disk(1, Refuses)
	assert.False(t, l.Answers(), "a stop error does")
	l = born(GuestConf{})
	assert.Equal(t, []string{"1s stalled", "9s failed"}, l.disk(1, Waits).disk(9, Refuses).until(1000))
}

func TestGuestBootsWithItsDiskOnly(t *testing.T) {
	l := born(GuestConf{}).power(1, false, false)
	assert.False(t, l.Answers())
	l.disk(5, Waits).power(10, true, false).disk(100, Answers).disk(130, Waits).disk(150, Answers)
	assert.Equal(t, []string{"1s off", "10s booting", "3m0s up"}, l.until(1000), "half of its minute before the pause, half after")
	assert.True(t, l.Works())
}

func TestGuestThatDoesNotComeUpIsRepaired(t *testing.T) {
	l := born(GuestConf{}).power(1, false, false).power(2, true, true).power(300, true, false)
	assert.Equal(t, []string{"1s off", "2s booting", "1m2s needs-repair", "5m0s up"}, l.until(1000))
}

func TestGuestOrdersAreAbsolute(t *testing.T) {
	l := born(GuestConf{}).power(1, true, false).power(2, false, false).power(3, false, false).power(4, true, false).power(5, true, false)
	assert.Equal(t, []string{"2s off", "4s booting", "1m4s up"}, l.until(1000))
	assert.Equal(t, sim.GuestUp, l.State())
}

// From disks whose speed is limited, a boot takes its time and what the reading takes, whichever is longer.
func TestGuestBootsNoSoonerThanItHasLoaded(t *testing.T) {
	loaded := func(l *life, second int) *life { return l.at(second, func(time.Duration) { l.Loaded() }) }
	for second, want := range map[int]string{20: "1m2s up", 90: "1m30s up"} {
		l := born(GuestConf{Loads: true}).power(1, false, false).power(2, true, false)
		assert.True(t, l.Loading())
		assert.Equal(t, []string{"1s off", "2s booting", want}, loaded(l, second).until(100))
		assert.False(t, l.Loading())
	}
	l := loaded(born(GuestConf{Loads: true}).power(1, false, false).power(2, true, false), 20).power(30, false, false).power(40, true, false)
	assert.True(t, l.Loading(), "a boot that was cut short has read nothing for the next")
}
