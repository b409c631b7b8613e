package iodef

import (
	"encoding/base64"
	"encoding/xml"

	"noroshi.dev/format/internal/markup"
)

// FileData is files (RFC 7970, section 3.25).
type FileData struct {
	Restriction  string
	ObservableID string
	File         []File
}

// File is one of them (section 3.25.1).
type File struct {
	ObservableID string
	Name         string
	Size         Int // bytes
	Type         string
	URL          []string
	HashData     *HashData
	Signature    []Element // ds:Signature; not in JSON
	Software     *Software // AssociatedSoftware
	Properties   []Extension
}

// HashData is digests of one thing (section 3.26).
type HashData struct {
	Scope     string // file-contents, email-hash …
	TargetID  string
	Hash      []Hash
	FuzzyHash []FuzzyHash
}

// Hash is a digest (section 3.26.1). Method and Canonicalization are URIs of XML Signature, as
// http://www.w3.org/2001/04/xmlenc#sha256; Value is base64.
type Hash struct {
	Method           string
	Value            string
	Canonicalization string
	Application      *Software
}

// FuzzyHash is a digest that is near for near things (section 3.26.2).
type FuzzyHash struct {
	Value       []Extension
	Application *Software
	Additional  []Extension
}

func (f *FileData) walk(c *coder) {
	c.marking(&f.Restriction)
	c.observable(&f.ObservableID)
	many(c, "File", &f.File, (*File).walk)
	c.need("File", len(f.File) > 0)
}

func (f *File) walk(c *coder) {
	c.observable(&f.ObservableID)
	c.text("FileName", &f.Name)
	c.integer("FileSize", false, &f.Size)
	c.text("FileType", &f.Type)
	c.urls(&f.URL)
	one(c, "HashData", &f.HashData, (*HashData).walk)
	signatures(c, &f.Signature)
	one(c, "AssociatedSoftware", &f.Software, (*Software).walk)
	extensions(c, "FileProperties", &f.Properties)
}

func (h *HashData) walk(c *coder) {
	c.word("scope", wordsScope, &h.Scope)
	c.need("scope", h.Scope != "")
	c.text("HashTargetID", &h.TargetID)
	many(c, "Hash", &h.Hash, (*Hash).walk)
	many(c, "FuzzyHash", &h.FuzzyHash, (*FuzzyHash).walk)
}

func (h *Hash) walk(c *coder) {
	c.need("DigestMethod", c.reading || h.Method != "")
	c.need("DigestValue", c.reading || h.Value != "")
	if c.form == JSON {
		c.text("DigestMethod", &h.Method)
		c.text("DigestValue", &h.Value)
		c.text("CanonicalizationMethod", &h.Canonicalization)
	} else {
		c.signed("DigestMethod", true, &h.Method)
		c.signed("DigestValue", false, &h.Value)
		c.signed("CanonicalizationMethod", true, &h.Canonicalization)
	}
	c.need("DigestMethod", h.Method != "")
	one(c, "Application", &h.Application, (*Software).walk)
}

// signed is an element of XML Signature that has a text or an attribute Algorithm.
func (c *coder) signed(name string, algorithm bool, p *string) {
	if !c.reading {
		if *p == "" {
			return
		}
		e := markup.New(namespaceSign, name, *p)
		if algorithm {
			e = Element{Name: e.Name, Attrs: []xml.Attr{{Name: xml.Name{Local: "Algorithm"}, Value: *p}}}
		}
		c.putElement(e)
		return
	}
	i := c.nextOf(name, namespaceSign, false, 0)
	if i < 0 {
		return
	}
	e := c.at.kids[i].element()
	if *p = e.Text; algorithm {
		*p = e.Attr("Algorithm")
	}
}

func (f *FuzzyHash) walk(c *coder) {
	extensions(c, "FuzzyHashValue", &f.Value)
	c.need("FuzzyHashValue", len(f.Value) > 0)
	one(c, "Application", &f.Application, (*Software).walk)
	extensions(c, "AdditionalData", &f.Additional)
}

// base64XML is what JSON has in place of elements of XML Signature.
func base64XML(c *coder, list []Element) string {
	var all []byte
	for _, e := range list {
		var err error
		if all, err = markup.AppendElement(all, e, ""); err != nil {
			c.fail("%w", err)
		}
	}
	return base64.StdEncoding.EncodeToString(all)
}
