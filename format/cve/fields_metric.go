package cve

func readMetric(s *scanner, m *Metric) { members(s, m, metricField) }

func metricField(s *scanner, m *Metric, name []byte) {
	switch string(name) {
	case "format":
		s.text(&m.Format)
	case "scenarios":
		list(s, &s.slabs.texts, &m.Scenarios, readText)
	case "cvssV2_0":
		member(s, &s.slabs.scores, &m.CVSSv2, cvssField)
	case "cvssV3_0":
		member(s, &s.slabs.scores, &m.CVSSv30, cvssField)
	case "cvssV3_1":
		member(s, &s.slabs.scores, &m.CVSSv31, cvssField)
	case "cvssV4_0":
		member(s, &s.slabs.scores, &m.CVSSv4, cvssField)
	case "other":
		member(s, &s.slabs.others, &m.Other, otherField)
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
