package sim

import "github.com/dcdrill/dcdrill/topology"

// Stream is a Talk that is known to send so much: its traffic weighs on the links of its way.
type Stream interface {
	Offers() Offer
}

// Offer is what a talk sends in a second there and back, headers included. Scattered says that it does so at random
// moments, which do not beat in time with those of others.
type Offer struct {
	There, Back topology.Bitrate
	Scattered   bool
}
