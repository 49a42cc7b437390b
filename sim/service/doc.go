// Package service is the servers that run in virtual machines and keep what they are given on the machine's disk.
//
//	client ── SMTP, HTTP, WebDAV ──> Service ──> guestdisk.Store, or SQLite ──> sim.Disk of the guest
//
// A service says yes when what it was given is on the disk, and not before: so it stalls when its disk does, with nobody
// telling it to. After a crash it is opened again on what the disk has.
package service
