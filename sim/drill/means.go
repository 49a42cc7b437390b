package drill

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// means is how long work really takes that the table has done: parts come from the scenario's shelf or have to be ordered,
// and machines are restarted by tools that may be victims themselves. Whoever decides how long it takes has reckoned with
// that.
func (r *Room) means(o Operation) (Operation, error) {
	if r.stock == nil {
		return o, nil
	}
	switch o.Kind {
	case replacing:
		return r.fetch(o)
	case cycling:
		return r.reach(o)
	}
	return o, nil
}

// fetch adds the time until the last part is in hand.
func (r *Room) fetch(o Operation) (Operation, error) {
	ports, err := o.Target.Ports(r.sc.Plant)
	if err != nil {
		return o, err
	}
	longest := time.Duration(0)
	for _, p := range ports {
		if p.Optic == nil {
			continue
		}
		wait, ok := r.stock.Take(p.Optic.Model, r.now())
		if !ok {
			return o, fmt.Errorf("replace %s: there is no %s on the shelf, and none can be ordered", p, p.Optic.Model)
		}
		longest = max(longest, wait)
	}
	o.Takes, o.waits = o.Takes+longest, longest
	return o, nil
}

// reach takes longer where the tool is not there that machines are restarted by; where there is no other way, only the tool
// itself can be restarted.
func (r *Room) reach(o Operation) (Operation, error) {
	missing, takes := r.stock.Restart(r.there)
	switch {
	case missing == "":
	case takes > 0:
		o.Takes = time.Duration(float64(o.Takes) * float64(takes) / float64(o.what.takes))
	case !slices.Contains(o.Target, missing):
		return o, fmt.Errorf("%s: that needs %s, which is not there", o, missing)
	}
	return o, nil
}

// there says whether anybody is served by a workload.
func (r *Room) there(workload string) bool {
	h := sim.HistoryOf(r.log)
	return slices.ContainsFunc(h.Members(workload), func(m string) bool {
		gone := h.OutagesOf(m)
		return len(gone) == 0 || !gone[len(gone)-1].Open
	})
}
