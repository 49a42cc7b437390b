package finding

// Recoveries are how people got over sets of failures, for formats that have room for more than findings.
type Recoveries struct {
	// Asked says which sets were played, and with which people, in whole sentences.
	Asked string
	// All are those that were played, the longest first.
	All []Recovery
}

// Recovery is how one set of failures was got over.
type Recovery struct {
	// What failed, in names: "core1 + core2".
	What string
	// Found is the fingerprint of the finding that is about it; empty where none is.
	Found string
	// Gone are the workloads that were gone, the longest first.
	Gone []Outage
	// Longest is what took most of the first one's time, and Took how long that was ("4h6m"); empty where nothing has a name.
	Longest, Took string
	// Stuck is what people waited for in vain; empty where they did not.
	Stuck string
}

// Outage is a workload that was gone, and for how long: "24h5m2s", "for good".
type Outage struct{ Workload, For string }

// Worst is how long the workload was gone that was gone the longest; empty where none was.
func (r *Recovery) Worst() string {
	if len(r.Gone) == 0 {
		return ""
	}
	return r.Gone[0].For
}
