package iodef

import "fmt"

// Form is one of the three written forms.
type Form int

// The forms.
const (
	XML1 Form = iota + 1 // RFC 5070, version 1.00
	XML2                 // RFC 7970, version 2.00
	JSON                 // RFC 8727, version 2.0
)

// Namespaces of the two XML forms.
const (
	Namespace1 = "urn:ietf:params:xml:ns:iodef-1.0"
	Namespace2 = "urn:ietf:params:xml:ns:iodef-2.0"
)

const (
	namespaceXML  = "http://www.w3.org/XML/1998/namespace"
	namespaceXSI  = "http://www.w3.org/2001/XMLSchema-instance"
	namespaceSign = "http://www.w3.org/2000/09/xmldsig#"
	namespaceEnum = "urn:ietf:params:xml:ns:iodef-enum-1.0"
	namespaceSCI  = "urn:ietf:params:xml:ns:iodef-sci-1.0"
)

// String returns "IODEF 1", "IODEF 2" or "IODEF 2 JSON".
func (f Form) String() string {
	switch f {
	case XML1:
		return "IODEF 1"
	case XML2:
		return "IODEF 2"
	case JSON:
		return "IODEF 2 JSON"
	default:
		return fmt.Sprintf("Form(%d)", int(f))
	}
}

func (f Form) namespace() string {
	if f == XML1 {
		return Namespace1
	}
	return Namespace2
}
