package kernel

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// TakeTerminal makes the caller's terminal a mere relay for another one and returns its size and changes of that. Give
// it back with restore.
func TakeTerminal(t *os.File) (size Size, resizes <-chan Size, restore func(), err error) {
	fd := int(t.Fd())
	size, err = sizeOf(fd)
	if err != nil {
		return size, nil, nil, err
	}
	before, err := term.MakeRaw(fd)
	if err != nil {
		return size, nil, nil, fmt.Errorf("take terminal: %w", err)
	}
	changes, stop := watchSize(fd)
	return size, changes, func() {
		stop()
		_ = term.Restore(fd, before) // there is nothing better to do with a terminal that has gone
	}, nil
}

func sizeOf(fd int) (Size, error) {
	columns, rows, err := term.GetSize(fd)
	if err != nil {
		return Size{}, fmt.Errorf("ask terminal's size: %w", err)
	}
	return Size{Columns: uint16(columns), Rows: uint16(rows)}, nil
}
