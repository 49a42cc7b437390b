package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func vmPlant(t *testing.T) *topology.Plant {
	t.Helper()
	p, err := topology.Load("two-core-vms")
	require.NoError(t, err)
	return p
}

// machines are the talks of virtual machines typed as text.
func machines(t *testing.T, text string) (*VM, []sim.Talk) {
	t.Helper()
	v := new(VM)
	decode(t, text, v)
	talks, err := v.Talks(vmPlant(t))
	require.NoError(t, err)
	return v, talks
}

func TestVMWaitsForItsDiskAsLongAsItsGuestDoes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"{}":                              30 * time.Second,
		"{tools: true}":                   180 * time.Second,
		"{os: windows}":                   time.Minute,
		"{os: windows, disk: virtio-blk}": time.Minute,
		"{disk: virtio-blk}":              VMTolerates,
		"{disk: nvme, timeout: 20s}":      20 * time.Second,
		"{os: windows, timeout: never}":   VMTolerates,
		"{disk: virtio-blk, timeout: 5m}": 5 * time.Minute,
	} {
		v, _ := machines(t, "{on: hv1, disk: ds1, guest: "+text+"}")
		assert.Equal(t, want, v.Tolerates(), text)
	}
	v := new(VM)
	assert.ErrorContains(t, v.Guest.Timeout.UnmarshalText([]byte("soon")), `"soon" is no timeout`)
	assert.ErrorContains(t, v.Guest.Timeout.UnmarshalText([]byte("-1s")), `"-1s" is no timeout`)
}

func TestVMSaysWhatItDoes(t *testing.T) {
	for guest, want := range map[string][]string{
		"{timeout: 30s}":   {"0s is running", "0s served", "10s is stalled: its disk does not answer", "10s unserved since 10s", "40s is failed: its disk did not answer for 30s"},
		"{timeout: never}": {"0s is running", "0s served", "10s is stalled: its disk does not answer", "10s unserved since 10s", "1m40s is running: its disk answers again", "1m40s served"},
	} {
		_, talks := machines(t, "{on: hv1, disk: ds1, guest: "+guest+"}")
		said := simtest.Foresee(t, talks[0], 1, simtest.Change{At: 10 * time.Second}, simtest.Change{At: 100 * time.Second, Usable: true})
		assert.Equal(t, want, said, guest)
	}
}

func TestVMsAreSpreadAndPingedFromOutside(t *testing.T) {
	_, talks := machines(t, `{on: "hv[1-2]", count: 3, disk: ds1, network: lan}`)
	require.Len(t, talks, 6)
	for i, host := range []string{"hv1", "hv2", "hv1"} {
		assert.Equal(t, host, talks[i].Flow().From.ID)
		member, aspect := talks[3+i].(sim.Watch).Watches()
		assert.Equal(t, i, member)
		assert.Equal(t, Ping, aspect)
		assert.Equal(t, "isp", talks[3+i].Flow().From.ID)
		assert.Equal(t, host, talks[3+i].Flow().To.ID)
	}
}

func TestVMWantsADatastore(t *testing.T) {
	for text, want := range map[string]string{
		"{on: hv1, disk: ds2}":               `"ds2"`,
		"{on: core1, disk: ds1}":             "datastore of core1",
		"{on: hv1, disk: ds1, count: 2000}":  "between 1 and 1000",
		"{on: hv1, disk: ds1, network: ran}": `"ran"`,
	} {
		v := new(VM)
		decode(t, text, v)
		_, err := v.Talks(vmPlant(t))
		assert.ErrorContains(t, err, want, text)
	}
}

func TestSeatsDoNotOverlap(t *testing.T) {
	_, talks := machines(t, `{on: hv, count: 300, disk: ds1}`)
	u := &sim.Use{}
	for _, talk := range talks {
		u.Members = append(u.Members, &sim.Member{Workload: u, Talk: talk})
	}
	Seat([]*sim.Use{u})
	end := int64(0)
	for _, talk := range talks[:300] {
		s := talk.(*machine).seat
		assert.GreaterOrEqual(t, s.offset, end)
		assert.GreaterOrEqual(t, s.size, int64(records*recordSize))
		end = s.offset + s.size
	}
	assert.LessOrEqual(t, end, int64(talks[0].(*machine).store.Volume.Size))
}
