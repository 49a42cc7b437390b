package report

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dcdrill/dcdrill/sim"
)

// logLines are the lines of the log that the page shows.
type logLines struct {
	Chunks []chunk
	Shown  int
	Of     int
}

// chunk is a run of lines; a live page gets a chunk anew when it changes.
type chunk struct {
	ID    string
	Lines []logLine
}

// logLine is one event.
type logLine struct {
	Seq     int
	Clock   string
	Kind    string
	Subject string
	Cause   int // 0 where there is none, or its line is not shown
	Data    string
}

const (
	// mostLines is how long a log is shown whole; a longer one is shown as far as the page speaks of it.
	mostLines  = 2500
	chunkLines = 100
	// mostData keeps a line to a few lines of the page.
	mostData = 300
)

func readLines(log *sim.Log, s *sheet) logLines {
	events := log.Events()
	shown := func(int) bool { return true }
	if len(events) > mostLines {
		cited := citedIn(log, s)
		shown = func(seq int) bool { return cited[seq] }
	}
	all := logLines{Of: len(events)}
	for first := 0; first < len(events); first += chunkLines {
		c := chunk{ID: "log-" + strconv.Itoa(first/chunkLines)}
		for _, e := range events[first:min(first+chunkLines, len(events))] {
			if shown(e.Seq) {
				c.Lines = append(c.Lines, lineOf(e))
			}
		}
		all.Shown += len(c.Lines)
		all.Chunks = append(all.Chunks, c)
	}
	return all
}

// unquoted makes JSON as easy on the eye as it can be; the log itself has it as it was.
var unquoted = strings.NewReplacer(`,"`, ", ", `":`, ": ", `"`, "")

// citedIn collects the events that the page names as evidence, with all that led to them.
func citedIn(log *sim.Log, s *sheet) map[int]bool {
	cited := map[int]bool{1: true}
	cite := func(seqs []int) {
		for _, seq := range seqs {
			for seq > 0 && !cited[seq] {
				cited[seq] = true
				seq = log.Event(seq).Cause
			}
		}
	}
	for _, g := range s.Groups {
		for _, l := range g.Lanes {
			l.each(func(sp *span) { cite(sp.Evidence) })
		}
	}
	for _, v := range s.Verdicts {
		cite(v.Evidence)
	}
	for _, r := range s.Rows {
		cite(r.Longest.Evidence)
	}
	if s.Fore != nil {
		cite(s.Fore.Cites)
	}
	return cited
}

func lineOf(e sim.Event) logLine {
	l := logLine{Seq: e.Seq, Clock: Duration(e.At), Kind: e.Data.Kind(), Subject: e.Subject, Cause: e.Cause}
	if h, ok := e.Data.(sim.HeaderData); ok {
		l.Data = h.Format + ", " + h.Program + ", " + h.Plant
		return l
	}
	text, err := json.Marshal(e.Data)
	if err != nil || string(text) == "{}" {
		return l
	}
	l.Data = unquoted.Replace(strings.Trim(string(text), "{}"))
	if len(l.Data) > mostData {
		cut := mostData
		for !utf8.RuneStart(l.Data[cut]) {
			cut--
		}
		l.Data = l.Data[:cut] + "…"
	}
	return l
}
