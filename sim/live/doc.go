// Package live shows a run in browsers while it goes on: the report's page, growing.
//
//	run ── Event ──> Page ── draws, once a second ──> parts of the page, numbered
//	                                                    │
//	          GET /         the page as it is now       │
//	          GET /events   every part that is newer than the browser has, and so on (server-sent events)
//
// A browser that comes late or comes back asks for what is newer than it has, and finds the present. The run never
// waits for a browser: events are only put aside for the next drawing, and a drawing is made once for all of them.
package live
