package topology

import (
	"net/netip"
	"time"
)

// A silent gateway is replaced after three adverts and the skew of a backup of priority 100: (256-100)/256 of an
// advert (RFC 9568 6.1; FRR vrrpd/vrrp.h has the same 1 s and 100).
const (
	defaultAdvert   = time.Second
	advertsToSpare  = 3
	defaultTakeover = 3600 * time.Millisecond
)

func (b *builder) gateways() {
	for i, item := range b.spec.Networks {
		if s := item.Value.Gateway; s != nil && s.Via.Text != "" {
			b.plant.Networks[i].Gateway = b.gateway(s)
		}
	}
}

func (b *builder) gateway(s *GatewaySpec) *Gateway {
	g := &Gateway{Takeover: s.Takeover, Advert: s.Advert}
	switch node, group := b.plant.Node(s.Via.Text), b.plant.Group(s.Via.Text); {
	case node != nil:
		g.Members = []*Node{node}
	case group != nil:
		g.Group, g.Members = group, group.Nodes
	default:
		g.Members = b.plant.Family(s.Via.Text)
	}
	if len(g.Members) == 0 {
		hint := b.plant.hint(s.Via.Text)
		if _, err := netip.ParseAddr(s.Via.Text); err == nil {
			hint = "name the node or group that routes: its address is handed out"
		}
		b.ps.Add(s.Via.Pos, hint, "no node or group %q", s.Via.Text)
		return nil
	}
	for _, m := range g.Members {
		if !m.forwards() {
			b.ps.Add(s.Via.Pos, "", "%s is a %s and cannot be a gateway", m.ID, m.Kind)
		}
	}
	g.setTimers()
	if g.Takeover < g.Advert {
		b.ps.Add(s.Pos, "", "takeover %s is shorter than one advert %s: a living holder would be replaced", g.Takeover, g.Advert)
	}
	return g
}

// setTimers fills in the times that the file left open.
func (g *Gateway) setTimers() {
	switch {
	case g.Advert == 0 && g.Takeover == 0:
		g.Advert, g.Takeover = defaultAdvert, defaultTakeover
	case g.Advert == 0:
		g.Advert = min(defaultAdvert, g.Takeover)
	case g.Takeover == 0:
		g.Takeover = advertsToSpare*g.Advert + g.Advert*(256-100)/256
	}
}

// forwards says whether it passes packets on between networks, or may.
func (n *Node) forwards() bool { return n.Kind == Switch || n.Kind == Router || n.Kind == External }

// gatewayOf lists the networks that a node is a gateway of.
func (b *builder) gatewayOf(n *Node) []*Network {
	var list []*Network
	for _, net := range b.plant.Networks {
		if net.Gateway.has(n) && !net.Transit {
			list = append(list, net)
		}
	}
	return list
}

func (g *Gateway) has(n *Node) bool {
	if g == nil {
		return false
	}
	for _, m := range g.Members {
		if m == n {
			return true
		}
	}
	return false
}
