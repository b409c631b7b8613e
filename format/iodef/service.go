package iodef

import "time"

// Service is a service on a system (RFC 7970, section 3.20).
type Service struct {
	IPProtocol        Int
	ObservableID      string       // version 2
	Name              *ServiceName // version 2
	Port              Int
	Portlist          string // 80,8000-8080; version 1 has it in place of Port
	ProtoCode         Int    // of ICMP the code
	ProtoType         Int    // of ICMP the type
	ProtoField        Int
	ApplicationHeader []Extension // version 2
	EmailData         *EmailData  // version 2
	Application       *Software
}

// ServiceName names a service (section 3.20.1).
type ServiceName struct {
	IANAService string
	URL         []string
	Description []Text
}

// EmailData is a mail (section 3.21).
type EmailData struct {
	ObservableID  string
	To            []string
	From, Subject string
	XMailer       string
	HeaderField   []Extension
	Headers       string
	Body          string
	Message       string
	HashData      []HashData
	Signature     []Element // ds:Signature; not in JSON
}

// DomainData is a domain name (section 3.19). Version 1 has only the name.
type DomainData struct {
	SystemStatus string // spoofed, fraudulent, innocent-hacked, innocent-hijacked, unknown
	DomainStatus string // assignedAndActive, registryLock, unknown …
	ObservableID string
	Name         string
	Checked      time.Time // DateDomainWasChecked
	Registered   time.Time
	Expires      time.Time
	RelatedDNS   []Extension
	Nameservers  []Nameserver
	SameContact  string    // the name of the domain whose contacts it shares
	Contact      []Contact // or its own
}

// Nameserver is a server of a domain with its addresses (section 3.19.1).
type Nameserver struct {
	Server  string
	Address []Address
}

func services(c *coder, p *[]Service) {
	if c.reading || c.form != XML1 {
		many(c, "Service", p, (*Service).walk)
		return
	}
	for i := range *p {
		if s := &(*p)[i]; s.IPProtocol.Valid {
			single(c, "Service", s, (*Service).walk)
		} else {
			c.lose("Service")
		}
	}
}

func (s *Service) walk(c *coder) {
	if c.form == XML1 {
		s.walk1(c)
		return
	}
	c.integer("ip-protocol", true, &s.IPProtocol)
	c.observable(&s.ObservableID)
	one(c, "ServiceName", &s.Name, (*ServiceName).walk)
	c.integer("Port", false, &s.Port)
	c.pattern("Portlist", portlist, &s.Portlist)
	c.integer("ProtoCode", false, &s.ProtoCode)
	c.integer("ProtoType", false, &s.ProtoType)
	c.integer("ProtoField", false, &s.ProtoField)
	s.headers(c)
	one(c, "EmailData", &s.EmailData, (*EmailData).walk)
	one(c, "Application", &s.Application, (*Software).walk)
}

// headers is the class ApplicationHeader, of which JSON has the fields alone.
func (s *Service) headers(c *coder) {
	switch {
	case c.form == JSON:
		extensions(c, "ApplicationHeaderField", &s.ApplicationHeader)
	case c.reading || len(s.ApplicationHeader) > 0:
		single(c, "ApplicationHeader", s, func(s *Service, c *coder) {
			extensions(c, "ApplicationHeaderField", &s.ApplicationHeader)
		})
	}
}

// walk1 is version 1, in which the type stands before the code (RFC 5070, section 3.17).
func (s *Service) walk1(c *coder) {
	c.integer("ip_protocol", true, &s.IPProtocol)
	c.need("ip_protocol", s.IPProtocol.Valid)
	c.has2("observable-id", s.ObservableID != "")
	c.integer("Port", false, &s.Port)
	if !c.reading && s.Port.Valid && s.Portlist != "" {
		c.lose("Portlist")
	} else {
		c.pattern("Portlist", portlist, &s.Portlist)
	}
	c.integer("ProtoType", false, &s.ProtoType)
	c.integer("ProtoCode", false, &s.ProtoCode)
	c.integer("ProtoField", false, &s.ProtoField)
	c.has2("ServiceName", s.Name != nil)
	c.has2("ApplicationHeader", len(s.ApplicationHeader) > 0)
	c.has2("EmailData", s.EmailData != nil)
	one(c, "Application", &s.Application, (*Software).walk)
}

func (n *ServiceName) walk(c *coder) {
	c.text("IANAService", &n.IANAService)
	c.urls(&n.URL)
	c.texts("Description", &n.Description)
}

func (m *EmailData) walk(c *coder) {
	c.observable(&m.ObservableID)
	c.strings("EmailTo", &m.To)
	c.text("EmailFrom", &m.From)
	c.text("EmailSubject", &m.Subject)
	c.text("EmailX-Mailer", &m.XMailer)
	extensions(c, "EmailHeaderField", &m.HeaderField)
	c.text("EmailHeaders", &m.Headers)
	c.text("EmailBody", &m.Body)
	c.text("EmailMessage", &m.Message)
	many(c, "HashData", &m.HashData, (*HashData).walk)
	signatures(c, &m.Signature)
}

// signatures is the class SignatureData; several of them are read as one.
func signatures(c *coder, p *[]Element) {
	switch {
	case c.reading && c.xml():
		for i := c.next("SignatureData", false, 0); i >= 0; i = c.next("SignatureData", false, i+1) {
			inside(c, i, p, func(p *[]Element, c *coder) { c.foreign(namespaceSign, "Signature", p) })
		}
	case c.reading || len(*p) == 0:
	case c.form != XML2:
		c.lose("Signature")
	default:
		single(c, "SignatureData", p, func(p *[]Element, c *coder) { c.foreign(namespaceSign, "Signature", p) })
	}
}

// only2 reports whether the domain has more than a name and the time it was checked.
func (d *DomainData) only2() bool {
	return d.SystemStatus != "" || d.DomainStatus != "" || d.ObservableID != "" || d.SameContact != "" ||
		!d.Registered.IsZero() || !d.Expires.IsZero() || len(d.RelatedDNS)+len(d.Nameservers)+len(d.Contact) > 0
}

func (d *DomainData) walk(c *coder) {
	if c.form == JSON && !c.reading { // RFC 8727 demands both
		c.defaulted("system-status", wordsSystemStatus, "unknown", &d.SystemStatus)
		c.defaulted("domain-status", wordsDomainStatus, "unknown", &d.DomainStatus)
	} else {
		c.word("system-status", wordsSystemStatus, &d.SystemStatus)
		c.word("domain-status", wordsDomainStatus, &d.DomainStatus)
	}
	c.observable(&d.ObservableID)
	c.text("Name", &d.Name)
	c.need("Name", d.Name != "")
	c.time("DateDomainWasChecked", &d.Checked)
	c.time("RegistrationDate", &d.Registered)
	c.time("ExpirationDate", &d.Expires)
	extensions(c, "RelatedDNS", &d.RelatedDNS)
	name := "Nameservers"
	if c.form == JSON {
		name = "NameServers"
	}
	many(c, name, &d.Nameservers, (*Nameserver).walk)
	if c.reading || d.SameContact != "" || len(d.Contact) > 0 {
		single(c, "DomainContacts", d, (*DomainData).contacts)
	}
}

// contacts is the class DomainContacts (section 3.19.2).
func (d *DomainData) contacts(c *coder) {
	c.text("SameDomainContact", &d.SameContact)
	if !c.reading && d.SameContact != "" {
		if len(d.Contact) > 0 {
			c.lose("Contact")
		}
		return
	}
	many(c, "Contact", &d.Contact, (*Contact).walk)
}

func (n *Nameserver) walk(c *coder) {
	c.text("Server", &n.Server)
	many(c, "Address", &n.Address, (*Address).walk)
	c.need("Server", n.Server != "")
	c.need("Address", len(n.Address) > 0)
}
