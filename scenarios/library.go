package scenarios

import (
	"embed"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

//go:embed library/*.yaml
var library embed.FS

// Names lists the built-in scenarios.
func Names() []string {
	files, err := library.ReadDir("library")
	if err != nil {
		panic(err) // embedded: it is there or the program was not built
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f.Name(), ".yaml")
	}
	return names
}

// Text is a built-in scenario as its author wrote it, comments and all.
func Text(name string) (string, bool) {
	data, err := library.ReadFile("library/" + name + ".yaml")
	return string(data), err == nil
}

// Story is the first sentence of a built-in scenario's story.
func Story(name string) string {
	text, _ := Text(name)
	root, err := yamlfile.Parse(name, []byte(text))
	if err != nil {
		return ""
	}
	story := strings.Join(strings.Fields(root.Lookup("story").Text()), " ")
	if first, _, more := strings.Cut(story, ". "); more {
		return first + "."
	}
	return story
}
