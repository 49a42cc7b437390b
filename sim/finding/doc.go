// Package finding is one thing to be put right in a plant, and how people and CI systems want to be told of it, one
// output format to a file.
//
//	plant.yaml:64:11: error: conduit south-duct alone cuts storage
//	   │                │      └ message, and a remedy
//	   │                └ severity: error, warning or note
//	   └ position, for the annotation at the line that did it
//
//	single-point conduit south-duct      the fingerprint: a rule and names
//
// A fingerprint is made of names and never of line numbers, so that a finding keeps its identity while the file around
// it changes: waivers, baselines and the alerts of a CI system go by it.
package finding
