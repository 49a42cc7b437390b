package report

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// steps are how finely a duration is worth telling: about a thousandth of it.
var steps = []struct{ from, round time.Duration }{
	{time.Hour, time.Second},
	{time.Minute, 100 * time.Millisecond},
	{10 * time.Second, 10 * time.Millisecond},
	{time.Second, time.Millisecond},
	{10 * time.Millisecond, 100 * time.Microsecond},
	{time.Millisecond, 10 * time.Microsecond},
	{0, time.Microsecond},
}

// Duration writes a duration as people say it: 6m12.3s, 340ms, 8h5m.
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-d)
	}
	if d == math.MaxInt64 {
		return "for ever"
	}
	for _, s := range steps {
		if d >= s.from {
			return tidy(d.Round(s.round))
		}
	}
	return d.String()
}

// tidy leaves out trailing zero units: 6m0s is 6m, 4h0m0s is 4h.
func tidy(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Clock writes a moment of scenario time, to the tenth of a second: 0s, 6m12.3s.
func Clock(d time.Duration) string { return tidy(d.Round(100 * time.Millisecond)) }

// Plural is "1 node", "2 nodes".
func Plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// And joins names as a sentence does: "core1 and core2", "a, b and c".
func And(names []string) string {
	switch len(names) {
	case 0:
		return "nothing"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

var numbered = regexp.MustCompile(`^(.*?)(\d+)$`)

// Fold writes numbered names as ranges, as files do: hv1 hv2 hv3 become hv[1-3]. Order is that of first appearance.
func Fold(names []string) []string {
	var order []string
	numbers := map[string][]int{}
	for _, name := range names {
		stem, n := split(name)
		if _, seen := numbers[stem]; !seen {
			order = append(order, stem)
		}
		numbers[stem] = append(numbers[stem], n)
	}
	var folded []string
	for _, stem := range order {
		folded = append(folded, fold(stem, numbers[stem])...)
	}
	return folded
}

// split takes the number off a name; -1 where there is none.
func split(name string) (string, int) {
	if m := numbered.FindStringSubmatch(name); m != nil && len(m[2]) < 9 && (m[2] == "0" || m[2][0] != '0') {
		n, _ := strconv.Atoi(m[2])
		return m[1], n
	}
	return name, -1
}

func fold(stem string, numbers []int) []string {
	sort.Ints(numbers)
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] <= numbers[j]+1 {
			j++
		}
		out = append(out, run(stem, numbers[i], numbers[j])...)
		i = j + 1
	}
	return out
}

// run is one unbroken range; two neighbours stay apart, since core1 and core2 reads better than core[1-2].
func run(stem string, from, to int) []string {
	switch {
	case from < 0:
		return []string{stem}
	case to == from:
		return []string{stem + strconv.Itoa(from)}
	case to == from+1:
		return []string{stem + strconv.Itoa(from), stem + strconv.Itoa(to)}
	}
	return []string{fmt.Sprintf("%s[%d-%d]", stem, from, to)}
}

// Few joins folded names and says how many more there are beyond the first few.
func Few(names []string, most int) string {
	folded := Fold(names)
	if len(folded) <= most {
		return And(folded)
	}
	return strings.Join(folded[:most], ", ") + " and " + strconv.Itoa(len(folded)-most) + " more"
}
