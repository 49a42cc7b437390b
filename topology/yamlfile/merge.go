package yamlfile

// Merge lays a patch over a base as JSON merge patches do (RFC 7396): maps are
// merged key by key, a null removes its key, anything else replaces what was
// there. New keys come last. Every value keeps the place where it was typed.
func Merge(base, patch *Node) *Node {
	if patch.Kind() != Map {
		return patch
	}
	if base.Kind() != Map {
		base = &Node{kind: Map, pos: patch.pos, flow: patch.flow, size: 1}
	}
	out := *base
	out.entries = nil
	for _, e := range base.entries {
		over, found := lookup(patch, e.Key)
		switch {
		case !found:
			out.entries = append(out.entries, e)
		case over.Kind() != Null:
			out.entries = append(out.entries, Entry{e.Key, e.KeyPos, Merge(e.Value, over)})
		}
	}
	for _, e := range patch.entries {
		if _, old := lookup(base, e.Key); !old && e.Value.Kind() != Null {
			out.entries = append(out.entries, Entry{e.Key, e.KeyPos, Merge(nil, e.Value)})
		}
	}
	return &out
}

func lookup(n *Node, key string) (*Node, bool) {
	for _, e := range n.Entries() {
		if e.Key == key {
			return e.Value, true
		}
	}
	return nil, false
}
