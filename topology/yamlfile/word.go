package yamlfile

// Word is a scalar that remembers where it stands, for names that are looked up later.
type Word struct {
	Text string
	Pos  Pos
}

// UnmarshalNode reads a scalar.
func (w *Word) UnmarshalNode(n *Node, ps *Problems) {
	w.Pos = n.Pos()
	if n.Kind() == Map || n.Kind() == List {
		ps.Add(n.Pos(), "", "want a word, this is %s", n.Kind())
		return
	}
	w.Text = n.Text()
}

// String is the word.
func (w Word) String() string { return w.Text }

// Texts lists the words without their places.
func Texts(words []Word) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return texts
}
