package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/recovery"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Whoever writes zero must not get what somebody gets who writes nothing.
func TestZeroIsNotTakenForNothingSaid(t *testing.T) {
	const plant = "topology: two-core-vms\ntimeline: {off: {%s}}\nteams: {noc: 2}\n"
	dark := fmt.Sprintf(plant, "power-off: core1")
	for want, text := range map[string]string{
		"x:4:30: it cannot be 0s":           dark + "service_times: {power-cycle: 0s}",
		"x:4:37: it cannot be 0s":           dark + "service_times: {power-cycle: {each: 0s}}",
		"x:4:41: median cannot be 0m":       dark + "service_times: {diagnose-part: {median: 0m}}",
		"x:4:20: poll cannot be 0s":         dark + "monitoring: {poll: 0s}",
		"x:4:21: blind cannot be 0s":        dark + "monitoring: {blind: 0s}",
		"x:4:31: first_notice cannot be 0s": dark + "communication: {first_notice: 0s}",
		"x:4:8: until cannot be 0s":         dark + "until: 0s",
		"x:2:23: for cannot be 0s":          fmt.Sprintf(plant, "for: 0s, power-off: core1"),
		"x:2:47: down cannot be 0s":         fmt.Sprintf(plant, "flap: {target: stor-a, down: 0s}"),
		"x:2:48: count cannot be 0":         fmt.Sprintf(plant, "flap: {target: stor-a, count: 0}"),
	} {
		_, err := Parse("x", []byte(text), Options{})
		assert.ErrorContains(t, err, want+", leave it out for what it is by default")
	}
}

// Every number that has a default, and nothing to tell zero from nothing, refuses zero.
func TestNumbersWithADefaultRefuseZero(t *testing.T) {
	all := []any{file{}, timing{}, when{}, loading{}, recovery.Plan{}, recovery.Work{}, recovery.Time{}, recovery.Monitoring{},
		recovery.Communication{}, recovery.SideEffect{}, drill.Script{}}
	for _, k := range sim.Faults.Kinds() {
		all = append(all, k.New())
	}
	for _, k := range sim.Workloads.Kinds() {
		all = append(all, k.New())
	}
	seen := 0
	for _, of := range all {
		for _, f := range yamlfile.Fields(of) {
			number := f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64
			if number && strings.Contains(f.Doc, "by default") {
				assert.True(t, f.Positive, "%T: %s", of, f.Key)
				seen++
			}
		}
	}
	assert.Greater(t, seen, 30)
}
