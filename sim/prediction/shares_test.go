package prediction_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// night is a log of one machine whose switch reboots, whose optic is replaced, and that is restarted and repaired then.
func night() *sim.Log {
	y := simtest.NewStory(sim.UseData{ID: "mail", Kind: "vm", Members: 1})
	fault := y.At(0).Fault("paste", "")
	y.Log.Add(fault, "core1", sim.StageData{Stage: "off"})
	y.Out("mail", fault)
	y.At(6*time.Minute).Log.Add(0, "core1", sim.StageData{Stage: "forwarding"})
	look := y.At(10*time.Minute).Log.Add(0, "diagnose-part", sim.TaskData{State: sim.TaskBegun, On: "stor-a"})
	y.At(30*time.Minute).Log.Add(0, "QSFP", sim.PartData{State: sim.PartOrdered, For: "core1:e1"})
	y.At(90*time.Minute).Log.Add(0, "QSFP", sim.PartData{State: sim.PartArrived, For: "core1:e1"})
	y.At(100*time.Minute).Log.Add(look, "core1:e1", sim.ActionData{Do: "replace optic"})
	y.At(101*time.Minute).Log.Add(0, "power-cycle", sim.TaskData{State: sim.TaskWaiting, On: "mail", For: "vcenter"})
	y.At(111*time.Minute).Log.Add(0, "power-cycle", sim.TaskData{State: sim.TaskWaiting, On: "mail", For: "a person"})
	y.At(121*time.Minute).Log.Add(0, "power-cycle", sim.TaskData{State: sim.TaskBegun, On: "mail"})
	y.At(123*time.Minute).Log.Add(0, "mail", sim.GuestData{State: sim.GuestBooting})
	y.At(124*time.Minute).Log.Add(0, "mail", sim.GuestData{State: sim.GuestBroken})
	y.At(130*time.Minute).Log.Add(0, "repair", sim.TaskData{State: sim.TaskBegun, On: "mail"})
	y.At(150*time.Minute).Back("mail", 0, 0)
	y.At(160*time.Minute).Log.Add(0, "verify", sim.TaskData{State: sim.TaskEnded, On: "mail"})
	return y.End("played")
}

func TestSharesSumToTheWhole(t *testing.T) {
	all := prediction.SharesOf(night(), "mail")
	minutes := map[string]time.Duration{}
	sum := time.Duration(0)
	for _, s := range all {
		if minutes[s.Name] = s.Length / time.Minute; !s.After {
			sum += s.Length
		}
	}
	assert.Equal(t, map[string]time.Duration{
		"core1 rebooting": 6, "optic: not found yet": 4, "optic: diagnosis": 20, "optic: waiting for the part": 60,
		"optic: fitting": 10, prediction.ShareSettle: 1, prediction.ShareTool: 10, prediction.SharePerson: 16, prediction.ShareTouch: 2, prediction.ShareBoot: 1,
		prediction.ShareRepair: 20, prediction.ShareVerify: 10,
	}, minutes)
	assert.Equal(t, 150*time.Minute, sum)
}

// A node that is still down when a repair ends the outage is not what people waited for.
func TestWhatARepairEndsIsNoReboot(t *testing.T) {
	y := simtest.NewStory(sim.UseData{ID: "mail", Kind: "vm", Members: 1})
	fault := y.At(0).Fault("dead", "")
	y.Log.Add(fault, "core1", sim.StageData{Stage: "off"})
	y.Out("mail", fault)
	look := y.At(5*time.Minute).Log.Add(0, "compare-vlans", sim.TaskData{State: sim.TaskBegun, On: "trunks"})
	mend := y.At(25*time.Minute).Log.Add(look, "add-vlan", sim.TaskData{State: sim.TaskBegun, On: "core2 san"})
	y.At(27*time.Minute).Log.Add(mend, "core2", sim.ActionData{Do: "add VLAN"})
	y.At(28*time.Minute).Back("mail", 0, 0)
	y.At(4*time.Hour).Log.Add(0, "core1", sim.StageData{Stage: "forwarding"})
	assert.Equal(t, []prediction.Share{
		{Name: "VLAN: not found yet", Length: 5 * time.Minute}, {Name: "VLAN: diagnosis", Length: 20 * time.Minute},
		{Name: "VLAN: mending", Length: 2 * time.Minute}, {Name: prediction.ShareSettle, Length: time.Minute},
	}, prediction.SharesOf(y.End("played"), "mail"))
}

func TestAFaultThatNobodyMendsIsItsOwnShare(t *testing.T) {
	y := simtest.NewStory()
	fault := y.At(0).Fault("pull", "")
	y.Outage("mail/1", 0, time.Minute, 0, fault)
	assert.Equal(t, []prediction.Share{{Name: "pull", Length: time.Minute}}, prediction.SharesOf(y.End("played"), "mail/1"))
}
