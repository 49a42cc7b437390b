// Package model is the world that predicts: the plant as a graph, the drill in virtual time.
//
//	levels ──> carriers, stages, darkness ──> bonds ──> who hears whom ──> gateways, routes
//	                                                         │                  │
//	members <── served? <── Machine.Path(usable) <── ways, there and back <─────┘
//
// A World is told levels, as every world is. It keeps the state of every port
// and node, drives the step machines of package proto, and works out for every
// conversation whether there is a way there and a way back. Only what touched
// something that changed is worked out again.
//
// The same machines decide who answers for a virtual gateway and which routes
// stand in the kernel world too: there a model World runs beside the real plant
// as its shadow (Options).
package model
