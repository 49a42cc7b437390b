package report

import (
	"slices"
	"sort"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Machine is what one virtual machine of a workload went through, the one that was gone the longest: what those see who
// ping it, beside whether it writes. Spans follow one another; all well is left out at both ends.
type Machine struct {
	Workload string `json:"workload"`
	Member   string `json:"member"`
	Spans    []Span `json:"spans"`
	// Open: it did not write when the run ended.
	Open bool `json:"open,omitempty"`
}

// Span is a time in which a virtual machine was the same to everybody.
type Span struct {
	From sim.Seconds `json:"from"`
	To   sim.Seconds `json:"to"`
	// Pinged says that somebody pings it, Ping that it answers, Write that it has its writes acknowledged.
	Pinged bool           `json:"pinged"`
	Ping   bool           `json:"ping"`
	Write  bool           `json:"write"`
	State  sim.GuestState `json:"state"`
}

// shortest is how long a span must be to be told: pings and writes are a second apart, and do not change together.
const shortest = 2 * time.Second

// readMachines takes from a log what became of virtual machines.
func readMachines(log *sim.Log) []Machine {
	h, states := sim.HistoryOf(log), map[string][]sim.Event{}
	for _, e := range log.Events() {
		if _, guest := e.Data.(sim.GuestData); guest {
			states[e.Subject] = append(states[e.Subject], e)
		}
	}
	end, _ := h.End()
	var all []Machine
	for _, u := range log.Header().Uses {
		longest, some := h.Longest(u.ID)
		if !some || states[longest.Member] == nil {
			continue
		}
		outages := h.OutagesOf(longest.Member)
		m := Machine{Workload: u.ID, Member: longest.Member, Open: outages[len(outages)-1].Open}
		m.follow(h, states[m.Member], slices.Contains(u.Watches, "ping"), end)
		all = append(all, m)
	}
	return all
}

// follow cuts the time of a run wherever something of the machine changes.
func (m *Machine) follow(h *sim.History, states []sim.Event, pinged bool, end time.Duration) {
	ping := sim.WatchOf(m.Member, "ping")
	cuts := []time.Duration{0, end}
	for _, o := range append(slices.Clone(h.OutagesOf(m.Member)), h.OutagesOf(ping)...) {
		cuts = append(cuts, o.From, o.To)
	}
	for _, e := range states {
		cuts = append(cuts, max(0, e.At))
	}
	sort.Slice(cuts, func(i, j int) bool { return cuts[i] < cuts[j] })
	for i, from := range cuts[:len(cuts)-1] {
		to := cuts[i+1]
		if to-from < shortest && to != end {
			continue
		}
		middle := from + (to-from)/2
		write, _ := h.ServedAt(m.Member, middle)
		answers, _ := h.ServedAt(ping, middle)
		m.add(Span{sim.Seconds(from), sim.Seconds(to), pinged, pinged && answers, write, stateAt(states, middle)})
	}
	m.trim()
}

// add appends a span, or makes the last one longer where nothing has changed.
func (m *Machine) add(s Span) {
	if n := len(m.Spans); n > 0 {
		last := &m.Spans[n-1]
		last.To = s.From // over what was too short to be told
		if last.Ping == s.Ping && last.Write == s.Write && last.State == s.State {
			last.To = s.To
			return
		}
	}
	m.Spans = append(m.Spans, s)
}

// trim leaves out all that is well at both ends.
func (m *Machine) trim() {
	well := func(s Span) bool { return s.Write && (s.Ping || !s.Pinged) }
	for len(m.Spans) > 0 && well(m.Spans[0]) {
		m.Spans = m.Spans[1:]
	}
	for len(m.Spans) > 0 && well(m.Spans[len(m.Spans)-1]) {
		m.Spans = m.Spans[:len(m.Spans)-1]
	}
}

func stateAt(states []sim.Event, at time.Duration) sim.GuestState {
	state := sim.GuestRunning
	for _, e := range states {
		if d, ok := e.Data.(sim.GuestData); ok && e.At <= at {
			state = d.State
		}
	}
	return state
}

// machines is the table that shows ping and write side by side: a machine that answers may be as good as dead.
func machines(p *page, r *Report) {
	rows := [][]string{{"", "machine", "from", "for", "ping", "write", "guest"}}
	for _, m := range r.Machines {
		name := m.Member
		for _, s := range m.Spans {
			lasted := Duration(time.Duration(s.To - s.From))
			if m.Open && s.To == r.Ended {
				lasted += " to the end"
			}
			rows = append(rows, []string{"", name, Clock(time.Duration(s.From)), lasted, pingWords(s), word(s.Write, "ok", "none"), string(s.State)})
			name = ""
		}
	}
	if len(rows) == 1 {
		return
	}
	p.blank()
	p.wrap("", p.bold("Ping is not health: ")+"what those outside saw of a machine of each workload, and whether it could write")
	p.table(rows)
}

func pingWords(s Span) string {
	switch {
	case !s.Pinged:
		return ""
	case s.Ping:
		return "answers"
	}
	return "silent"
}
