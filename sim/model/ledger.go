package model

// ledger is what has changed since it was last cleared, and through which event.
type ledger struct {
	marks []mark // by key
	keys  []int
}

type mark struct {
	set   bool
	cause int
}

func newLedger(keys int) ledger { return ledger{marks: make([]mark, keys)} }

// mark says that something has changed; of several causes the latest counts.
func (l *ledger) mark(key, cause int) {
	m := &l.marks[key]
	if !m.set {
		m.set = true
		l.keys = append(l.keys, key)
	}
	m.cause = max(m.cause, cause)
}

// among says whether any of the keys has changed, and through which event at the latest.
func (l *ledger) among(keys []int) (cause int, changed bool) {
	for _, k := range keys {
		if m := l.marks[k]; m.set {
			cause, changed = max(cause, m.cause), true
		}
	}
	return cause, changed
}

func (l *ledger) clear() {
	for _, k := range l.keys {
		l.marks[k] = mark{}
	}
	l.keys = l.keys[:0]
}
