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

func readText(s *scanner, t *Text) { members(s, t, textField) }

func textField(s *scanner, t *Text, name []byte) {
	switch string(name) {
	case "lang":
		s.text(&t.Lang)
	case "value":
		s.text(&t.Value)
	default:
		s.skip()
	}
}

func readProblem(s *scanner, p *ProblemType) { members(s, p, problemField) }

func problemField(s *scanner, p *ProblemType, name []byte) {
	if string(name) == "descriptions" {
		list(s, &s.slabs.weaknesses, &p.Descriptions, readWeakness)
		return
	}
	s.skip()
}

func readWeakness(s *scanner, w *Weakness) { members(s, w, weaknessField) }

func weaknessField(s *scanner, w *Weakness, name []byte) {
	switch string(name) {
	case "lang":
		s.text(&w.Lang)
	case "cweId":
		s.text(&w.CWE)
	case "type":
		s.text(&w.Type)
	case "description":
		s.text(&w.Description)
	default:
		s.skip()
	}
}

func readReference(s *scanner, r *Reference) { members(s, r, referenceField) }

func referenceField(s *scanner, r *Reference, name []byte) {
	switch string(name) {
	case "url":
		s.text(&r.URL)
	case "name":
		s.text(&r.Name)
	case "tags":
		s.texts(&r.Tags)
	default:
		s.skip()
	}
}

func readAffected(s *scanner, a *Affected) { members(s, a, affectedField) }

func affectedField(s *scanner, a *Affected, name []byte) {
	switch string(name) {
	case "vendor":
		s.text(&a.Vendor)
	case "product":
		s.text(&a.Product)
	case "collectionURL":
		s.text(&a.CollectionURL)
	case "packageName":
		s.text(&a.PackageName)
	case "packageURL":
		s.text(&a.PackageURL)
	case "cpes":
		s.texts(&a.CPEs)
	case "modules":
		s.texts(&a.Modules)
	case "programFiles":
		s.texts(&a.ProgramFiles)
	case "platforms":
		s.texts(&a.Platforms)
	case "repo":
		s.text(&a.Repo)
	case "defaultStatus":
		s.text(&a.DefaultStatus)
	case "versions":
		list(s, &s.slabs.versions, &a.Versions, readVersion)
	default:
		s.skip()
	}
}

func readVersion(s *scanner, v *Version) { members(s, v, versionField) }

func versionField(s *scanner, v *Version, name []byte) {
	switch string(name) {
	case "version":
		s.text(&v.Version)
	case "status":
		s.text(&v.Status)
	case "versionType":
		s.text(&v.VersionType)
	case "lessThan":
		s.text(&v.LessThan)
	case "lessThanOrEqual":
		s.text(&v.LessThanOrEqual)
	case "changes":
		list(s, new([]Change), &v.Changes, readChange)
	default:
		s.skip()
	}
}

func readChange(s *scanner, c *Change) { members(s, c, changeField) }

func changeField(s *scanner, c *Change, name []byte) {
	switch string(name) {
	case "at":
		s.text(&c.At)
	case "status":
		s.text(&c.Status)
	default:
		s.skip()
	}
}

func readMetric(s *scanner, m *Metric) { members(s, m, metricField) }

func metricField(s *scanner, m *Metric, name []byte) {
	switch string(name) {
	case "format":
		s.text(&m.Format)
	case "scenarios":
		list(s, &s.slabs.texts, &m.Scenarios, readText)
	case "cvssV2_0":
		member(s, &m.CVSSv2, cvssField)
	case "cvssV3_0":
		member(s, &m.CVSSv30, cvssField)
	case "cvssV3_1":
		member(s, &m.CVSSv31, cvssField)
	case "cvssV4_0":
		member(s, &m.CVSSv4, cvssField)
	case "other":
		member(s, &m.Other, otherField)
	default:
		s.skip()
	}
}

func cvssField(s *scanner, c *CVSS, name []byte) {
	switch string(name) {
	case "version":
		s.text(&c.Version)
	case "vectorString":
		s.text(&c.Vector)
	case "baseScore":
		s.float(&c.BaseScore)
	case "baseSeverity":
		s.text(&c.BaseSeverity)
	default:
		s.skip()
	}
}

func otherField(s *scanner, o *Other, name []byte) {
	switch string(name) {
	case "type":
		s.text(&o.Type)
	case "content":
		s.raw(&o.Content)
	default:
		s.skip()
	}
}
