package drill

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// card is what a role has in hand: what it alone is told, and what it can do.
func card(r *yamlfile.Item[Role]) func(*paper, *Script, *sim.Scenario) {
	return func(p *paper, s *Script, _ *sim.Scenario) {
		p.title(s.Called(), s.title(r.Key))
		p.line("%s\n", r.Value.Brief)
		p.line("## What you can do\n")
		var own []string
		for _, kind := range operations.Keys() {
			if r.Value.may(kind) {
				own = append(own, kind)
			}
		}
		if len(own) > 0 {
			tools(p, own)
			p.line("\nYou do one thing after the other. What you are busy with can be stopped, and nothing comes of it then.")
		} else {
			p.line("You have nothing done to the plant yourself: ask those who can.")
		}
		if r.Value.may(Posting) {
			p.line("\nYou tell customers what they are told: a text, and a time by which all will be well or none.")
		}
		p.line("\n## Who you can reach outside\n")
		for _, c := range s.People() {
			p.line("- %s", s.title(c.Key))
		}
		p.line("\n## Rules\n")
		p.line("- Your page shows what you were told, what monitoring shows and what you found. What others found they have to tell you.")
		p.line("- Monitoring is on the plant like everything else. No data is no news.")
		p.line("- Your link is your seat: keep it to yourself.")
		p.line("- \"REAL EMERGENCY\" is for what is no exercise. It stops play for everybody; press it when you need it.")
	}
}

// controlCard is what the control cell has in hand: who it is, and what is going to be asked.
func controlCard(p *paper, s *Script, sc *sim.Scenario) {
	p.title(sc.Name, "control cell")
	p.line("You are everybody outside the room. Answer what roles write, as those would who they write to: nobody knows more than")
	p.line("it says here, and nobody helps by what only you know. A call takes time to be answered; so do you.\n")
	p.line("## Who you are\n")
	for _, c := range s.People() {
		p.line("- **%s**: %s", s.title(c.Key), c.Value.Brief)
	}
	p.line("\n## What comes by itself\n")
	p.head("scenario time", "to", "via", "from", "text")
	for _, x := range s.Injects {
		in := x.Value
		p.row(comes(sc, in), in.To, via(in.Via), in.From, in.Text)
	}
	p.line("\n## What is really the matter\n")
	for _, e := range sc.Timeline {
		p.line("- %s: %s%s", when(sc, e.At), e.Text, by(e.By))
	}
}
