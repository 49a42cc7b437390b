package yamlfile

import "strings"

// Suggest finds the word that was probably meant and says so: `did you mean "core1"?`. It is empty when none is near.
func Suggest(word string, have []string) string {
	best := Nearest(word, have)
	if best == "" {
		return ""
	}
	return `did you mean "` + best + `"?`
}

// Nearest is the word that was probably meant; empty when none is near: more than a third of the letters would have to
// change. Of equally near ones it is the first, or one that the word begins with: a letter too many is no other digit.
func Nearest(word string, have []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, h := range have {
		d := distance(strings.ToLower(word), strings.ToLower(h), least+1)
		if d < least || d == least && best != "" && begins(word, h) && !begins(word, best) {
			best, least = h, d
		}
	}
	return best
}

// begins says whether a word begins with another, whatever the case.
func begins(word, with string) bool {
	return len(with) <= len(word) && strings.EqualFold(word[:len(with)], with)
}

// farthest is the length of the words that distance looks at: longer ones are no names.
const farthest = 64

// distance counts the letters to insert, remove, change or swap with the next (optimal string alignment). Words that
// differ in length by limit or more are limit apart.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > farthest || len(b) > farthest {
		return limit
	}
	var rows [3][farthest + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, above2 := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], above2[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
