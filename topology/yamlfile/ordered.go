package yamlfile

// Ordered is a map keyed by ID whose entries keep the order of the file.
type Ordered[V any] []Item[V]

// Item is an entry of an Ordered map.
type Item[V any] struct {
	Key   string
	Pos   Pos // of the key
	Value V
}

// UnmarshalNode reads the entries of a map.
func (o *Ordered[V]) UnmarshalNode(n *Node, ps *Problems) {
	if n.Kind() != Map && n.Kind() != Null {
		ps.Add(n.Pos(), "", "want a map keyed by name, this is %s", n.Kind())
		return
	}
	for _, e := range n.Entries() {
		item := Item[V]{Key: e.Key, Pos: e.KeyPos}
		Decode(e.Value, &item.Value, ps)
		*o = append(*o, item)
	}
}

// Lookup finds a value by key; nil when there is none.
func (o Ordered[V]) Lookup(key string) *V {
	for i := range o {
		if o[i].Key == key {
			return &o[i].Value
		}
	}
	return nil
}

// Keys lists the keys in file order.
func (o Ordered[V]) Keys() []string {
	keys := make([]string, len(o))
	for i := range o {
		keys[i] = o[i].Key
	}
	return keys
}
