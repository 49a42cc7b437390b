package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDatabaseTolerates(t *testing.T) {
	assert.Equal(t, 30*time.Second, new(Database).Tolerates())
}

func TestDatabaseClientsHaveNamesOfTheirOwn(t *testing.T) {
	talks, err := visitsTo(t, host(t, `{on: "hv[1-2]", count: 2, disk: ds1, service: database}`), new(Database), "{from: isp, to: vms, count: 4}")
	require.NoError(t, err)
	names := map[string]bool{}
	for _, talk := range talks {
		names[talk.(*committer).name] = true
	}
	assert.Len(t, names, 4)
}
