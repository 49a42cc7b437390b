package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNeighboursRefusedAreAddedUp(t *testing.T) {
	head := "entries  allocs table_fulls\n"
	assert.Equal(t, uint64(0x1f+0xa), tableFulls(head+"00000004 00000a9e 0000001f\n00000004 00000c69 0000000a\n"))
	assert.Zero(t, tableFulls(head+"00000004 00000a9e 00000000\n"))
	assert.Zero(t, tableFulls("entries allocs\n00000004 00000a9e\n"), "an older kernel")
	assert.Zero(t, tableFulls(head+"00000004\n"))
	assert.Zero(t, tableFulls(""))
}
