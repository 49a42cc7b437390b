// Package yamlfile reads YAML files so that every complaint about them can
// point at its place, and all complaints come at once.
//
//	houston.yaml:9:24: no node "cor1", did you mean "core1"?
//	   9 |     edge1: {ports: {in1: cor1}}
//	     |                          ^
//
// Parse makes a tree of Nodes that know where they stand. Decode fills a struct
// from a Node by its `yaml` tags, Merge lays a patch over a Node (RFC 7396),
// String prints a Node as YAML again, and Schema describes a struct as JSON
// Schema by the same tags. Files mean the same under YAML 1.1 and 1.2.
package yamlfile
