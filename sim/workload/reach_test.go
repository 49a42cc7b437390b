package workload

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestReachIsServedWhileThereIsAWay(t *testing.T) {
	talk := one(t, &Reach{Ends: between})
	assert.Equal(t, []string{"0s served", "10s unserved", "16s served"},
		simtest.Foresee(t, talk, 0.5, simtest.Change{At: 10 * time.Second}, simtest.Change{At: 16 * time.Second, Usable: true}))
}

func TestReachTolerates(t *testing.T) {
	assert.Equal(t, time.Second, (&Reach{}).Tolerates())
	assert.Equal(t, time.Minute, (&Reach{Ends: Ends{For: time.Minute}}).Tolerates())
}

func TestReachMeasures(t *testing.T) {
	for _, proto := range []string{"icmp", "udp"} {
		for name, networks := range map[string][]string{"routed": nil, "multipath": {"lan", "san"}} {
			t.Run(proto+" "+name, func(t *testing.T) {
				ends := between
				ends.Networks = networks
				b := measure(t, &Reach{Ends: ends, Proto: proto, Interval: tick})
				b.up()
				b.Cut()
				b.down()
				b.Mend()
				b.up()
			})
		}
	}
}

func TestOneWayIsEnough(t *testing.T) {
	_, from, to := simtest.NewWire()
	open, err := from.ListenPacket(context.Background(), "ip4:icmp", "127.0.0.1:0")
	require.NoError(t, err)
	live := echo{lane: newLane(from, nil, "icmp"), far: newLane(to, nil, "icmp")}
	live.lane.conn.Store(&open)
	dead := echo{lane: newLane(from, nil, "icmp"), far: newLane(to, nil, "icmp")}
	for _, ways := range [][]echo{{live, dead}, {dead, live}} {
		m := simtest.NewMeter()
		sendEcho(ways, &asker{meter: m}, 0)
		require.Equal(t, 1, m.InFlight(), "it was sent")
	}
	m := simtest.NewMeter()
	sendEcho([]echo{dead, dead}, &asker{meter: m}, 0)
	require.Zero(t, m.InFlight(), "it failed at once")
}

func TestReachLivesThroughAPowerLoss(t *testing.T) {
	for _, proto := range []string{"icmp", "udp"} {
		t.Run(proto, func(t *testing.T) {
			b := measure(t, &Reach{Ends: between, Proto: proto, Interval: tick})
			b.up()
			b.from.PowerOff()
			b.down()
			b.from.PowerOn()
			b.up()
		})
	}
}

func TestTheEchoServerComesBack(t *testing.T) {
	b := measure(t, &Reach{Ends: between, Proto: "udp", Interval: tick})
	b.up()
	b.to.PowerOff()
	b.down()
	b.to.PowerOn()
	b.up()
}
