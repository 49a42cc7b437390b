package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func verdict(part string, o sim.Outcome) sim.VerdictData {
	return sim.VerdictData{Part: part, Workload: "mail", Outcome: o}
}

func TestResultOfAQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		add    []sim.Data
		reason string
		want   int
	}{
		"survived":           {[]sim.Data{verdict("survive", sim.Passed)}, "played", 0},
		"until its horizon":  {[]sim.Data{verdict("survive", sim.Passed)}, "horizon", 0},
		"not survived":       {[]sim.Data{verdict("survive", sim.Passed), verdict("survive", sim.Failed)}, "played", 1},
		"failed and unknown": {[]sim.Data{verdict("survive", sim.Inconclusive), verdict("survive", sim.Failed)}, "played", 1},
		"unknown":            {[]sim.Data{verdict("survive", sim.Passed), verdict("survive", sim.Inconclusive)}, "played", 4},
		"nothing to check":   {nil, "played", 4},
		"unproven":           {[]sim.Data{verdict("survive", sim.Failed), sim.UnprovenData{Missing: "x"}}, "played", 4},
		"unsupported":        {[]sim.Data{verdict("survive", sim.Passed), sim.UnsupportedData{What: "x"}}, "played", 4},
		"starved":            {[]sim.Data{verdict("survive", sim.Passed), sim.StarvedData{}}, "played", 4},
		"disagree":           {[]sim.Data{verdict("survive", sim.Passed), sim.DisagreeData{}}, "played", 4},
		"not steady":         {[]sim.Data{verdict("survive", sim.Inconclusive)}, "not steady", 4},
		"unserved":           {[]sim.Data{verdict("survive", sim.Passed), sim.SteadyData{Members: 2, Unserved: []string{"mail/1"}}}, "played", 4},
		"no workload":        {[]sim.Data{verdict("survive", sim.Passed), sim.SteadyData{}}, "played", 4},
		"interrupted":        {[]sim.Data{verdict("survive", sim.Failed)}, "interrupted", 130},
		"cut short":          {[]sim.Data{verdict("survive", sim.Passed)}, "", 130},
		"died":               {[]sim.Data{verdict("survive", sim.Passed)}, "failed: no more memory", 4},
	} {
		t.Run(name, func(t *testing.T) {
			y := simtest.NewStory()
			y.Fault("paste", "")
			for _, d := range c.add {
				y.Log.Add(0, "mail", d)
			}
			log := y.Log
			if c.reason != "" {
				log = y.End(c.reason)
			}
			r := sim.ResultOf(log)
			assert.Equal(t, c.want, r.ExitCode(), "%+v", r)
		})
	}
}

func TestExpectationsDecideWhereThereAreAny(t *testing.T) {
	log := sim.NewLog(func() time.Duration { return 0 }, nil)
	log.Add(0, "", sim.HeaderData{Format: sim.Format, Question: false})
	log.Add(0, "paste", sim.FaultData{})
	log.Add(0, "mail", verdict("survive", sim.Failed))
	log.Add(0, "dark", verdict("expect", sim.Passed))
	log.Add(0, "dark", verdict("expect", sim.Inconclusive))
	log.Add(0, "", sim.EndData{Reason: "played"})
	r := sim.ResultOf(log)
	assert.Equal(t, sim.Result{Survived: 0, Of: 1, AsExpected: 1, Expectations: 2, Undecided: 1, Reason: "played"}, r)
	assert.Equal(t, sim.ExitInconclusive, r.ExitCode())
}
