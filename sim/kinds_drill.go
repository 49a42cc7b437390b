package sim

// CommandData: somebody in a drill's room gave a command (the subject is who). A drill can be gone on with from these.
type CommandData struct {
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
}

// PhaseData: a drill has entered a phase: "running", "paused", "emergency", "endex", "hot-wash".
type PhaseData struct {
	Phase string `json:"phase"`
	Why   string `json:"why,omitempty"`
}

// InjectData: the table was told something (the subject is the inject).
type InjectData struct {
	To   string `json:"to,omitempty"`
	Via  string `json:"via"`
	From string `json:"from,omitempty"`
	Text string `json:"text"`
}

// AskedData: the table was asked for a decision (the subject).
type AskedData struct {
	To   string `json:"to,omitempty"`
	Text string `json:"text"`
}

// DecidedData: the table has decided (the subject) for an option.
type DecidedData struct {
	Option string `json:"option"`
	By     string `json:"by,omitempty"`
	Why    string `json:"why,omitempty"`
}

// WorkData: people began to do something to the plant (the subject is a target), or are done with it, or were stopped
// before they were.
type WorkData struct {
	Do    string  `json:"do"`
	By    string  `json:"by,omitempty"`
	Why   string  `json:"why,omitempty"`
	Takes Seconds `json:"takes,omitempty"`
	Done  bool    `json:"done,omitempty"`
	Left  bool    `json:"left,omitempty"` // stopped before it was done: nothing has come of it
	Found string  `json:"found,omitempty"`
}

// PostedData: the table told its customers something.
type PostedData struct {
	Text string `json:"text"`
	By   string `json:"by,omitempty"`
	// ETA is the scenario time by which it says that all will be well; nil when it says none.
	ETA *Seconds `json:"eta,omitempty"`
}

// MessageData: a role wrote to somebody outside the room, or somebody outside wrote to a role.
type MessageData struct {
	From string `json:"from"`
	To   string `json:"to"`
	Text string `json:"text"`
	// By is who at the control cell spoke for them; empty when a role wrote itself.
	By string `json:"by,omitempty"`
}

// RemarkData: an evaluator or the scribe noted something, about an objective (the subject) or in general.
type RemarkData struct {
	By   string `json:"by,omitempty"`
	Text string `json:"text"`
	// Part is "note", or in the hot wash "well", "hurt", "surprised".
	Part string `json:"part"`
}

// RatingData: how the table did on an objective (the subject): "P", "S", "M" or "U".
type RatingData struct {
	Rating string `json:"rating"`
	By     string `json:"by,omitempty"`
	Text   string `json:"text,omitempty"`
}

// FindingData: something to be improved (the subject is its number), who sees to it, and until when.
type FindingData struct {
	Objective string `json:"objective,omitempty"`
	Text      string `json:"text"`
	Action    string `json:"action,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Until     string `json:"until,omitempty"`
	// Remedy is what would mend it: a variant of the scenario's, or a word for the patch.
	Remedy string `json:"remedy,omitempty"`
	// Patch is the remedy as it is laid over the scenario (YAML, RFC 7396), so that the log alone can play it.
	Patch string `json:"patch,omitempty"`
}

// RerunData: the scenario was played with and without the remedy of a finding, which is the cause.
type RerunData struct {
	Remedy string `json:"remedy"`
	World  string `json:"world"`
	// Without and With are what the incident costs, repaired by the scenario's own people.
	Without Toll `json:"without"`
	With    Toll `json:"with"`
	// Failed says why it could not be played; empty otherwise.
	Failed string `json:"failed,omitempty"`
}

// Toll is what an incident cost.
type Toll struct {
	// Outages are the longest of each workload; ForGood lists those that never came back.
	Outages map[string]Seconds `json:"outages,omitempty"`
	ForGood []string           `json:"for_good,omitempty"`
	People  Seconds            `json:"people_time,omitempty"`
	Parts   int                `json:"parts,omitempty"`
	// Lost counts machines that were switched off with what they had in memory and could not write.
	Lost int `json:"memory_lost,omitempty"`
}

// Kind is the name in the log.
func (CommandData) Kind() string { return "command" }
func (PhaseData) Kind() string   { return "phase" }
func (InjectData) Kind() string  { return "inject" }
func (AskedData) Kind() string   { return "asked" }
func (DecidedData) Kind() string { return "decided" }
func (WorkData) Kind() string    { return "work" }
func (PostedData) Kind() string  { return "posted" }
func (MessageData) Kind() string { return "message" }
func (RemarkData) Kind() string  { return "remark" }
func (RatingData) Kind() string  { return "rating" }
func (FindingData) Kind() string { return "finding" }
func (RerunData) Kind() string   { return "rerun" }
