// Package sweep finds every combination of failures that leaves a workload without a physical path, and what is down
// although a path is left.
//
//	hv1 --- core1 --- edge        {edge}           cuts hv1 from edge
//	   \      |      /            {core1, core2}   cuts it too
//	    --- core2 ---             {core1, core2, x} is no news: it is not minimal
//
// These are two answers, never mixed. The first is structural and exact: a minimal cut set is a set of elements (nodes,
// links, transceivers, feeds, conduits, groups that share fate) without which no physical path is left, and none of which
// can be spared. The second is behavioural: sets of failures are played, and whoever is down once bonds, switching, gateways
// and routes have settled is down, a path or not; see behaviour.go. A workload may be down although it is connected, but it
// is never up when it is cut.
//
// A path is made of what forwards:
//
//   - Hosts and storage are ends of paths, never on them.
//   - A switch passes frames on within a network, over links that carry it. Two members of one active-backup bond are
//     not used at the same time, so nothing passes from one to the other.
//   - Routers, external nodes, routed switches and members of a gateway pass packets from network to network.
//   - A host reaches what is on a network of its own by that network, and all else by its gateway. The same holds for
//     the way back.
//   - A flow with several networks (multipath) is cut when it is cut on each.
//   - A node with several feeds falls when all of them are gone.
//
// The search does not try combinations. It finds a path, and since every cut set takes something of that path, it
// branches on what takes its nodes and links, down to depth k; see search.go.
package sweep
