// Package report tells people and machines what a log holds, one output format to a file.
//
//	log ──> Read ──> Report ──┬─> text   the two answers, what was gone for how long, why
//	                          ├─> json   the same for programs (dcdrill/report/v1)
//	                          ├─> junit  a test case per verdict, for CI
//	                          └─> html   a page that needs nothing else: time line, plant, evidence
//
// It reads nothing but the log, so an old log can be reported on a machine that
// has neither the files nor the kernel it was made with.
package report
