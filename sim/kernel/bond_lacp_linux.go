package kernel

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

const (
	// lacpDistributing is the bit of a port's state that says that it sends the bond's frames (IEEE 802.1AX 6.4.2.3).
	lacpDistributing = 0x20
	// lacpJoins is how long members may take to join their bonds: partners speak within a second at first, and wait two
	// for others (IEEE 802.1AX 6.4.4); three times that.
	lacpJoins = 10 * time.Second
	lacpLook  = 100 * time.Millisecond // the driver's own tick
)

// awaitLACP returns when all members of all bonds of mode 802.3ad share the load, or when those that do not have had
// their time: the steady state is to be that of a plant that has long run.
func (bs *bonds) awaitLACP() error {
	for waited := time.Duration(0); waited < lacpJoins; waited += lacpLook {
		joined, err := bs.joined()
		if joined || err != nil {
			return err
		}
		time.Sleep(lacpLook)
	}
	return nil
}

func (bs *bonds) joined() (bool, error) {
	for _, n := range bs.nodes {
		for _, d := range n.ports {
			if d.bond == nil || d.bond.of.Mode != topology.LACP {
				continue
			}
			on, err := bs.netns(n.node).distributes(d.index)
			if !on || err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// distributes says whether a member of a bond of mode 802.3ad sends the bond's frames.
func (n *netns) distributes(index int32) (on bool, err error) {
	err = n.route.ask(unix.RTM_GETLINK, 0, func(m *message) { m.linkHeader(index, 0, 0) }, func(_ uint16, body []byte) {
		info := attributes(attributes(body[unix.SizeofIfInfomsg:])[unix.IFLA_LINKINFO])
		state := attributes(info[unix.IFLA_INFO_SLAVE_DATA])[unix.IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE]
		on = len(state) > 0 && state[0]&lacpDistributing != 0
	})
	if err != nil {
		return false, fmt.Errorf("look at member %d of a bond in %s: %w", index, n.name, err)
	}
	return on, nil
}
