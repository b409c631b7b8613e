package module

import (
	"context"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/web"
)

// Module is one room, as internal/app lists it. Every field but Name may be
// zero: the room then has none of that.
type Module struct {
	Name        string // prefix of its tables, permissions, messages, metrics and pages
	Migrations  fs.FS  // migrations/NNNN_name.sql, see storage.DB.Migrate
	Messages    fs.FS  // messages/ja.yaml and messages/en.yaml
	Permissions []identity.Permission
	Pages       func(*web.Routes)
	API         func(*api.API)
	Jobs        func(*jobs.Registry)
	Menu        []web.Item
	Finders     []web.Finder

	// Commands returns the subcommands of `noroshi NAME`. They are run by an open
	// house unless they carry the annotation NoHouse; the flag --json is set on
	// the root and read by JSON. An error is printed once, by the roof.
	Commands func() []*cobra.Command

	Seed  func(ctx context.Context) error              // adds demo data; run twice it adds nothing more
	Check func(ctx context.Context) error              // for doctor and /readyz: nil if the room can work
	State func(ctx context.Context, w io.Writer) error // writes the room's state in canonical form, for the fingerprint

	// Reindex makes the room's search index again from its rows; restore calls it.
	Reindex func(ctx context.Context) error
}

// NoHouse is the annotation of a command that needs no database, such as a
// check of a file: cobra.Command{Annotations: map[string]string{module.NoHouse: "true"}}.
const NoHouse = "noroshi.no-house"

// FileNoHouse is the annotation of a command that needs no database when its
// first argument names a file or folder that exists.
const FileNoHouse = "noroshi.file-no-house"

// JSON reports whether a command was asked for JSON by --json.
func JSON(c *cobra.Command) bool {
	v, err := c.Flags().GetBool("json")
	return err == nil && v
}
