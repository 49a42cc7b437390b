// Package guestdisk is what a guest keeps on its block device: named blobs in a
// log that a crash at any moment leaves whole.
//
//	│ roots │ log: 1 2 3 4 5 ┄┄┄┄┄┄┄┄┄┄ │ log of the epoch to come ┄┄┄┄┄┄┄┄ │
//	   │            └── header: epoch, number, name, length, checksums; then the bytes
//	   └── which log is the present one: two places, written in turn
//
// A blob is one record at the end of the log, written with FUA: who was told that
// it is kept finds it after any loss of power, as long as the disk keeps its
// word. A log that is full, and every log that a machine finds when it comes up,
// is copied to the other half, and the new root written last.
//
// Who uses the store remembers in a Ledger what was acknowledged, outside of the
// machine. What the disk has (Found) is judged by it: intact, lost, torn or stale.
package guestdisk
