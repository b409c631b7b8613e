package iodef

import "time"

// System is a computer or network that took part (RFC 7970, section 3.17).
type System struct {
	Category        string // source, target, intermediate, sensor, infrastructure
	Interface       string
	Spoofed         string // yes, no, unknown
	Virtual         string // yes, no, unknown; version 2
	Ownership       string // organization, personal, partner, customer …; version 2
	Restriction     string
	ObservableID    string // version 2
	Node            Node
	NodeRole        []NodeRole
	Service         []Service // version 1 has only those with an IPProtocol
	OperatingSystem []Software
	Counter         []Counter
	AssetID         []string // version 2
	Description     []Text
	AdditionalData  []Extension
}

// Node is where a system is (section 3.18). Version 2 demands a domain or an address; where both
// occur, the domains are written first.
type Node struct {
	DomainData    []DomainData // in version 1 NodeName
	Address       []Address
	PostalAddress *PostalAddress // version 2
	Location      []Text         // version 1 has one
	Counter       []Counter
}

// Address is an address of a network or other (section 3.18.1).
type Address struct {
	Value        string
	Category     string // ipv4-addr, ipv6-addr, ipv4-net, ipv6-net, asn, mac, e-mail, site-uri (version 2) …
	VLANName     string
	VLANNum      Int
	ObservableID string // version 2
}

// NodeRole is what a system is for, as phishing-site or mail (section 3.18.2).
type NodeRole struct {
	Category    string
	Description []Text // version 1 has one
}

// Counter counts something (section 3.18.3).
type Counter struct {
	Value    float64
	Type     string // count, peak, average; version 1 has only counts
	Unit     string // byte, packet, flow, event, host …
	Meaning  string
	Duration string // second … year: then Value is a rate
}

func (s *System) walk(c *coder) {
	c.word("category", wordsSystem, &s.Category)
	c.attr("interface", &s.Interface)
	c.word("spoofed", wordsYesNo, &s.Spoofed)
	if c.has2("virtual", s.Virtual != "") {
		c.word("virtual", wordsYesNo, &s.Virtual)
	}
	if c.has2("ownership", s.Ownership != "") {
		c.word("ownership", wordsOwnership, &s.Ownership)
	}
	c.marking(&s.Restriction)
	c.observable(&s.ObservableID)
	s.place(c)
	services(c, &s.Service)
	many(c, "OperatingSystem", &s.OperatingSystem, (*Software).walk)
	many(c, "Counter", &s.Counter, (*Counter).walk)
	if c.has2("AssetID", len(s.AssetID) > 0) {
		c.strings("AssetID", &s.AssetID)
	}
	c.texts("Description", &s.Description)
	extensions(c, "AdditionalData", &s.AdditionalData)
}

// place is Node and its roles, which version 1 has within it.
func (s *System) place(c *coder) {
	if c.form == XML1 {
		single(c, "Node", s, (*System).node1)
		return
	}
	single(c, "Node", &s.Node, (*Node).walk)
	many(c, "NodeRole", &s.NodeRole, (*NodeRole).walk)
}

func (n *Node) walk(c *coder) {
	c.choice(true)
	many(c, "DomainData", &n.DomainData, (*DomainData).walk)
	many(c, "Address", &n.Address, (*Address).walk)
	c.choice(false)
	c.need("DomainData or Address", len(n.DomainData)+len(n.Address) > 0)
	one(c, "PostalAddress", &n.PostalAddress, (*PostalAddress).walk)
	c.texts("Location", &n.Location)
	many(c, "Counter", &n.Counter, (*Counter).walk)
}

// node1 is Node in version 1 (RFC 5070, section 3.16).
func (s *System) node1(c *coder) {
	n := &s.Node
	var checked time.Time
	c.choice(true)
	if c.reading {
		var names []Text
		c.texts("NodeName", &names)
		for _, t := range names {
			n.DomainData = append(n.DomainData, DomainData{Name: t.Value})
		}
	} else {
		for i := range n.DomainData {
			d := &n.DomainData[i]
			c.text("NodeName", &d.Name)
			if d.only2() {
				c.lose("DomainData")
			}
			if checked.IsZero() {
				checked = d.Checked
			}
		}
	}
	many(c, "Address", &n.Address, (*Address).walk)
	c.choice(false)
	c.has2("PostalAddress", n.PostalAddress != nil)
	c.textsMax1("Location", &n.Location)
	if c.time("DateTime", &checked); c.reading && !checked.IsZero() {
		if len(n.DomainData) == 0 {
			c.note(c.at, Unknown, "DateTime", "", "")
		}
		for i := range n.DomainData {
			n.DomainData[i].Checked = checked
		}
	}
	many(c, "NodeRole", &s.NodeRole, (*NodeRole).walk)
	many(c, "Counter", &n.Counter, (*Counter).walk)
}

func (a *Address) walk(c *coder) {
	standard := "ipv6-addr"
	if c.form == XML1 {
		standard = "ipv4-addr"
	}
	if c.reading {
		if c.word("category", wordsAddress, &a.Category); a.Category == "" {
			a.Category = standard
			c.need("category", c.form != JSON)
		}
	} else {
		c.need("category", a.Category != "")
		c.word("category", wordsAddress, &a.Category)
	}
	c.attr("vlan-name", &a.VLANName)
	c.integer("vlan-num", true, &a.VLANNum)
	c.observable(&a.ObservableID)
	c.content("value", &a.Value)
	c.need("value", a.Value != "")
}

func (r *NodeRole) walk(c *coder) {
	if c.form != XML1 {
		c.word("category", wordsNodeRole, &r.Category)
		c.need("category", r.Category != "")
		c.texts("Description", &r.Description)
		return
	}
	var t Text
	if !c.reading && len(r.Description) > 0 {
		t = r.Description[0]
		c.has2("Description", len(r.Description) > 1)
	}
	c.lang(&t.Lang)
	c.word("category", wordsNodeRole, &r.Category)
	c.need("category", r.Category != "")
	if c.content("", &t.Value); c.reading && t.Value != "" {
		r.Description = []Text{t}
	}
}

func (n *Counter) walk(c *coder) {
	if c.form == XML1 {
		if c.word("type", wordsUnit, &n.Unit); c.reading {
			n.Type = "count"
		} else if n.Type != "" && n.Type != "count" {
			c.lose("type")
		}
	} else {
		c.defaulted("type", wordsCounter, "count", &n.Type)
		c.word("unit", wordsUnit, &n.Unit)
	}
	c.need("unit", n.Unit != "")
	c.attr("meaning", &n.Meaning)
	c.word("duration", wordsDuration, &n.Duration)
	c.number(false, &n.Value)
}
