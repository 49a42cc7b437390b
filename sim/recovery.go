package sim

// Recovery is what people do about what goes wrong. One value may be played in many runs.
type Recovery interface {
	// Begin has people at work in a run whose steady state holds. What they know they learn from its log, what they do
	// they do with their hands. Done is called when nothing can happen any more, so that they say what they wait for.
	Begin(*Hands) (done func())
	// Names are those of the teams, for who asks by whose doing something happened.
	Names() []string
}
