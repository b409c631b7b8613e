package blob

import "embed"

// Messages holds the texts of the faults of this package in ja and en.
//
//go:embed messages
var Messages embed.FS
