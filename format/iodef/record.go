package iodef

import "time"

// Record is evidence (RFC 7970, section 3.22). JSON has its data alone.
type Record struct {
	Restriction string
	Data        []RecordData
}

// RecordData is a piece of evidence (section 3.22.1). Version 1 has only data with an Item.
type RecordData struct {
	Restriction  string
	ObservableID string // version 2
	DateTime     time.Time
	Description  []Text
	Application  *Software
	Pattern      []RecordPattern
	Item         []Extension
	URL          []string // version 2, as the rest
	FileData     []FileData
	Registry     []RegistryKeys // WindowsRegistryKeysModified
	Certificate  []CertificateData
	Additional   []Extension // both versions
}

// RecordPattern finds the piece that matters in an Item (section 3.22.2).
type RecordPattern struct {
	Pattern    string
	Type       string // regex, binary, xpath
	Offset     Int
	OffsetUnit string // line, byte
	Instance   Int
}

// RegistryKeys is keys of the Windows registry (section 3.23).
type RegistryKeys struct {
	ObservableID string
	Key          []RegistryKey
}

// RegistryKey is one of them (section 3.23.1).
type RegistryKey struct {
	Action       string // add-key, delete-value …
	ObservableID string
	Name, Value  string
}

// CertificateData is X.509 certificates (section 3.24).
type CertificateData struct {
	Restriction  string
	ObservableID string
	Certificate  []Certificate
}

// Certificate is one of them. XML has ds:X509Data; JSON has bytes in base64 in their place.
type Certificate struct {
	ObservableID string
	X509Data     []Element
	Base64       string
	Description  []Text
}

func records(c *coder, p **Record) {
	if c.form != JSON {
		if !c.reading && c.form == XML1 && *p != nil && !(*p).items() {
			c.lose("Record")
			return
		}
		one(c, "Record", p, (*Record).walk)
		return
	}
	if !c.reading {
		if *p != nil {
			if (*p).Restriction != "" {
				c.lose("Record/restriction")
			}
			many(c, "RecordData", &(*p).Data, (*RecordData).walk)
		}
		return
	}
	var r Record
	if many(c, "RecordData", &r.Data, (*RecordData).walk); len(r.Data) > 0 {
		*p = &r
	}
}

// items reports whether there is anything that version 1 can carry.
func (r *Record) items() bool {
	for i := range r.Data {
		if len(r.Data[i].Item) > 0 {
			return true
		}
	}
	return false
}

func (r *Record) walk(c *coder) {
	c.marking(&r.Restriction)
	if c.reading || c.form != XML1 {
		many(c, "RecordData", &r.Data, (*RecordData).walk)
		c.need("RecordData", len(r.Data) > 0)
		return
	}
	for i := range r.Data {
		if d := &r.Data[i]; len(d.Item) > 0 {
			single(c, "RecordData", d, (*RecordData).walk)
		} else {
			c.lose("RecordData")
		}
	}
}

func (r *RecordData) walk(c *coder) {
	c.marking(&r.Restriction)
	c.observable(&r.ObservableID)
	c.time("DateTime", &r.DateTime)
	c.texts("Description", &r.Description)
	one(c, "Application", &r.Application, (*Software).walk)
	many(c, "RecordPattern", &r.Pattern, (*RecordPattern).walk)
	extensions(c, "RecordItem", &r.Item)
	if c.has2("URL, FileData or the like", len(r.URL)+len(r.FileData)+len(r.Registry)+len(r.Certificate) > 0) {
		c.urls(&r.URL)
		many(c, "FileData", &r.FileData, (*FileData).walk)
		many(c, "WindowsRegistryKeysModified", &r.Registry, (*RegistryKeys).walk)
		many(c, "CertificateData", &r.Certificate, (*CertificateData).walk)
	}
	extensions(c, "AdditionalData", &r.Additional)
}

func (p *RecordPattern) walk(c *coder) {
	c.word("type", wordsPattern, &p.Type)
	c.integer("offset", true, &p.Offset)
	c.word("offsetunit", wordsOffsetUnit, &p.OffsetUnit)
	c.integer("instance", true, &p.Instance)
	c.need("type", p.Type != "")
	c.content("value", &p.Pattern)
}

func (r *RegistryKeys) walk(c *coder) {
	c.observable(&r.ObservableID)
	many(c, "Key", &r.Key, (*RegistryKey).walk)
	c.need("Key", len(r.Key) > 0)
}

func (k *RegistryKey) walk(c *coder) {
	c.word("registryaction", wordsKeyAction, &k.Action)
	c.observable(&k.ObservableID)
	c.text("KeyName", &k.Name)
	c.need("KeyName", k.Name != "")
	c.text("KeyValue", &k.Value)
}

func (d *CertificateData) walk(c *coder) {
	c.marking(&d.Restriction)
	c.observable(&d.ObservableID)
	many(c, "Certificate", &d.Certificate, (*Certificate).walk)
	c.need("Certificate", len(d.Certificate) > 0)
}

func (d *Certificate) walk(c *coder) {
	c.observable(&d.ObservableID)
	if c.form == JSON {
		if !c.reading && d.Base64 == "" {
			d = &Certificate{Base64: base64XML(c, d.X509Data), Description: d.Description}
		}
		c.text("X509Data", &d.Base64)
		c.need("X509Data", d.Base64 != "")
	} else {
		if !c.reading && len(d.X509Data) > 1 {
			c.lose("X509Data")
			d = &Certificate{X509Data: d.X509Data[:1], Description: d.Description}
		}
		c.foreign(namespaceSign, "X509Data", &d.X509Data)
		c.need("X509Data", len(d.X509Data) > 0)
	}
	c.texts("Description", &d.Description)
}
