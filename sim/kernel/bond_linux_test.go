package kernel

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// wallClock is real time.
type wallClock struct{ base time.Time }

func (c wallClock) Now() time.Duration { return time.Since(c.base) }

func (c wallClock) Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	timer := time.NewTimer(t - c.Now())
	defer timer.Stop()
	select {
	case f := <-posts:
		return f, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, nil
	}
}

// bondBench is a host with a bond of two members to a switch, and a peer behind the switch.
type bondBench struct {
	*condition
	bonds   *bonds
	bond    *topology.Bond
	host    *topology.Node
	peer    *topology.Node
	loop    *sim.Loop
	changes chan sim.BondData
}

// kindsOfBonds are what this kernel has: its own bonds where its bonding driver is, emulated ones where frames can be
// patched through. Every kernel that we know of has one of them.
func kindsOfBonds(t *testing.T) map[string]bool {
	kinds := map[string]bool{}
	if nativeFilter() {
		kinds["emulated"] = false
	}
	if nativeBonding() {
		kinds["native"] = true
	}
	require.NotEmpty(t, kinds)
	return kinds
}

func newBondBench(t *testing.T, native bool, conf topology.Bond) *bondBench {
	t.Helper()
	f := newPlant()
	lan, mgmt := f.network("lan", "10.0.0.0/24"), f.network("mgmt", "10.0.1.0/24")
	sw, host, peer := f.node("sw", topology.Switch), f.node("host", topology.Host), f.node("peer", topology.Host)
	m0 := f.link(sw, "Ethernet1/1", host, "vmnic0", lan, mgmt)
	m1 := f.link(sw, "Ethernet1/2", host, "vmnic1", lan, mgmt)
	b := f.bond(host, "team0", m0.B, m1.B)
	b.Miimon, b.Updelay, b.Downdelay, b.Reselect = 20*time.Millisecond, conf.Updelay, conf.Downdelay, conf.Reselect
	if conf.Primary != nil {
		b.Primary = b.Members[conf.Primary.Index]
	}
	f.address(host, lan, "10.0.0.1/24", b)
	f.address(host, mgmt, "10.0.1.1/24", b)
	l := f.link(sw, "Ethernet1/3", peer, "eth0", lan)
	f.address(peer, lan, "10.0.0.2/24", l.B)
	return startBench(t, f.plant(), native, b, peer)
}

func startBench(t *testing.T, p *topology.Plant, native bool, b *topology.Bond, peer *topology.Node) *bondBench {
	t.Helper()
	fab, err := build(p, native, false)
	require.NoError(t, err)
	bb := &bondBench{condition: newCondition(fab), bond: b, host: b.Node, peer: peer, changes: make(chan sim.BondData, 100)}
	bb.loop = sim.NewLoop(wallClock{time.Now()})
	bb.bonds = newBonds(bb.condition, bb.loop, func(of *topology.Bond, d sim.BondData) {
		if of == b {
			bb.changes <- d
		}
	})
	require.NoError(t, bb.bonds.start())
	watch, err := watchLinks(bb.bonds.namespaces(), func(states []linkState) { bb.loop.Post(func() { bb.bonds.see(states) }) })
	require.NoError(t, err)
	t.Cleanup(watch.close)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		_ = bb.loop.Run(ctx, sim.Never, func() bool { return false })
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		bb.bonds.close()
		fab.close()
	})
	return bb
}

// do sets levels on the loop.
func (bb *bondBench) do(t *testing.T, levels ...sim.Level) {
	t.Helper()
	done := make(chan error, 1)
	bb.loop.Post(func() {
		_, err := bb.set(levels)
		done <- err
	})
	require.NoError(t, <-done)
}

// member sets the carrier of a member, at both ends as a pulled cable does.
func (bb *bondBench) member(t *testing.T, i int, up bool) {
	t.Helper()
	p := bb.bond.Members[i]
	bb.do(t, sim.Carrier{Port: p, Up: up}, sim.Carrier{Port: p.Peer(), Up: up})
}

// active waits for the bond to use a member; empty: none.
func (bb *bondBench) active(t *testing.T, name string) {
	t.Helper()
	for {
		select {
		case d := <-bb.changes:
			if d.Active == name {
				return
			}
		case <-time.After(10 * time.Second):
			require.Fail(t, "never used", "member %q", name)
		}
	}
}

// passes sees whether packets pass the bond.
func (bb *bondBench) passes(t *testing.T, want bool) {
	t.Helper()
	addr := bb.host.Interfaces[0].Addr.Addr()
	if want {
		reaches(t, bb.fabric, bb.peer, addr)
	} else {
		require.False(t, ping(t, bb.netns(bb.peer), addr, 100*time.Millisecond))
	}
}

// Both kinds of bonds do the same, step by step.
func TestKernelBondsChooseTheirMember(t *testing.T) {
	primary := &topology.Port{Index: 1}
	for name, c := range map[string]struct {
		conf  topology.Bond
		steps []string // "-0" takes a member's carrier, "+0" gives it back, anything else is the member used then
	}{
		"failover without failback": {topology.Bond{}, []string{"-0", "vmnic1", "+0", "-1", "vmnic0"}},
		"a primary fails back":      {topology.Bond{Primary: primary}, []string{"-1", "vmnic0", "+1", "vmnic1"}},
		"reselect failure": {
			topology.Bond{Primary: primary, Reselect: topology.ReselectFailure},
			[]string{"-1", "vmnic0", "+1", "-0", "vmnic1"},
		},
		"none left": {topology.Bond{}, []string{"-0", "vmnic1", "-1", "", "+1", "vmnic1"}},
		"updelay counts for nothing when none is up": {
			topology.Bond{Updelay: time.Hour}, []string{"-0", "vmnic1", "-1", "", "+0", "vmnic0"},
		},
	} {
		for kind, native := range kindsOfBonds(t) {
			t.Run(name+", "+kind, func(t *testing.T) {
				bb := newBondBench(t, native, c.conf)
				for _, s := range c.steps {
					switch {
					case slices.Contains([]string{"-0", "-1", "+0", "+1"}, s):
						bb.member(t, int(s[1]-'0'), s[0] == '+')
					default:
						bb.active(t, s)
						bb.passes(t, s != "")
					}
				}
			})
		}
	}
}
