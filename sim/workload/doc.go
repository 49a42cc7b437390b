// Package workload is the applications whose users we care about, one kind to a file.
//
// A kind has two faces. Predict is its law as a pure state machine: what its users see when the way between two places
// comes and goes. Measure is the real traffic, over sockets of those places. Both are in one file, so that who changes
// one sees the other.
//
//	workloads:
//	  lan:  {kind: reach, from: hv, to: edge1}
//	  san:  {kind: reach, from: hv, to: array1, networks: [storage-a, storage-b]}
//	  shop: {kind: http, from: isp, to: web, interval: 1s, timeout: 5s}
//
// How from and to become members is told at Ends.
package workload
