package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLivePageStaysUntilTheReaderHasSeenEnough plays in the model, which is over before a browser can look.
func TestLivePageStaysUntilTheReaderHasSeenEnough(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	errs, tell := io.Pipe()
	var out strings.Builder
	a := &app{Stdin: strings.NewReader(""), Stdout: &out, Stderr: tell, Getenv: func(string) string { return "" }}
	code := make(chan int, 1)
	go func() {
		code <- a.main(ctx, []string{"run", "core-pair-one-returns", "--world", "model", "--live"})
		_ = tell.Close()
	}()
	url := ""
	lines := bufio.NewScanner(errs)
	for lines.Scan() {
		url, _ = strings.CutPrefix(lines.Text(), "live page: ")
		if strings.HasPrefix(url, "http://127.0.0.1:") {
			break
		}
	}
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "the run is over") {
	}
	answer, err := http.Get(url)
	require.NoError(t, err)
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Contains(t, string(page), "SURVIVED 2 of 8 workloads")

	cancel()
	assert.Equal(t, exitAsAsked, <-code, "the run's own exit code")
	assert.Contains(t, out.String(), "SURVIVED 2 of 8 workloads")
	_, err = http.Get(url)
	assert.Error(t, err, "nobody is there any more")
}
