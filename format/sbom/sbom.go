package sbom

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/guard"
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

// Read reads one document.
func Read(r io.Reader) (*Document, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("sbom: %w", err)
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	var d *Document
	if bytes.HasPrefix(head, []byte("<")) {
		d, err = readXML(b)
	} else {
		d, err = readJSON(b)
	}
	if err != nil {
		return nil, fmt.Errorf("sbom: %w", err)
	}
	return d, nil
}

// rawJSON holds what tells the formats apart and the parts of both.
type rawJSON struct {
	BOMFormat   string `json:"bomFormat"`
	SpecVersion string `json:"specVersion"`
	Metadata    struct {
		Component *rawComponent `json:"component"`
	} `json:"metadata"`
	Components []rawComponent `json:"components"`

	SPDXVersion string       `json:"spdxVersion"`
	Name        string       `json:"name"`
	Packages    []rawPackage `json:"packages"`
	Describes   []string     `json:"documentDescribes"`
	Relations   []struct {
		From string `json:"spdxElementId"`
		Kind string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	} `json:"relationships"`
}

func readJSON(r io.Reader) (*Document, error) {
	var raw rawJSON
	if err := guard.JSON(r, limits(), &raw); err != nil {
		return nil, err
	}
	switch {
	case raw.BOMFormat == CycloneDX:
		return raw.cyclone()
	case raw.SPDXVersion == "SPDX-2.2" || raw.SPDXVersion == "SPDX-2.3":
		return raw.spdx()
	case raw.SPDXVersion != "":
		return nil, fmt.Errorf("version %q: %w", raw.SPDXVersion, ErrFormat)
	default:
		return nil, ErrFormat
	}
}

func limits() guard.Limits { return guard.Limits{Bytes: MaxBytes, Depth: MaxDepth} }

func (d *Document) add(c Component) error {
	if c.Name == "" && c.PURL == "" && len(c.CPEs) == 0 {
		return nil
	}
	if len(d.Components) >= MaxComponents {
		return fmt.Errorf("more than %d components: %w", MaxComponents, guard.ErrLimit)
	}
	d.Components = append(d.Components, c)
	return nil
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
