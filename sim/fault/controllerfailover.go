package fault

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("controller-failover", "a controller of an array dies: another takes over its volumes",
		func() sim.Fault { return new(ControllerFailover) })
}

// ControllerFailover is a dead controller. When it is back, the volumes stay where they are.
type ControllerFailover struct {
	Controller string `yaml:"controller,scalar,required" doc:"array/controller, such as array1/a"`

	controller *topology.Controller
}

// Resolve finds the controller.
func (c *ControllerFailover) Resolve(p *topology.Plant) (err error) {
	_, c.controller, err = p.Controller(c.Controller)
	return err
}

// Inject stops it.
func (c *ControllerFailover) Inject(s *sim.Scope) error {
	s.StopController(c.controller)
	return nil
}
