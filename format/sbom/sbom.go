package sbom

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Limits of what is read.
const (
	// MaxBytes is the largest file in bytes.
	MaxBytes = 256 << 20
	// MaxDepth is the deepest nesting; components of CycloneDX may hold components.
	MaxDepth = 128
	// MaxComponents is the largest number of components.
	MaxComponents = 500_000
)

// Formats that Read knows.
const (
	CycloneDX = "CycloneDX"
	SPDX      = "SPDX"
)

// ErrFormat is wrapped when the file is no bill of materials that Read knows.
var ErrFormat = errors.New("neither CycloneDX nor SPDX 2 in JSON nor CycloneDX in XML")

// Document is a bill of materials.
type Document struct {
	// Format is CycloneDX or SPDX; Version is its version as written.
	Format, Version string
	// Name is the product that the bill describes, where it says so.
	Name string
	// Components are in the order of the file, the described product first.
	Components []Component
}

// Component is a piece of software or hardware.
type Component struct {
	// Type is the word of CycloneDX (library, operating-system …) or the primary purpose of SPDX.
	Type string
	// Group is the namespace in CycloneDX, as "org.apache".
	Group, Name, Version string
	// Vendor is the supplier, else the manufacturer or publisher.
	Vendor string
	PURL   string
	CPEs   []string
}

// organization is a supplier or manufacturer of CycloneDX; older tools write a text.
type organization struct {
	Name string `json:"name" xml:"name"`
}

// UnmarshalJSON reads an object with a name, or a text.
func (o *organization) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, &o.Name)
	}
	type plain organization
	return json.Unmarshal(data, (*plain)(o))
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
