package topology

// Target is what a fault is aimed at, as typed: a node, family, range (hv[1-4]), group, link, node:port, node:bond, or a list of these.
type Target []string
