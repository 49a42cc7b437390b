package finding

import "fmt"

// mostGone is how many workloads of a recovery are seen at once, as in the text of a sweep; the others unfold.
const mostGone = 4

// recoveryRow is a recovery with its place on the page, and with those of what it is about.
type recoveryRow struct {
	*Recovery
	ID      string
	Finding string // empty: none is about it
	First   []goneLink
	Rest    []goneLink
}

// goneLink is a workload that was gone; Place is empty where no finding is about it.
type goneLink struct {
	Outage
	Place string
}

// recoveryRows lay recoveries out, linked to the findings and workloads that are on the page.
func recoveryRows(all []Recovery, findings map[string]string, hurt map[string][]entry) []recoveryRow {
	rows := make([]recoveryRow, len(all))
	for i := range all {
		r := &all[i]
		links := make([]goneLink, len(r.Gone))
		for k, g := range r.Gone {
			links[k].Outage = g
			if len(hurt[g.Workload]) > 0 {
				links[k].Place = workloadID(g.Workload)
			}
		}
		seen := min(len(links), mostGone)
		rows[i] = recoveryRow{r, fmt.Sprintf("recovery-%d", i+1), findings[r.Found], links[:seen], links[seen:]}
	}
	return rows
}
