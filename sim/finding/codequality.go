package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
)

func init() {
	register("codequality", "GitLab's code quality report", writeCodeQuality)
}

// codeQuality is an issue as GitLab reads it: docs.gitlab.com, ci/testing/code_quality, "Code quality report format".
type codeQuality struct {
	Description string              `json:"description"`
	CheckName   string              `json:"check_name"`
	Fingerprint string              `json:"fingerprint"`
	Severity    string              `json:"severity"`
	Location    codeQualityLocation `json:"location"`
}

type codeQualityLocation struct {
	Path  string           `json:"path"`
	Lines codeQualityLines `json:"lines"`
}

type codeQualityLines struct {
	Begin int `json:"begin"`
}

// gitlabSeverities are GitLab's words for ours.
var gitlabSeverities = map[Severity]string{Error: "critical", Warning: "minor", Note: "info"}

// writeCodeQuality gives a finding without a place line 1 of what was looked at: GitLab passes over issues without one.
func writeCodeQuality(w io.Writer, r *Report) error {
	issues := []codeQuality{}
	for _, f := range r.shown() {
		at := codeQualityLocation{slashed(f.Pos.File), codeQualityLines{max(1, f.Pos.Line)}}
		if at.Path == "" {
			at.Path = slashed(r.File)
		}
		issues = append(issues, codeQuality{f.sentences(), f.Rule, digest(f.Fingerprint()), gitlabSeverities[f.Severity], at})
	}
	return encode(w, issues)
}

// digest makes a word of a fingerprint: 32 digits, as GitLab's own.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}
