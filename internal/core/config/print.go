package config

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// WriteYAML prints the settings as a file that Load reads, secrets redacted.
func (c Config) WriteYAML(w io.Writer) error {
	return yaml.NewEncoder(w, yaml.Indent(2), yaml.IndentSequence(true)).Encode(c)
}

// WriteJSON prints the settings as JSON with the keys of the file, secrets redacted.
func (c Config) WriteJSON(w io.Writer) error {
	var b strings.Builder
	if err := c.WriteYAML(&b); err != nil {
		return err
	}
	var tree map[string]any
	if err := yaml.Unmarshal([]byte(b.String()), &tree); err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(tree)
}
