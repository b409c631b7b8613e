package ssvc

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// decode reads one JSON document within the limits and nothing after it.
func decode(what string, data []byte, into any) error {
	if err := guard(what, data); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(into); err != nil {
		return jsonError(what, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fail(what+" byte "+strconv.FormatInt(dec.InputOffset(), 10), "text follows the document", "remove it")
	}
	return nil
}

func jsonError(what string, err error) error {
	var own *Error
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &own):
		return fail(what+" "+own.Place, own.Problem, own.Remedy)
	case errors.As(err, &syntax):
		return fail(what+" byte "+strconv.FormatInt(syntax.Offset, 10), syntax.Error(), "check the JSON at this place")
	case errors.As(err, &kind):
		return fail(what+" field "+quote(kind.Field), "holds a "+kind.Value+" instead of a "+kind.Type.String(), "see the SSVC 2.0.0 schema")
	}
	return fail(what, err.Error(), "check that the file is a whole JSON document")
}

// encode writes JSON as the published files are written.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func checkSchema(place, version string) error {
	if version != SchemaVersion {
		return fail(place, "schemaVersion is "+quote(version), "only "+SchemaVersion+" is read here")
	}
	return nil
}

func versionOr(v string) string {
	if v == "" {
		return DefaultVersion
	}
	return v
}
