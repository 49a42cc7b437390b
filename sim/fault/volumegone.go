package fault

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("volume-gone", "a volume is taken away for good (permanent device loss): every request fails at once",
		func() sim.Fault { return new(VolumeGone) })
}

// VolumeGone is a volume that was deleted or unmapped at the array. Hosts are told so, and do not wait for it.
type VolumeGone struct {
	Volume string `yaml:"volume,scalar,required" doc:"array/volume, such as array1/vol1"`

	volume *topology.Volume
}

// Resolve finds the volume.
func (v *VolumeGone) Resolve(p *topology.Plant) (err error) {
	v.volume, err = p.Volume(v.Volume)
	return err
}

// Inject takes it away.
func (v *VolumeGone) Inject(s *sim.Scope) error {
	s.RemoveVolume(v.volume)
	return nil
}
