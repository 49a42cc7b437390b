// Package simtest helps to test what plays in a drill: a plant of six devices
// made by hand, a world that only remembers what it was told, places on the
// loopback interface whose way can be cut, and walks over the registries that
// hold every kind to the same rules.
//
//	log, world := simtest.Play(t, &sim.Scenario{Plant: simtest.TwoCore(), Timeline: ...}, sim.Options{})
package simtest
