package cve

// One function per object of the format: it stores the members that the house uses and skips
// the rest.

func recordField(s *scanner, r *Record, name []byte) {
	switch string(name) {
	case "dataType":
		s.text(&r.DataType)
	case "dataVersion":
		s.text(&r.DataVersion)
	case "cveMetadata":
		object(s, &r.Metadata, metadataField)
	case "containers":
		object(s, &r.Containers, containersField)
	default:
		s.skip()
	}
}

func metadataField(s *scanner, m *Metadata, name []byte) {
	switch string(name) {
	case "cveId":
		s.text(&m.ID)
	case "state":
		s.text(&m.State)
	case "assignerOrgId":
		s.text(&m.AssignerOrgID)
	case "assignerShortName":
		s.text(&m.AssignerShortName)
	case "dateReserved":
		s.text(&m.DateReserved)
	case "datePublished":
		s.text(&m.DatePublished)
	case "dateUpdated":
		s.text(&m.DateUpdated)
	case "dateRejected":
		s.text(&m.DateRejected)
	case "serial":
		s.integer(&m.Serial)
	default:
		s.skip()
	}
}

func containersField(s *scanner, c *Containers, name []byte) {
	switch string(name) {
	case "cna":
		object(s, &c.CNA, containerField)
	case "adp":
		list(s, &s.slabs.containers, &c.ADP, readContainer)
	default:
		s.skip()
	}
}

func readContainer(s *scanner, c *Container) { members(s, c, containerField) }

func containerField(s *scanner, c *Container, name []byte) {
	switch string(name) {
	case "providerMetadata":
		object(s, &c.Provider, providerField)
	case "title":
		s.text(&c.Title)
	case "datePublic":
		s.text(&c.DatePublic)
	case "descriptions":
		list(s, &s.slabs.texts, &c.Descriptions, readText)
	case "affected":
		list(s, &s.slabs.affected, &c.Affected, readAffected)
	case "problemTypes":
		list(s, &s.slabs.problems, &c.ProblemTypes, readProblem)
	case "references":
		list(s, &s.slabs.references, &c.References, readReference)
	case "metrics":
		list(s, &s.slabs.metrics, &c.Metrics, readMetric)
	case "tags":
		s.texts(&c.Tags)
	case "rejectedReasons":
		list(s, &s.slabs.texts, &c.RejectedReasons, readText)
	case "replacedBy":
		s.texts(&c.ReplacedBy)
	default:
		adviceField(s, c, name)
	}
}

// adviceField reads the members of a container that tell a reader what to do.
func adviceField(s *scanner, c *Container, name []byte) {
	switch string(name) {
	case "configurations":
		list(s, &s.slabs.texts, &c.Configurations, readText)
	case "workarounds":
		list(s, &s.slabs.texts, &c.Workarounds, readText)
	case "solutions":
		list(s, &s.slabs.texts, &c.Solutions, readText)
	case "exploits":
		list(s, &s.slabs.texts, &c.Exploits, readText)
	default:
		s.skip()
	}
}

func providerField(s *scanner, p *Provider, name []byte) {
	switch string(name) {
	case "orgId":
		s.text(&p.OrgID)
	case "shortName":
		s.text(&p.ShortName)
	case "dateUpdated":
		s.text(&p.DateUpdated)
	default:
		s.skip()
	}
}
