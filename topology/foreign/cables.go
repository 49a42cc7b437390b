package foreign

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// columns are what a list of cables is read from; the first four must be there.
var columns = []string{"device_a", "port_a", "device_b", "port_b", "type", "label"}

const needed = 4

// CableOptions say how to read a list of cables. The zero value wants our names of columns, and guesses what devices are.
type CableOptions struct {
	// Columns are the file's own names of columns, by ours.
	Columns map[string]string
	// Kinds are names of devices, with * for anything, by what they are: switch, router, host, storage, external.
	Kinds map[string]string
}

// Cables makes a topology of a list of cables in CSV; name is the file's in errors, which are yamlfile.Problems. A cable
// that is listed from both of its ends is one.
func Cables(name string, data []byte, o CableOptions) (*Plant, error) {
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // spreadsheets mark UTF-8 so
	l := &cableList{
		importer: newImporter(), opts: o, place: yamlfile.Places(name, data), in: csv.NewReader(bytes.NewReader(data)),
		seen: map[string]bool{},
	}
	l.name, l.pos = yamlfile.NewScalar(safe(base)), l.place(1, 1)
	l.in.FieldsPerRecord, l.in.TrimLeadingSpace, l.in.Comma = -1, true, separator(data)
	l.checkOptions()
	if l.header() {
		for l.row() {
		}
		l.guess()
	}
	if len(l.wires) == 0 && len(l.ps) == 0 {
		l.ps.Add(l.pos, "", "there is no cable in this list")
	}
	return l.plant()
}

// separator is what stands between the columns, of which the header line has most: a comma, or what spreadsheets write where
// the comma is the decimal sign.
func separator(data []byte) rune {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	most := ','
	for _, sign := range ";\t" {
		if bytes.Count(head, []byte(string(sign))) > bytes.Count(head, []byte(string(most))) {
			most = sign
		}
	}
	return most
}

// cableList is a list of cables that is read.
type cableList struct {
	*importer
	opts  CableOptions
	place func(line, col int) yamlfile.Pos
	in    *csv.Reader
	at    map[string]int // by our names of columns
	seen  map[string]bool
}

func (l *cableList) checkOptions() {
	for ours := range l.opts.Columns {
		if !slices.Contains(columns, ours) {
			l.ps.Add(yamlfile.Pos{}, yamlfile.Suggest(ours, columns), "there is no column %q: it can be %s", ours, strings.Join(columns, ", "))
		}
	}
	for kind := range l.opts.Kinds {
		if !slices.Contains(cableKinds, role(kind)) {
			l.ps.Add(yamlfile.Pos{}, "", "a device cannot be %q: it can be switch, router, host, storage or external", kind)
		}
	}
}

var cableKinds = []role{toSwitch, toRouter, toHost, storage, outside}

// header finds the columns.
func (l *cableList) header() bool {
	names, err := l.in.Read()
	if err != nil {
		l.wrong(err, "read the header line")
		return false
	}
	l.at = map[string]int{}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	for i, ours := range columns {
		theirs := cmp.Or(l.opts.Columns[ours], ours)
		at := slices.IndexFunc(names, func(n string) bool { return sameColumn(n, theirs) })
		_, asked := l.opts.Columns[ours]
		if at < 0 && (i < needed || asked) {
			hint := cmp.Or(yamlfile.Suggest(theirs, names), "say which it is with --column "+ours+"=NAME; there are "+strings.Join(names, ", "))
			l.ps.Add(l.pos, hint, "there is no column %q", theirs)
		}
		if at >= 0 {
			l.at[ours] = at
		}
	}
	return len(l.ps) == 0
}

// sameColumn says whether two names of columns differ in no more than case and in what is between their words: Device A and
// device_a.
func sameColumn(a, b string) bool {
	between := strings.NewReplacer(" ", "_", "-", "_")
	return strings.EqualFold(between.Replace(a), between.Replace(b))
}

// wrong adds what the reader of CSV says; io.EOF is nothing wrong.
func (l *cableList) wrong(err error, what string) {
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		l.ps.Add(l.place(bad.Line, bad.Column), "", "%s", bad.Err)
	case errors.Is(err, io.EOF):
		l.ps.Add(l.pos, "", "%s: the file is empty", what)
	default:
		l.ps.Add(l.pos, "", "%s: %s", what, err)
	}
}

// row reads a cable; false at the end.
func (l *cableList) row() bool {
	fields, err := l.in.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	if err != nil {
		l.wrong(err, "read a line")
		return false
	}
	get := func(column string) (string, yamlfile.Pos) {
		i, some := l.at[column]
		if !some || i >= len(fields) {
			line, _ := l.in.FieldPos(0)
			return "", l.place(line, 1)
		}
		return strings.TrimSpace(fields[i]), l.place(l.in.FieldPos(i))
	}
	var w wire
	if loose := l.loose(get); loose {
		return true
	}
	for i, side := range []string{"a", "b"} {
		device, at := get("device_" + side)
		port, portAt := get("port_" + side)
		if device == "" || port == "" {
			l.ps.Add(at, "", "this cable has no %s", map[bool]string{true: "device_" + side, false: "port_" + side}[device == ""])
			return true
		}
		w.ends[i] = end{l.device(device, at), portName(port), portAt}
		w.pos = cmp.Or(w.pos, at)
	}
	kind, _ := get("type")
	label, _ := get("label")
	l.wire(&w, kind, label)
	return true
}

// loose notes a cable of which only one side is plugged in, or none: exports list spare ones too.
func (l *cableList) loose(get func(string) (string, yamlfile.Pos)) bool {
	a, _ := get("device_a")
	b, _ := get("device_b")
	portA, _ := get("port_a")
	portB, _ := get("port_b")
	switch {
	case a == "" && b == "" && portA == "" && portB == "": // nothing but separators
	case a == "" && portA == "" && portB != "" && b != "":
		l.leftover("", "loose cable: "+b+" "+portB+" to nowhere")
	case b == "" && portB == "" && portA != "" && a != "":
		l.leftover("", "loose cable: "+a+" "+portA+" to nowhere")
	default:
		return false
	}
	return true
}

// wire adds a cable, unless it is known from its other end or carries power.
func (l *cableList) wire(w *wire, kind, label string) {
	a, b := w.ends[0].String(), w.ends[1].String()
	if l.seen[b+" "+a] || l.seen[a+" "+b] {
		return
	}
	l.seen[a+" "+b] = true
	if strings.EqualFold(kind, "power") {
		l.leftover("", fmt.Sprintf("power cable: %s to %s (feeds are named at the nodes)", a, b))
		return
	}
	w.at = len(l.wires)
	if id := safe(label); label != "" && !l.seen["label "+id] && l.byID[id] == nil {
		l.seen["label "+id] = true
		w.id = id
	} else if label != "" {
		l.leftover(linkKey(w.at), "label: "+label)
	}
	w.says = cableWords(kind, w.pos)
	if kind != "" && len(w.says) == 0 {
		l.leftover(linkKey(w.at), "type: "+kind)
	}
	l.wires = append(l.wires, w)
}

// String is node:port.
func (e end) String() string { return e.device.id + ":" + e.port }

var (
	gigabits = regexp.MustCompile(`(?i)(?:^|[^0-9.])([0-9]+(?:\.[0-9]+)?) ?G`)
	fibre    = regexp.MustCompile(`(?i)mmf|smf|aoc|-[sle]r[0-9]*$|-[sle]r[0-9]*[^a-z]|fib(re|er)|om[345]|os[12]`)
)

// cableWords are the speed and the optic that a type such as 100GBASE-SR4 says.
func cableWords(kind string, at yamlfile.Pos) []yamlfile.Entry {
	var says []yamlfile.Entry
	if m := gigabits.FindStringSubmatch(kind); m != nil {
		says = append(says, entry("speed", at, yamlfile.NewScalar(m[1]+"G").At(at)))
	}
	if fibre.MatchString(kind) {
		says = append(says, entry("optic", at, yamlfile.NewScalar(safe(kind)).At(at)))
	}
	return says
}

// device finds a device, or takes it in.
func (l *cableList) device(name string, at yamlfile.Pos) *device {
	id := safe(name)
	if l.byID[id] == nil {
		d := &device{id: id, pos: at}
		l.add(d)
		if id != name {
			l.leftover(id, "called "+name)
		}
	}
	return l.byID[id]
}

// unsafe is what a name of ours cannot have.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// safe makes a name of ours of anybody's.
func safe(name string) string {
	return strings.Trim(unsafe.ReplaceAllString(strings.TrimSpace(name), "-"), "-._")
}

// nameWords say what a device is by what people call it.
var nameWords = []struct {
	role role
	word *regexp.Regexp
}{
	{toSwitch, regexp.MustCompile(`(?i)switch|leaf|spine|core|(^|[^a-z])(sw|tor|agg|dist|mdf|idf)([^a-z]|$)`)},
	{toRouter, regexp.MustCompile(`(?i)router|firewall|edge|(^|[^a-z])(rtr|fw|gw|pe|ce)([^a-z]|$)`)},
	{storage, regexp.MustCompile(`(?i)storage|array|(^|[^a-z])(stor|san|nas)([^a-z]|$)`)},
	{outside, regexp.MustCompile(`(?i)internet|(^|[^a-z])(isp|wan|provider)([^a-z]|$)`)},
}

// manyPeers is from how many other devices on a device that nobody names is taken for a switch: a host is wired to two of
// them, for one to fail, and seldom to more.
const manyPeers = 3

// guess says what each device is: as told, by its name, or by how many others it is wired to.
func (l *cableList) guess() {
	peers := map[*device]map[*device]bool{}
	for _, w := range l.wires {
		for i, e := range w.ends {
			if peers[e.device] == nil {
				peers[e.device] = map[*device]bool{}
			}
			peers[e.device][w.ends[1-i].device] = true
		}
	}
	l.nodes = slices.DeleteFunc(l.nodes, func(d *device) bool { return len(peers[d]) == 0 }) // power only
	for _, d := range l.nodes {
		if d.role = l.told(d.id); d.role != nothing {
			continue
		}
		d.role = toHost
		why := fmt.Sprintf("guessed from the number of its neighbours: %d", len(peers[d]))
		if len(peers[d]) >= manyPeers {
			d.role = toSwitch
		}
		for _, n := range nameWords {
			if n.word.MatchString(d.id) {
				d.role, why = n.role, "guessed from its name"
				break
			}
		}
		l.leftover(d.id, why)
	}
}

// told is what a device is by the options.
func (l *cableList) told(id string) role {
	for _, kind := range cableKinds {
		for _, pattern := range strings.Split(l.opts.Kinds[string(kind)], ",") {
			if ok, err := path.Match(pattern, id); ok && err == nil {
				return kind
			}
		}
	}
	return nothing
}
