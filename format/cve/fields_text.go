package cve

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
