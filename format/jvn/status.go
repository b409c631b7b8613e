package jvn

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// Status tells how a call of MyJVN went and which part of the hits the answer holds.
type Status struct {
	Version, Method, Lang string
	// ReturnCode is 0 for success; ErrorCode and ErrorMessage say more when it is not.
	ReturnCode              string
	ErrorCode, ErrorMessage string
	// Total counts the hits, Returned those in this answer, First is the position of the first
	// one from 1, Max the limit of the method. Each is -1 when the answer does not say.
	Total, Returned, First, Max int
	// Parameters holds all other attributes, the echo of the request.
	Parameters map[string]string
}

// OK reports whether the call succeeded. A document without Status, as a file is, is OK too.
func (s Status) OK() bool { return s.ReturnCode == "0" || s.ReturnCode == "" }

// Next returns the startItem of the next page; ok is false on the last one.
func (s Status) Next() (start int, ok bool) {
	if s.First < 1 || s.Returned < 1 || s.First+s.Returned > s.Total {
		return 0, false
	}
	return s.First + s.Returned, true
}

// noStatus is the Status of a document that has none.
func noStatus() Status {
	return Status{Total: -1, Returned: -1, First: -1, Max: -1, Parameters: map[string]string{}}
}

func newStatus(e xml.StartElement) Status {
	s := noStatus()
	for _, a := range e.Attr {
		v := strings.TrimSpace(a.Value)
		switch a.Name.Local {
		case "version":
			s.Version = v
		case "method":
			s.Method = v
		case "lang":
			s.Lang = v
		case "retCd":
			s.ReturnCode = v
		case "errCd":
			s.ErrorCode = v
		case "errMsg":
			s.ErrorMessage = v
		case "totalRes":
			s.Total = number(v)
		case "totalResRet":
			s.Returned = number(v)
		case "firstRes":
			s.First = number(v)
		case "retMax":
			s.Max = number(v)
		default:
			s.Parameters[a.Name.Local] = v
		}
	}
	return s
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
