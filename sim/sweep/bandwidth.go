package sweep

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Bandwidth is what failures leave of the bandwidth that workloads declare to want. It is structural, and a bound: no
// routing carries more than is said, and many carry less.
type Bandwidth struct {
	// Depth is the largest sets that were looked at, all of them.
	Depth int
	// Demands are the workloads that want something, and last all of them together where there are several.
	Demands []*Squeeze
}

// Squeeze is a workload that gets less than it wants after some failures.
type Squeeze struct {
	Use *sim.Use // nil: all together
	// Wants is its demand; Whole is what of it can be carried when nothing has failed.
	Wants, Whole topology.Bitrate
	// Sets leave the members that are not cut off less than they want, and less than any part of the set does. The least
	// comes first.
	Sets []Squeezed

	demands []topology.Demand
	members []member // whose they are
}

// Squeezed is what a set of failures leaves.
type Squeezed struct {
	Fates []*Fate
	// Wants is the demand of the members that are not cut off, and Left what of it can be carried at most.
	Wants, Left topology.Bitrate
}

// bandwidth looks at every set up to a size, as long as there are no more than may be played; nil when nobody wants any.
func (s *sweep) bandwidth() *Bandwidth {
	all := s.demands()
	if len(all) == 0 {
		return nil
	}
	b := &Bandwidth{Demands: all}
	sets, covers := draw(len(s.fates.all), s.opts.Depth, cmp.Or(s.opts.Trials.Most, DefaultSets), 0)
	for _, c := range covers {
		if c.Exact() && b.Depth == c.Failures-1 {
			b.Depth = c.Failures
		}
	}
	h := newHarm(s.plant, s.fates)
	for _, q := range all {
		q.Whole = s.plant.Throughput(q.demands, topology.Lost{})
		left := map[string]topology.Bitrate{}
		for _, c := range sets {
			if len(c) <= b.Depth {
				s.squeeze(q, c, h, left)
			}
		}
		slices.SortStableFunc(q.Sets, func(a, b Squeezed) int { return cmp.Compare(a.Left, b.Left) })
	}
	return b
}

// demands are those of workloads that declare any.
func (s *sweep) demands() []*Squeeze {
	var all []*Squeeze
	sum := &Squeeze{}
	for i, u := range s.uses {
		if u.Demand == 0 {
			continue
		}
		q := &Squeeze{Use: u, Wants: u.Demand * topology.Bitrate(len(u.Members)), members: s.members[i]}
		for _, m := range u.Members {
			f := m.Talk.Flow()
			q.demands = append(q.demands, topology.Demand{From: f.From, To: f.To, Rate: u.Demand, Networks: f.Networks})
		}
		sum.Wants += q.Wants
		sum.demands, sum.members = append(sum.demands, q.demands...), append(sum.members, q.members...)
		all = append(all, q)
	}
	if len(all) > 1 {
		all = append(all, sum)
	}
	return all
}

// squeeze notes what a set leaves of a demand. Of left it reads what parts of the set leave.
func (s *sweep) squeeze(q *Squeeze, c combination, h *harm, left map[string]topology.Bitrate) {
	lost := s.lost(c, h)
	fates := emptySet()
	for i, f := range c {
		fates[i] = int32(f)
	}
	x := Squeezed{}
	var standing []topology.Demand
	for i, d := range q.demands {
		if !q.members[i].cutBy(fates) {
			x.Wants += d.Rate
			standing = append(standing, d)
		}
	}
	x.Left = s.plant.Throughput(standing, lost)
	short := x.Wants - x.Left
	worst := q.Wants - q.Whole
	for _, part := range c.parts() {
		worst = max(worst, left[part.key()])
	}
	left[c.key()] = max(short, worst)
	if short <= worst {
		return
	}
	for _, i := range c {
		x.Fates = append(x.Fates, s.fates.all[i])
	}
	q.Sets = append(q.Sets, x)
}

// lost is what is missing when all of a set has failed.
func (s *sweep) lost(c combination, h *harm) topology.Lost {
	mark := len(h.doing)
	for _, i := range c {
		if f := s.fates.all[i]; f.feed {
			h.fail(cause{pack: &pack{feeds: []int{f.index}}})
		} else {
			h.fail(cause{fate: f})
		}
	}
	lost := topology.Lost{Nodes: map[*topology.Node]bool{}, Links: map[*topology.Link]bool{}}
	for _, x := range h.doing[mark:] {
		switch x.what {
		case 'n':
			lost.Nodes[s.plant.Nodes[x.index]] = true
		case 'l':
			lost.Links[s.plant.Links[x.index]] = true
		}
	}
	h.undo(mark)
	return lost
}

// writeBandwidth writes what is left of demands.
func writeBandwidth(b *strings.Builder, x *Bandwidth) error {
	fmt.Fprintf(b, "\nBandwidth that failures leave, %s, of what is declared: no more than this can be carried\n", upTo(x.Depth))
	for _, q := range x.Demands {
		name := "all together"
		if q.Use != nil {
			name = q.Use.ID
		}
		fmt.Fprintf(b, "\n%s wants %s%s\n", name, q.Wants, q.whole())
		columns := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		shown := q.Sets[:min(len(q.Sets), mostRows)]
		for _, s := range shown {
			fmt.Fprintf(columns, "  %s\t%s\t%s of %s\n", sizes[len(s.Fates)], together(s.Fates), s.Left, s.Wants)
		}
		if err := columns.Flush(); err != nil {
			return err
		}
		if more := len(q.Sets) - len(shown); more > 0 {
			fmt.Fprintf(b, "  … and %d more rows: --format json lists everything\n", more)
		}
		if len(q.Sets) == 0 {
			b.WriteString("  nothing takes any of it from members that are not cut off\n")
		}
	}
	return nil
}

func (q *Squeeze) whole() string {
	if q.Whole < q.Wants {
		return fmt.Sprintf(", and gets %s even when nothing has failed", q.Whole)
	}
	return ""
}

type bandwidthJSON struct {
	Depth   int           `json:"k"`
	Demands []squeezeJSON `json:"demands"`
}

type squeezeJSON struct {
	Workload string         `json:"workload,omitempty"` // none: all together
	Wants    int64          `json:"wants"`              // bits per second, as all here
	Whole    int64          `json:"whole"`
	Sets     []squeezedJSON `json:"sets"`
}

type squeezedJSON struct {
	Fails []fateJSON `json:"fails"`
	Wants int64      `json:"wants"`
	Left  int64      `json:"left"`
}

func (b *Bandwidth) json() *bandwidthJSON {
	j := &bandwidthJSON{Depth: b.Depth}
	for _, q := range b.Demands {
		x := squeezeJSON{Wants: int64(q.Wants), Whole: int64(q.Whole), Sets: []squeezedJSON{}}
		if q.Use != nil {
			x.Workload = q.Use.ID
		}
		for _, s := range q.Sets {
			x.Sets = append(x.Sets, squeezedJSON{fatesJSON(s.Fates), int64(s.Wants), int64(s.Left)})
		}
		j.Demands = append(j.Demands, x)
	}
	return j
}
