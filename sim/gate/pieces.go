package gate

import (
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// InOnePiece complains of a plant in several pieces: each would be judged as if the others were not there. The
// error is yamlfile.Problems. A node without
// links is no piece, and said by the plant's notes.
func InOnePiece(p *topology.Plant) error {
	piece := make([]int, len(p.Nodes)) // 0: not seen
	var all [][]string
	for _, n := range p.Nodes {
		if piece[n.Index] > 0 || len(n.Ports) == 0 {
			continue
		}
		all = append(all, nil)
		piece[n.Index] = len(all)
		for queue := []*topology.Node{n}; len(queue) > 0; queue = queue[1:] {
			all[len(all)-1] = append(all[len(all)-1], queue[0].ID)
			for _, port := range queue[0].Ports {
				if next := port.Peer().Node; piece[next.Index] == 0 {
					piece[next.Index] = len(all)
					queue = append(queue, next)
				}
			}
		}
	}
	var ps yamlfile.Problems
	for _, names := range all[min(1, len(all)):] {
		ps.Add(p.Node(names[0]).Pos, "link them, or check each plant on its own", "no link joins %s to the rest of the plant (%s)",
			report.Few(names, 4), report.Few(all[0], 4))
	}
	return ps.Err()
}

// somebodyTalks complains of a plant with nothing to lose: that nothing cuts it is no answer.
func somebodyTalks(x Candidate) error {
	if len(x.Uses) > 0 {
		return nil
	}
	at := topology.Pos{File: x.Name}
	if len(x.Plant.Nodes) > 0 {
		at = x.Plant.Nodes[0].Pos
	}
	var ps yamlfile.Problems
	ps.Add(at, "say who does: workloads: {calls: {kind: udp, from: h1, to: h2}}",
		"no workload is declared, and no two hosts could talk")
	return ps.Err()
}
