package gate

import (
	"time"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Rules about waivers themselves.
const (
	waiverExpired = "waiver-expired"
	waiverUnused  = "waiver-unused"
)

func init() {
	register(waiverExpired, "a finding was accepted until a day that has passed", finding.Error, nil)
	register(waiverUnused, "a finding is accepted that is not there", finding.Warning, nil)
}

// accept marks the findings that the policy puts up with, and adds what is wrong with its waivers.
func (c *Case) accept(all []finding.Finding, today time.Time) []finding.Finding {
	found := len(all)
	for _, w := range c.Policy.Accept {
		used := false
		for i := range all[:found] {
			if f := &all[i]; f.Fingerprint() == w.Finding.Text {
				used = true
				if !w.expired(today) {
					f.Accepted = &w.Acceptance
				}
			}
		}
		switch {
		case w.expired(today):
			all = c.complain(all, waiverExpired, w, "was accepted until "+w.Until+", by "+w.Owner, "put it right, or accept it anew")
		case !used:
			all = c.complain(all, waiverUnused, w, "is accepted and not found", unusedRemedy(w, all[:found]))
		}
	}
	return all
}

// complain adds a finding about a waiver, unless the policy leaves that out.
func (c *Case) complain(all []finding.Finding, rule string, w Waiver, text, remedy string) []finding.Finding {
	kind, _ := Rules.Lookup(rule)
	severity := c.Policy.severity(rule, kind.New().Severity)
	if severity == "" {
		return all
	}
	return append(all, finding.Finding{
		Rule: rule, Severity: severity, Subject: w.Finding.Text, Pos: w.Finding.Pos,
		Message: `"` + w.Finding.Text + `" ` + text, Remedy: remedy,
	})
}

// expired says whether the waiver's last day, wherever it is read, is over.
func (w Waiver) expired(today time.Time) bool { return today.Format(day) > w.Until }

func unusedRemedy(w Waiver, all []finding.Finding) string {
	var have []string
	for i := range all {
		have = append(have, all[i].Fingerprint())
	}
	if near := yamlfile.Suggest(w.Finding.Text, have); near != "" {
		return near
	}
	return "take the waiver out"
}
