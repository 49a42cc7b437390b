// Package blockdev is the block storage that virtual machines live on: an array that serves volumes, and the
// hypervisor's initiator that uses them over several paths.
//
//	virtual machines          hypervisor                          array
//	  WRITE, FLUSH ──> Initiator ──┬─ Session ── storage-a ── Server (controller A) ─┬─> Nexus ─> Volume
//	                   overlap,    └─ Session ── storage-b ── Server (controller B) ─┘   write cache, media
//	                   paths, fence
//
// The bytes are those of the NBD protocol (doc/proto.md of the NetworkBlockDevice/nbd project: fixed newstyle, simple
// replies), so that any NBD client or server is a peer. When a path counts as lost, when it is tried again and when
// requests are queued or failed are the rules of iSCSI under dm-multipath; they are the step machine proto.Multipath.
//
// Nothing acknowledged is lost or undone, as long as the array is honest:
//   - no order is promised between outstanding requests, so overlapping ones are kept apart: the later one waits;
//   - a write whose session was lost may still lie in a buffer on its way. Before it is sent again elsewhere, and before
//     anything that overlaps it is, the array is told to refuse the old session (Name says how): a late write is discarded;
//   - what was written is safe once a flush, or the write itself with FUA, was acknowledged. A power loss takes the rest.
//
// It needs no world: it works on any net.Conn and on the clock of a Place, which sim.Place is.
package blockdev
