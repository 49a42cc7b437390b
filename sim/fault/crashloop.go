package fault

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("crash-loop", "nodes crash and boot, again and again",
		func() sim.Fault { return new(CrashLoop) })
}

// DefaultCrashes is how often a crash loop with neither attempts nor an end crashes. Chosen: enough to be a loop.
const DefaultCrashes = 5

// CrashLoop is a device that crashes at a steady beat. With a period shorter than its boot it never serves. After the
// last attempt it boots and stays; the fault ends then by itself.
type CrashLoop struct {
	Target   topology.Target `yaml:"target,scalar,required" doc:"what crashes: nodes, a family, a range or a group"`
	Period   time.Duration   `yaml:"period,positive" doc:"from one crash to the next; 5m by default"`
	Attempts int             `yaml:"attempts,positive" doc:"how often it crashes; by default until the fault ends, or 5 times where it has no end"`

	nodes []*topology.Node
}

// Resolve finds the nodes and checks the numbers.
func (c *CrashLoop) Resolve(p *topology.Plant) (err error) {
	if c.Period == 0 {
		c.Period = 5 * time.Minute // chosen: a boot of median length (6 min) never comes to its end
	}
	if err := notNegative("attempts", c.Attempts); err != nil {
		return err
	}
	c.nodes, err = c.Target.Nodes(p)
	return err
}

// Inject crashes the nodes for the first time.
func (c *CrashLoop) Inject(s *sim.Scope) error {
	c.crash(s, limit(c.Attempts, DefaultCrashes, s.Lasts))
	return nil
}

// crash reloads the nodes and plans the next crash. A crash takes no power away for long: the boot begins at once.
func (c *CrashLoop) crash(s *sim.Scope, left int) {
	power := s.Sub()
	power.PowerOff(c.nodes...)
	s.After(0, power.Release)
	if left == 1 {
		s.UntilForwarding(c.nodes...)
		return
	}
	s.After(c.Period, func() { c.crash(s, left-1) })
}
