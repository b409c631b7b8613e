package jvn

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"

	"noroshi.dev/format/internal/markup"
)

func addHandling(parent *markup.Element, h Handling) error {
	color := h.TLP()
	switch color {
	case "":
		return nil
	case "CLEAR":
		// The schema is older than TLP 2.0, which renamed this label.
		color = "WHITE"
	case "WHITE", "GREEN", "AMBER", "RED":
	default:
		return fmt.Errorf("TLP:%s cannot be written; the schema knows WHITE, GREEN, AMBER and RED", color)
	}
	structure := element(namespaceMarking, "Marking_Structure", "")
	structure.Attrs = []xml.Attr{{Name: xml.Name{Space: namespaceXSI, Local: "type"}, Value: "tlpMarking:TLPMarkingStructureType"}}
	structure = structure.With("marking_model_name", "TLP").With("marking_model_ref", "http://www.us-cert.gov/tlp/").With("color", color)
	marking, handling := element(namespaceMarking, "Marking", ""), sec("handling", "")
	parent.Add(*handling.Add(*marking.Add(structure)))
	return nil
}

// addStatus writes the status of an answer, if it names a method. Parameters are written in the
// order of their names.
func addStatus(parent *markup.Element, s Status) {
	if s.Method == "" {
		return
	}
	e := element(NamespaceStatus, "Status", "")
	set := func(name, value string) {
		e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	}
	set("version", "3.3")
	set("method", s.Method)
	e = e.With("lang", s.Lang)
	set("retCd", s.ReturnCode)
	set("retMax", count(s.Max))
	set("errCd", s.ErrorCode)
	set("errMsg", s.ErrorMessage)
	set("totalRes", count(s.Total))
	set("totalResRet", count(s.Returned))
	set("firstRes", count(s.First))
	names := make([]string, 0, len(s.Parameters))
	for name := range s.Parameters {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		set(name, s.Parameters[name])
	}
	parent.Add(e)
}

// count writes a number, or nothing where there is none.
func count(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}
