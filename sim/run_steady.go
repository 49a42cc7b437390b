package sim

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// steadyFor is how long workloads have to be served before the first fault: a cold start of a loaded machine with 300
// members took 3 s (measured); ten times that is not steady but broken.
const steadyFor = 30 * time.Second

// steadyLook is how often a world is looked at of which something has still to come up. Chosen.
const steadyLook = 50 * time.Millisecond

// steady starts every member and waits until all are served, and nothing of the world has still to come up: a fault that
// took away a path on which nobody is yet would harm nobody.
func (r *Run) steady(ctx context.Context) (bool, error) {
	r.real.start("steady")
	served := newServedView(r.sc.Uses)
	r.env.Log.Listen(served.see)
	for _, m := range everyone(r.sc.Uses) {
		if err := r.world.Start(m); err != nil {
			return false, fmt.Errorf("start %s: %w", m.Subject(), err)
		}
	}
	deadline := r.env.Loop.Now() + steadyFor + r.sc.Plant.Grows()
	late := false
	cancel, stopLooking := r.env.Loop.At(deadline, func() { late = true }), r.lookForReady()
	err := r.env.Loop.Run(ctx, deadline, func() bool {
		return served.all() && r.unready() == "" || late || len(served.want) == 0 || r.world.Err() != nil
	})
	cancel()
	stopLooking()
	if err != nil {
		return false, err
	}
	missing := served.missing()
	if why := r.unready(); why != "" {
		missing = append(missing, why)
	}
	r.env.Log.Add(0, "", SteadyData{Members: len(served.want), Unserved: missing})
	return len(missing) == 0 && (served.all() || r.opts.Stay && len(served.want) == 0), nil
}

// unready names what of the world has still to come up.
func (r *Run) unready() string {
	if w, ok := r.world.(Growing); ok {
		return w.Unready()
	}
	return ""
}

// lookForReady has the loop look now and then whether everything has come up, of which nobody tells it.
func (r *Run) lookForReady() (stop func()) {
	if _, ok := r.world.(Growing); !ok {
		return func() {}
	}
	var cancel, again func()
	again = func() { cancel = r.env.Loop.After(steadyLook, again) }
	again()
	return func() { cancel() }
}

// everyone lists the members of all workloads, each workload's watches after its members; and after all of them those who
// talk to virtual machines.
func everyone(uses []*Use) []*Member {
	var all, clients []*Member
	for _, u := range uses {
		for _, m := range append(slices.Clone(u.Members), u.Watches...) {
			if _, ok := m.Talk.(Client); ok {
				clients = append(clients, m)
			} else {
				all = append(all, m)
			}
		}
	}
	return append(all, clients...)
}

// servedView follows which members are served, from the log.
type servedView struct {
	want map[string]bool // by subject: served
	left int
}

func newServedView(uses []*Use) *servedView {
	v := &servedView{want: map[string]bool{}}
	for _, m := range everyone(uses) {
		v.want[m.Subject()] = false
		v.left++
	}
	return v
}

func (v *servedView) see(e Event) {
	_, up := e.Data.(UpData)
	_, down := e.Data.(DownData)
	if served, ours := v.want[e.Subject]; !ours || !up && !down || served == up {
		return
	}
	v.want[e.Subject] = up
	if up {
		v.left--
	} else {
		v.left++
	}
}

func (v *servedView) all() bool { return v.left == 0 && len(v.want) > 0 }

func (v *servedView) missing() []string {
	var missing []string
	for _, subject := range sortedKeys(v.want) {
		if !v.want[subject] {
			missing = append(missing, subject)
		}
	}
	return missing
}
