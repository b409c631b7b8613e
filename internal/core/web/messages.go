package web

import (
	"embed"
	"io/fs"

	"noroshi.dev/internal/core/i18n"
)

//go:embed messages
var messages embed.FS

// Messages returns the texts of the shell and of the shared components. New adds
// them to its catalogue.
func Messages() fs.FS { return messages }

// addMessages adds the shell's messages to a catalogue that does not have them yet.
func addMessages(c *i18n.Catalogue) error {
	if c.Has(i18n.JA, "web.brand") {
		return nil
	}
	return c.Add("web", messages)
}
