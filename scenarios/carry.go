package scenarios

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// loading has demands and speeds play. No machine sends 40 Gbit/s by the way, so both are played smaller by the same factor:
// the shares that do not fit are the same.
type loading struct {
	Pos   yamlfile.Pos
	Scale int `yaml:"scale,required" doc:"how many times smaller demands and speeds are played: with 5000 a stream of 3G sends 600K over links of 2M"`
	Queue int `yaml:"queue,positive" doc:"how many frames may wait at a port, the one being sent among them; 8 by default"`
}

const (
	// mostScale makes 1 Mbit/s of a terabit.
	mostScale = 1_000_000
	// portQueue is how many frames may wait at a port: enough for what fits on average, of which one frame in 2,600 is then
	// lost at six tenths of what the port can send. Each stands for as many real ones as the scale says. Chosen.
	portQueue = 8
)

// scale looks whether demands play, and how much smaller.
func (l *loader) scale(f *loading) {
	switch {
	case f == nil:
	case f.Scale < 1 || f.Scale > mostScale:
		l.ps.Add(f.Pos, "", "scale is %d: it must be between 1 and %d", f.Scale, mostScale)
	case f.Queue != 0 && (f.Queue < 2 || f.Queue > topology.QueueFrames):
		l.ps.Add(f.Pos, "", "queue is %d: it must be between 2 and %d", f.Queue, topology.QueueFrames)
	default:
		l.scaled = f
	}
}

// carry has links carry no more than their speeds, or their rates where they have some, scaled: those that all demands
// together could fill. The others would never hold anything back. A note says so in the log.
func (l *loader) carry(sc *sim.Scenario) {
	f := l.scaled
	if f == nil || sc.Plant == nil {
		return
	}
	wanted := topology.Bitrate(0)
	for _, u := range sc.Uses {
		wanted += u.Demand * topology.Bitrate(len(u.Members))
	}
	for _, link := range sc.Plant.Links {
		i := &link.Impairment
		if i.Rate == 0 {
			i.Rate = link.Speed
		}
		if i.Rate > roomy*wanted {
			i.Rate, i.Queue = 0, 0
			continue
		}
		i.Rate /= topology.Bitrate(f.Scale)
		if i.Queue == 0 {
			i.Queue = time.Duration(f.queue()*8*topology.FullFrame) * time.Second / time.Duration(i.Rate)
		}
	}
	sc.Plant.Notes = append(sc.Plant.Notes, fmt.Sprintf("demands and speeds play at 1 to %d: of 10G, %s", f.Scale, 10*topology.Gbps/topology.Bitrate(f.Scale)))
}

// roomy is how many times all demands a link must carry to be no bottleneck whatever falls to it: at half of what it can
// carry even the shortest queue loses next to nothing.
const roomy = 2

// queue is how many frames may wait at a port.
func (f *loading) queue() int { return cmp.Or(f.Queue, portQueue) }

// give has the members of a workload send what they demand.
func (f *loading) give(u *sim.Use) error {
	if f == nil || u.Demand == 0 {
		return nil
	}
	carrier, ok := u.Workload.(workload.Carrier)
	if !ok {
		return fmt.Errorf("the demand of a workload of kind %s cannot be played, only that of udp: take it away, or load", u.Kind)
	}
	return carrier.Carry(max(1, u.Demand/topology.Bitrate(f.Scale)))
}
