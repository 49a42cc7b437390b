package topology

import "time"

// The law of routed networks when the file says nothing: BFD's usual 300 ms times 3 (FRR doc/user/bfd.rst), and 200 ms
// from noticing to new routes, which is what routing daemons with a link-state database need on small fabrics (an
// assumption: set it to what you measured).
const (
	defaultHello       = 300 * time.Millisecond
	defaultHold        = 900 * time.Millisecond
	defaultConvergence = 200 * time.Millisecond
)

// routing reads the law. It comes after the nodes, which may run daemons.
func (b *builder) routing() {
	s := b.spec.Routing
	r := Routing{Hold: defaultHold, Hello: defaultHello, Convergence: defaultConvergence}
	if s.Hello != nil {
		r.Hello, r.Hold = *s.Hello, 3**s.Hello
	}
	if s.Hold != nil {
		r.Hold = *s.Hold
	}
	if s.Convergence != nil {
		r.Convergence = *s.Convergence
	}
	r.Stated, r.Reconnect = s.Hold != nil || s.Hello != nil, r.Hello
	set(&r.Reconnect, s.Reconnect)
	r.Daemons = b.plant.RunsDaemons()
	if r.Hello <= 0 || r.Hold < r.Hello {
		b.ps.Add(s.Pos, "", "a neighbour is heard every %s and lost after %s of silence: hold must be longer than hello", r.Hello, r.Hold)
	}
	b.plant.Routing = r
}
