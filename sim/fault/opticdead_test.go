package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestADeadOpticTakesBothCarriers(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &OpticDead{Target: topology.Target{"peer-link"}})
	assert.Equal(t, "0s     it begins\n0s     core1:e31 optic dead\n0s     core1:e31 carrier off\n0s     core2:e31 carrier off\n", got)
}

func TestWithoutFaultSignallingItGoesDarkOneWay(t *testing.T) {
	p := simtest.TwoCore()
	p.Link("peer-link").FaultSignalling = false
	got, _ := play(t, p, &OpticDead{Target: topology.Target{"core1:e31"}})
	assert.Equal(t, "0s     it begins\n0s     core1:e31 optic dead\n0s     core1:e31 dark on\n0s     core2:e31 carrier off\n", got)
}

func TestALatentOpticShowsAtTheNextBoot(t *testing.T) {
	p := simtest.TwoCore()
	latent := simtest.Entry(t, p, "latent", 0, &OpticDead{Target: topology.Target{"core1:e31"}, ShowsAt: "reboot"})
	reboot := simtest.Entry(t, p, "reboot", time.Minute, &Reboot{Target: topology.Target{"core1"}})
	log, world := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: []*sim.Entry{latent, reboot}}, sim.Options{})
	got := simtest.Transcript(log)
	assert.Contains(t, got, "0s     latent begins\n0s     core1:e31 optic latent\n1m0s   reboot begins\n1m0s   core1 off\n1m0s   core1:e31 optic dead\n")
	assert.ElementsMatch(t, []string{"sim.Carrier core1:e31", "sim.Carrier core2:e31"}, world.Wrong())
}

func TestALatentOpticShowsWhenItsFarEndBoots(t *testing.T) {
	p := simtest.TwoCore()
	latent := simtest.Entry(t, p, "latent", 0, &OpticDead{Target: topology.Target{"core1:e31"}, ShowsAt: "reboot"})
	reboot := simtest.Entry(t, p, "reboot", time.Minute, &Reboot{Target: topology.Target{"core2"}})
	log, _ := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: []*sim.Entry{latent, reboot}}, sim.Options{})
	assert.Contains(t, simtest.Transcript(log), "1m0s   core2 off\n1m0s   core1:e31 optic dead\n", "its link has to come up anew")
}

func TestALatentOpticThatNeverShowsIsUnproven(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &OpticDead{Target: topology.Target{"core1:e31"}, ShowsAt: "reboot"})
	assert.Contains(t, got, "it unproven: core1:e31 shows it when a node at either end of its link next loses power, and none did: reboot one too\n")
}

func TestCopperHasNoOptic(t *testing.T) {
	p := simtest.TwoCore()
	p.Port("core1:e31").Optic = nil
	err := (&OpticDead{Target: topology.Target{"core1:e31"}}).Resolve(p)
	assert.ErrorContains(t, err, "core1:e31 has no optic")
}
