package service

import (
	"context"

	"github.com/dcdrill/dcdrill/sim"
)

// overlay is a disk that is read, and whose writes stay in memory.
type overlay struct {
	sim.Disk
	pages map[int64]*[pageSize]byte
}

func newOverlay(d sim.Disk) *overlay { return &overlay{d, map[int64]*[pageSize]byte{}} }

// Flush implements sim.Disk.
func (o *overlay) Flush(context.Context) error { return nil }

// ReadAt implements sim.Disk.
func (o *overlay) ReadAt(ctx context.Context, p []byte, offset int64) error {
	if err := o.Disk.ReadAt(ctx, p, offset); err != nil {
		return err
	}
	for done := int64(0); done < int64(len(p)); {
		at := offset + done
		n := min(pageSize-at%pageSize, int64(len(p))-done)
		if page := o.pages[at/pageSize]; page != nil {
			copy(p[done:done+n], page[at%pageSize:])
		}
		done += n
	}
	return nil
}

// WriteAt implements sim.Disk.
func (o *overlay) WriteAt(ctx context.Context, p []byte, offset int64, _ bool) error {
	for done := int64(0); done < int64(len(p)); {
		at := offset + done
		page := o.pages[at/pageSize]
		if page == nil {
			page = new([pageSize]byte)
			if err := o.Disk.ReadAt(ctx, page[:], at/pageSize*pageSize); err != nil {
				return err
			}
			o.pages[at/pageSize] = page
		}
		done += int64(copy(page[at%pageSize:], p[done:]))
	}
	return nil
}
