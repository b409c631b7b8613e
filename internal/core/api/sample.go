package api

import (
	"cmp"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// example writes a document that a schema describes.
func (a *API) example(content map[string]*huma.MediaType) string {
	m := content["application/json"]
	if m == nil || m.Schema == nil {
		return ""
	}
	doc, err := json.MarshalIndent(a.sample(m.Schema, 0), "", "  ")
	if err != nil {
		return ""
	}
	return string(doc)
}

// deepest is how deep an example goes; a schema may hold itself.
const deepest = 5

// sample is a value that a schema describes: its example, its default, its first
// choice, or the name of its type.
func (a *API) sample(s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = a.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case s == nil || depth > deepest:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for name, p := range s.Properties {
			out[name] = a.sample(p, depth+1)
		}
		return out
	case huma.TypeArray:
		if s.Items == nil {
			return []any{}
		}
		return []any{a.sample(s.Items, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		return 0
	case huma.TypeBoolean:
		return false
	default:
		return cmp.Or(s.Format, s.Type)
	}
}
