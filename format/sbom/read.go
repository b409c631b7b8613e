package sbom

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/guard"
)

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
