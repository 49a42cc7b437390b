package recovery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	_ "github.com/dcdrill/dcdrill/sim/check"
	_ "github.com/dcdrill/dcdrill/sim/fault"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
)

// twoOptics loses both ways to the storage of 16 machines, with four people and no spare; more goes over it.
const twoOptics = `
name: two-optics
topology: two-core-vms
start: "2023-06-01T13:00"
zone: America/Chicago
seed: 1
teams: {noc: {people: 4}}
parts: {QSFP-40G-SR4: {lead: 4h}}
timeline: {lasers: {at: 0s, optic-dead: ["core1:Ethernet1/1", "core2:Ethernet1/1"]}}
`

// run plays a scenario, with some of its top-level keys replaced, in the model.
func run(t *testing.T, text string, over ...string) *sim.Log {
	t.Helper()
	log, err := sim.Play(t.Context(), model.Engine{}, load(t, text, over...), sim.Options{Phase: 0.5})
	require.NoError(t, err)
	return log
}

func load(t *testing.T, text string, over ...string) *sim.Scenario {
	t.Helper()
	sc, err := scenarios.Parse("test", []byte(replaced(text, over...)), scenarios.Options{})
	require.NoError(t, err)
	return sc
}

// replaced lays one-line top-level keys over a scenario.
func replaced(text string, over ...string) string {
	for _, line := range over {
		key, _, _ := strings.Cut(line, ":")
		var kept []string
		for _, old := range strings.Split(text, "\n") {
			if !strings.HasPrefix(old, key+":") {
				kept = append(kept, old)
			}
		}
		text = strings.Join(kept, "\n") + line + "\n"
	}
	return text
}

// told lists what people did: "20m0s diagnose-part stor-a ended: dead optic in core1:Ethernet1/1". Kinds choose the tasks.
func told(log *sim.Log, kinds ...string) []string {
	var all []string
	for _, e := range log.Events() {
		what := ""
		switch d := e.Data.(type) {
		case sim.TaskData:
			what = strings.TrimSpace(fmt.Sprintf("%s %s", d.On, d.State))
			if d.For != "" {
				what += " for " + d.For
			}
			if d.Found != "" {
				what += ": " + d.Found
			}
		case sim.PartData:
			what = string(d.State) + " for " + d.For
		case sim.MilestoneData:
			what = "reached"
		case sim.ActionData:
			what = d.Do
		}
		if what != "" && (len(kinds) == 0 || slices.Contains(kinds, e.Subject)) {
			all = append(all, fmt.Sprintf("%s %s %s", e.At.Round(time.Second), e.Subject, what))
		}
	}
	return all
}

// milestone is when one was reached.
func milestone(t *testing.T, log *sim.Log, name string) time.Duration {
	t.Helper()
	for _, e := range log.Events() {
		if _, ok := e.Data.(sim.MilestoneData); ok && e.Subject == name {
			return e.At
		}
	}
	require.Fail(t, "not reached", name)
	return 0
}

func TestSymptomIsNotCause(t *testing.T) {
	got := told(run(t, twoOptics), "notice", "diagnose-part", "reseat", "fit-part", "QSFP-40G-SR4", "detected", "storage-up")
	assert.Equal(t, []string{
		"0s notice begun", "5m0s detected reached", "5m0s notice ended",
		"5m0s diagnose-part stor-a begun",
		"25m0s diagnose-part stor-a ended: dead optic in core1:Ethernet1/1",
		"25m0s reseat core1:Ethernet1/1 begun",
		"25m0s diagnose-part stor-b begun",
		"35m0s reseat core1:Ethernet1/1 ended: dead for good",
		"35m0s QSFP-40G-SR4 ordered for core1:Ethernet1/1",
		"45m0s diagnose-part stor-b ended: dead optic in core2:Ethernet1/1",
		"45m0s reseat core2:Ethernet1/1 begun",
		"55m0s reseat core2:Ethernet1/1 ended: dead for good",
		"55m0s QSFP-40G-SR4 ordered for core2:Ethernet1/1",
		"4h35m0s QSFP-40G-SR4 arrived for core1:Ethernet1/1",
		"4h35m0s fit-part core1:Ethernet1/1 begun",
		"4h55m0s QSFP-40G-SR4 arrived for core2:Ethernet1/1",
		"4h55m0s QSFP-40G-SR4 fitted for core1:Ethernet1/1",
		"4h55m0s fit-part core1:Ethernet1/1 ended",
		"4h55m0s fit-part core2:Ethernet1/1 begun",
		"4h55m2s storage-up reached",
		"5h15m0s QSFP-40G-SR4 fitted for core2:Ethernet1/1",
		"5h15m0s fit-part core2:Ethernet1/1 ended",
	}, got)
}

func TestNobodyLooksAtLinksWhileSomethingBoots(t *testing.T) {
	over := `timeline: {lasers: {at: 0s, optic-dead: ["core1:Ethernet1/1", "core2:Ethernet1/1"]}, again: {at: 4m, reboot: core2}}`
	got := told(run(t, twoOptics, over), "diagnose-part")
	assert.Equal(t, "10m5s diagnose-part stor-a begun", got[0], "what is dark then may be back by itself in a moment")
}

// TestOnlyWorkOnTheNetworkIsLoud: a clock that jumps lands right at what is quiet, and some time before what may change
// what flows see.
func TestOnlyWorkOnTheNetworkIsLoud(t *testing.T) {
	quiet := map[string]bool{}
	sc := load(t, twoOptics, "teams: {noc: {people: 1}}", "service_times: {test: 3m, verify: 3m}")
	_, err := sim.Play(t.Context(), model.Engine{}, sc, sim.Options{Phase: 0.5, Serve: func(r *sim.Run) {
		loop := r.Loop()
		r.Hands().Log().Listen(func(e sim.Event) {
			if d, ok := e.Data.(sim.TaskData); ok && d.State == sim.TaskBegun {
				loop.After(50*time.Second, func() { quiet[e.Subject] = loop.Quiet(loop.Now() + 20*time.Minute) })
			}
		})
	}})
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{
		"notice": true, "diagnose-part": true, "reseat": false, "fit-part": false, "power-cycle": true, "test": true, "verify": true,
	}, quiet)
}

func TestSparesSaveTheWait(t *testing.T) {
	for spares, want := range []time.Duration{4*time.Hour + 55*time.Minute, 55 * time.Minute, 55 * time.Minute, 55 * time.Minute} {
		log := run(t, twoOptics, fmt.Sprintf("parts: {QSFP-40G-SR4: {spares: %d, lead: 4h}}", spares))
		assert.InDelta(t, want.Seconds(), milestone(t, log, sim.StorageUp).Seconds(), 5, "%d spares", spares)
	}
}

func TestReseatingCuresWhatWasBadlySeated(t *testing.T) {
	log := run(t, twoOptics, `timeline: {lasers: {optic-dead: {target: ["core1:Ethernet1/1", "core2:Ethernet1/1"], cured_by: reseat}}}`)
	assert.Contains(t, told(log), "35m0s reseat core1:Ethernet1/1 ended: it works again")
	assert.Empty(t, told(log, "QSFP-40G-SR4"), "nothing is ordered that is not known dead")
}

func TestOrdersWaitForTheirHours(t *testing.T) {
	log := run(t, twoOptics, `parts: {QSFP-40G-SR4: {lead: 4h, ordering: "08:00-13:30"}}`)
	assert.Contains(t, told(log), "19h0m0s QSFP-40G-SR4 ordered for core1:Ethernet1/1", "13:35 is too late, 08:00 is the next day")
}

func TestAPartDeadOnArrivalIsOrderedAgain(t *testing.T) {
	log := run(t, twoOptics, `parts: {QSFP-40G-SR4: {spares: 1, lead: 4h, dead_on_arrival: 100%}}`, "until: 12h")
	got := told(log)
	assert.Contains(t, got, "55m0s QSFP-40G-SR4 dead on arrival for core1:Ethernet1/1")
	assert.Contains(t, got, "55m0s QSFP-40G-SR4 ordered for core1:Ethernet1/1")
	assert.NotContains(t, strings.Join(got, "\n"), "fitted")
}

func TestNobodyCanFitAPartThatCannotBeHad(t *testing.T) {
	got := told(run(t, twoOptics, "parts: {}"), "fit-part")
	assert.Contains(t, got[len(got)-1], "fit-part core2:Ethernet1/1 stuck for a QSFP-40G-SR4, of which there is no spare and no order")
	got = told(run(t, twoOptics, "teams: {noc: {people: 4, skills: [vm]}}"), "diagnose-part")
	assert.Equal(t, "diagnose-part stor-a stuck for a person who can do it", strings.SplitN(got[len(got)-1], " ", 2)[1])
}

func TestThoseWhoNeedEachOtherWaitForEver(t *testing.T) {
	over := `topology: {base: two-core-vms, workloads: {windows: {needs: [directory]}, directory: {needs: [windows]}}}`
	got := told(run(t, twoOptics, over), "power-cycle")
	assert.Contains(t, got[len(got)-1], "stuck for directory, which it needs", "it is said, and the run ends")
}

func TestMachinesAreTouchedOneByOne(t *testing.T) {
	times := "service_times: {power-cycle: 30m}"
	for people, want := range map[int]time.Duration{1: 4 * time.Hour, 2: 2 * time.Hour, 4: time.Hour, 8: 30 * time.Minute} {
		log := run(t, twoOptics, times, fmt.Sprintf("teams: {noc: {people: %d}}", people))
		took := milestone(t, log, sim.AllBooted) - milestone(t, log, sim.StorageUp)
		// Eight machines failed: two directories and six windows. One of the people fits the second part first, for 20
		// minutes; the last machine boots for one.
		assert.Equal(t, 8, strings.Count(strings.Join(told(log), "\n"), "switch off"))
		assert.InDelta(t, (want + 21*time.Minute).Minutes(), took.Minutes(), 1, "%d people", people)
	}
}

func TestStalledMachinesResumeByThemselves(t *testing.T) {
	log := run(t, twoOptics)
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.ActionData); ok && strings.HasPrefix(d.Do, "switch") {
			assert.NotContains(t, e.Subject, "linux", "its disk answers again, and nobody has to touch it")
		}
	}
}

func TestToolsOfRepairAreVictimsToo(t *testing.T) {
	waits := told(run(t, twoOptics, "service_times: {power-cycle: {each: 3m, access: directory}}"), "power-cycle")
	assert.Contains(t, waits, "4h55m12s power-cycle windows/1 waiting for directory")
	assert.Contains(t, waits, "4h55m12s power-cycle directory/1 begun", "nobody waits for a tool in order to repair it")
	assert.Contains(t, waits, "4h59m17s power-cycle windows/1 begun", "three minutes, a boot, and five seconds until people know")
	slow := told(run(t, twoOptics, "service_times: {power-cycle: {each: 3m, access: directory, without_access: 8m}}", "teams: {noc: {people: 1}}"), "power-cycle")
	fast := told(run(t, twoOptics, "service_times: {power-cycle: 3m}", "teams: {noc: {people: 1}}"), "power-cycle")
	assert.NotEqual(t, slow, fast)
	assert.NotContains(t, strings.Join(slow, "\n"), "waiting for directory")
}

func TestMachinesThatDoNotBootAreRepaired(t *testing.T) {
	log := run(t, twoOptics, "service_times: {repair: {chance: 100%, outcomes: {file-system-check: {share: 60%, each: 10m}, rebuild: {share: 40%, each: 2h}}}}")
	repairs := strings.Join(told(log, "repair"), "\n")
	assert.Equal(t, 8, strings.Count(repairs, "ended"))
	assert.Contains(t, repairs, "ended: file-system-check")
	assert.Contains(t, repairs, "ended: rebuild")
	again := run(t, twoOptics, "service_times: {repair: {chance: 100%, outcomes: {file-system-check: {share: 60%, each: 10m}, rebuild: {share: 40%, each: 2h}}}}")
	assert.Equal(t, log.Events(), again.Events(), "the same seed, the same night")
}

func TestABootStormSlowsTheArray(t *testing.T) {
	script := "scripted-restart: {each: 2m, at_once: 20}, boot: {each: 1m"
	alone := run(t, twoOptics, "service_times: {"+script+"}}")
	storm := run(t, twoOptics, "service_times: {"+script+", at_once: 2}}")
	assert.Greater(t, milestone(t, storm, sim.AllBooted), milestone(t, alone, sim.AllBooted)+30*time.Second)
}

func TestAScriptCannotStartBeforeItsTools(t *testing.T) {
	got := told(run(t, twoOptics, "service_times: {scripted-restart: {each: 2m, at_once: 20, access: directory}}"), "scripted-restart", "power-cycle")
	assert.Contains(t, got, "4h55m12s power-cycle directory/1 begun", "by hand: the script needs it")
	assert.Contains(t, got, "4h55m12s scripted-restart batch 1 waiting for directory")
	assert.Contains(t, got[len(got)-1], "scripted-restart batch 1 ended")
}

func TestAScriptIsAtOneGoAtATime(t *testing.T) {
	got := told(run(t, twoOptics, "service_times: {scripted-restart: {each: 10m, at_once: 6}}"), "scripted-restart")
	assert.Equal(t, []string{
		"4h55m12s scripted-restart batch 1 begun",
		"4h55m12s scripted-restart batch 2 waiting for the script, which is at another go",
		"5h5m12s scripted-restart batch 1 ended",
		"5h5m12s scripted-restart batch 2 begun",
		"5h15m12s scripted-restart batch 2 ended",
	}, got, "four people do not make it more at a time")
}

// firstTouched is the first machine that one person restarts.
func firstTouched(t *testing.T, over ...string) string {
	t.Helper()
	got := told(run(t, twoOptics, append(over, "teams: {noc: {people: 1}}")...), "power-cycle")
	first := slices.IndexFunc(got, func(s string) bool { return strings.HasSuffix(s, "begun") })
	require.GreaterOrEqual(t, first, 0)
	return strings.Fields(got[first])[2]
}

func TestTheOrderOfRestarts(t *testing.T) {
	turned := "topology: {base: two-core-vms, workloads: {windows: {tier: 0}, directory: {tier: 1}}}"
	assert.Equal(t, "directory/1", firstTouched(t))
	assert.Equal(t, "windows/1", firstTouched(t, turned), "by tier, whatever the file names first")
	assert.Equal(t, "directory/1", firstTouched(t, turned, "restart_order: listed"))
	assert.Equal(t, "windows/1", firstTouched(t, "restart_order: [windows]"), "what is not named comes last")
}

func TestDirectoryComesBeforeThoseWhoNeedIt(t *testing.T) {
	over := `topology: {base: two-core-vms, workloads: {windows: {needs: [directory]}}}`
	got := told(run(t, twoOptics, over), "power-cycle")
	assert.Contains(t, got, "4h55m12s power-cycle windows/1 waiting for directory, which it needs")
}

func TestTestingAndVerifyingArePhasesOfTheirOwn(t *testing.T) {
	log := run(t, twoOptics, "service_times: {test: 1m, verify: 2m}")
	booted, tested, verified := milestone(t, log, sim.AllBooted), milestone(t, log, sim.AppsTested), milestone(t, log, sim.IntegrityVerified)
	assert.Less(t, booted, tested)
	assert.Less(t, tested, verified)
}

func TestAShiftBeginsWithListening(t *testing.T) {
	night := `teams: {day: {people: 4, skills: [network, vm]}, night: {people: 2, skills: [app], shift: "22:00-07:00", handover: 15m}}`
	got := told(run(t, twoOptics, night, "service_times: {verify: 2m}"), "handover", "verify")
	handed := slices.Index(got, "9h0m0s handover begun")
	require.GreaterOrEqual(t, handed, 0, "at 22:00")
	first := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, "9h15m0s verify") && strings.HasSuffix(s, "begun") })
	assert.Greater(t, first, handed)
}

// eightTouched is how long eight machines take two people who are the only ones there.
func eightTouched(t *testing.T, team string) time.Duration {
	t.Helper()
	log := run(t, twoOptics, "teams: {noc: {people: 1, skills: [network]}, vms: {people: 2, skills: [vm], "+team+"}}", "service_times: {power-cycle: 30m}")
	return milestone(t, log, sim.AllBooted) - milestone(t, log, sim.StorageUp)
}

func TestAChangeIsRolledBackOnce(t *testing.T) {
	got := told(run(t, twoOptics, "timeline: {paste: {config-push: {target: core1, effect: shut}}}",
		"service_times: {diagnose-part: 5m, roll-back: 30m}"), "roll-back", "core1")
	assert.Equal(t, []string{"10m0s roll-back core1 begun", "40m0s core1 roll back", "40m0s roll-back core1 ended"}, got, "many ports, one change")
}

func TestWhoHasBeenAtItForLongIsSlower(t *testing.T) {
	fresh := eightTouched(t, "fatigue: {after: 12h, slower: 50%}")
	assert.Equal(t, eightTouched(t, ""), fresh, "nobody is tired after five hours")
	assert.Equal(t, fresh+time.Hour, eightTouched(t, "fatigue: {after: 4h, slower: 50%}"), "four rounds of half an hour take half as long again")
	assert.Equal(t, fresh+15*time.Minute, eightTouched(t, "fatigue: {after: 6h, slower: 50%}"), "the last of them")
	assert.Equal(t, fresh+time.Hour, eightTouched(t, `shift: "06:00-22:00", fatigue: {after: 11h, slower: 50%}`), "they began at six in the morning")
}

func TestWhoComesInLaterKnowsLess(t *testing.T) {
	late := `shift: "17:00-02:00", `
	familiar := eightTouched(t, late+"handover: 15m")
	assert.Equal(t, familiar+time.Hour, eightTouched(t, late+"handover: 15m, knowledge_loss: {for: 9h, slower: 50%}"), "for all that they do, but not for listening")
	assert.Equal(t, familiar+30*time.Minute, eightTouched(t, late+"handover: 15m, knowledge_loss: {for: 2h, slower: 50%}"), "the first two of four rounds")
	assert.Equal(t, eightTouched(t, ""), eightTouched(t, "knowledge_loss: {for: 9h, slower: 50%}"), "who was there when it began knows all")
}

func TestWhoIsAwayTravelsOnce(t *testing.T) {
	got := told(run(t, twoOptics, "teams: {noc: {people: 1, travel: 45m}}"), "travel", "reseat")
	assert.Equal(t, []string{"25m0s travel begun", "1h10m0s travel ended"}, without(got, "reseat"))
}

func without(all []string, word string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return strings.Contains(s, word) })
}

func TestASideEffectIsTheDoingOfWhoeverDidIt(t *testing.T) {
	log := run(t, twoOptics, `service_times: {diagnose-part: {each: 20m, side_effects: {wan: {target: "edge1:wan", outage: 20s, count: 1}}}}`)
	h := sim.HistoryOf(log)
	all := h.OutagesOf("internet/1")
	require.Len(t, all, 1)
	fault := log.Event(all[0].Fault)
	assert.Equal(t, "noc", fault.Data.(sim.FaultData).By)
	assert.Equal(t, "diagnose-part", fault.Subject)
	assert.InDelta(t, 15*60, all[0].From.Seconds(), 1, "half-way through the first")
}

// TestANetworkThatCarriesNoPingIsNotUp: a machine that failed and still answers pings shows whether the network stands,
// one whose guest crashed shows nothing.
func TestANetworkThatCarriesNoPingIsNotUp(t *testing.T) {
	alone := `topology: {base: two-core-vms, workloads: {internet: null, linux: null, %s: null}}`
	cut := `timeline: {lasers: {at: 0s, optic-dead: ["core1:Ethernet1/1", "core2:Ethernet1/1"]}, split: {at: 4m, for: 2h, partition: {a: hv, b: edge1}}}`
	log := run(t, twoOptics, fmt.Sprintf(alone, "windows"), cut)
	assert.Greater(t, milestone(t, log, sim.NetworkUp), 2*time.Hour, "directory has failed, and should answer")
	log = run(t, twoOptics, fmt.Sprintf(alone, "directory"), cut)
	assert.Less(t, milestone(t, log, sim.NetworkUp), time.Hour, "windows has crashed, and cannot")
}

// TestPagesFromADarkDiskAreNoMatterOfTheNetwork: who asks a machine that waits for its disk is not served, and the network
// is well all the same.
func TestPagesFromADarkDiskAreNoMatterOfTheNetwork(t *testing.T) {
	asked := `workloads: {site: {kind: vm, on: hv1, disk: ds1, network: lan, service: web}, pages: {kind: http, from: isp, to: site}}`
	reboot := `timeline: {lasers: {at: 0s, optic-dead: ["core1:Ethernet1/1", "core2:Ethernet1/1"]}, both: {at: 0s, reboot: core}}`
	want := milestone(t, run(t, twoOptics, reboot), sim.NetworkUp)
	require.Less(t, want, time.Hour)
	log := run(t, twoOptics, reboot, asked)
	assert.Equal(t, want, milestone(t, log, sim.NetworkUp))
	pages := sim.HistoryOf(log).OutagesOf("pages")
	require.NotEmpty(t, pages)
	assert.Greater(t, pages[0].To, milestone(t, log, sim.StorageUp)-time.Minute, "and they were gone for as long as the disk")
}

func TestMonitoringGoesBlindWithItsPlant(t *testing.T) {
	log := run(t, twoOptics, "monitoring: {workload: windows, poll: 1m, blind: 12m}")
	assert.Equal(t, 18*time.Minute, milestone(t, log, sim.Detected).Round(time.Minute), "a poll, callers, and 5 minutes to notice")
	log = run(t, twoOptics, "monitoring: {workload: internet, poll: 1m, blind: 12m}")
	assert.Equal(t, 6*time.Minute, milestone(t, log, sim.Detected).Round(time.Minute))
}

func TestClientsAreToldWhatIsKnown(t *testing.T) {
	log := run(t, twoOptics, "communication: {first_notice: 10m, every: 1h}")
	var notices []sim.NoticeData
	var at []time.Duration
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.NoticeData); ok {
			notices, at = append(notices, d), append(at, e.At)
		}
	}
	require.Greater(t, len(notices), 2)
	detected := milestone(t, log, sim.Detected)
	assert.Equal(t, []time.Duration{detected + 10*time.Minute, detected + 70*time.Minute}, at[:2])
	assert.Equal(t, sim.NoticeData{Number: 1, Text: "the cause is being looked for"}, notices[0])
	assert.Equal(t, "a part is on its way", notices[1].Text)
	done := milestone(t, log, sim.AllBooted)
	assert.InDelta(t, done.Minutes(), time.Duration(notices[1].ETA).Minutes(), 20)
	assert.Equal(t, "all services are back", notices[len(notices)-1].Text)
}

func TestASilentChannelTellsNobody(t *testing.T) {
	log := run(t, twoOptics, "communication: {first_notice: 10m, every: 1h, channel: windows}")
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.NoticeData); ok && d.Number == 1 {
			assert.Equal(t, "all services are back", d.Text, "the status page was down with everything else")
		}
	}
}

// TestTakeTheFaultAwayAndTheShareIsGone plays the incident without each set of entries that is said to be behind a share.
func TestTakeTheFaultAwayAndTheShareIsGone(t *testing.T) {
	sc, err := scenarios.Load("sconet-2023", scenarios.Options{})
	require.NoError(t, err)
	log, err := model.Replay(sc, 0.5)
	require.NoError(t, err)
	require.NoError(t, prediction.Explain(log, sc, model.Replay))
	worst, _ := sim.HistoryOf(log).Longest("hosted")
	total := time.Duration(0)
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.ShareData)
		if !ok || e.Subject != "hosted" {
			continue
		}
		assert.Equal(t, worst.Member, d.Member)
		assert.NotEmpty(t, d.Without, "%s: there is nothing behind it", d.Name)
		if !d.After {
			total += time.Duration(d.Length)
		}
		for _, set := range d.Without {
			again := *sc
			again.Timeline = slices.DeleteFunc(slices.Clone(sc.Timeline), func(e *sim.Entry) bool { return slices.Contains(set, e.ID) })
			spared, err := model.Replay(&again, 0.5)
			require.NoError(t, err)
			for _, s := range prediction.SharesOf(spared, d.Member) {
				assert.NotEqual(t, d.Name, s.Name, "without %v", set)
			}
		}
	}
	assert.Equal(t, worst.Length(), total, "the shares sum to the whole")
	assert.Greater(t, total, 10*time.Hour)
}
