package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesTolerate(t *testing.T) {
	assert.Equal(t, 30*time.Second, new(Files).Tolerates())
}

func TestFilesHaveASize(t *testing.T) {
	_, err := visitsTo(t, host(t, `{on: hv1, disk: ds1, service: files}`), new(Files), "{from: isp, to: vms, size: 2000000}")
	assert.ErrorContains(t, err, "size is 2000000: it must be between 0 and 1048576")
}

func TestFilesDiffer(t *testing.T) {
	talks, err := visitsTo(t, host(t, `{on: hv1, disk: ds1, service: files}`), new(Files), "{from: isp, to: vms, count: 2, size: 3000}")
	require.NoError(t, err)
	one, two := talks[0].(*keeper), talks[1].(*keeper)
	assert.Len(t, one.content(1), 3000)
	assert.NotEqual(t, one.content(1), one.content(2), "a file that came back from an earlier upload would be found")
	assert.NotEqual(t, one.content(1), two.content(1))
}
