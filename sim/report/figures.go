package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
)

// fold puts a member's figures together with those of the others.
func (w *Workload) fold(figures []sim.Figure) {
	for _, f := range figures {
		i := slices.IndexFunc(w.Figures, func(g sim.Figure) bool { return g.Name == f.Name })
		if i < 0 {
			w.Figures = append(w.Figures, f)
			continue
		}
		w.Figures[i].Value = f.Fold.Of(w.Figures[i].Value, f.Value)
	}
}

// figures is a line for every workload that has some of its own: "calls: 20 dropped calls, MOS 4.4".
func figures(p *page, r *Report) {
	first := true
	for _, w := range r.Workloads {
		if len(w.Figures) == 0 {
			continue
		}
		if first {
			p.blank()
		}
		first = false
		p.wrap("", p.bold(w.ID+": ")+figureWords(w))
	}
}

// figureWords says a count before its name and a measure after it; what is the worst of several members is said to be.
func figureWords(w Workload) string {
	var all []string
	for _, f := range w.Figures {
		value := strconv.FormatFloat(f.Value, 'f', -1, 64)
		if f.Unit != "" {
			value += " " + f.Unit
		}
		switch {
		case f.Fold == sim.Sum:
			all = append(all, value+" "+f.Name)
		case w.Members == 1:
			all = append(all, f.Name+" "+value)
		case f.Fold == sim.Least:
			all = append(all, f.Name+" at least "+value)
		default:
			all = append(all, f.Name+" at most "+value)
		}
	}
	return strings.Join(all, ", ")
}
