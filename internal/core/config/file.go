package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parse returns the mapping that the file holds, nil if it holds nothing, and
// each key in it that is no setting or has no readable span of time.
func parse(data []byte) (ast.Node, []Problem) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, []Problem{syntax(err)}
	}
	if len(file.Docs) > 1 {
		return nil, []Problem{{Text: "holds more than one YAML document", Hint: "put all settings before the first ---"}}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, nil
	}
	body := file.Docs[0].Body
	switch body.Type() {
	case ast.NullType, ast.CommentType, ast.CommentGroupType:
		return nil, nil
	case ast.MappingType:
		return body, unknownBelow(body, reflect.TypeFor[Config](), "")
	default:
		return nil, []Problem{{Line: body.GetToken().Position.Line, Text: "is not a mapping", Hint: "write key: value lines"}}
	}
}

// unknownBelow looks for unknown keys in one node that is to fill a t.
func unknownBelow(node ast.Node, t reflect.Type, key string) []Problem {
	var out []Problem
	switch n := node.(type) {
	case *ast.MappingNode:
		if t.Kind() != reflect.Struct {
			return nil // the decoder says what is wrong with its type
		}
		for _, v := range n.Values {
			out = append(out, unknownPair(v, t, key)...)
		}
	case *ast.SequenceNode:
		if t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.Struct {
			return nil
		}
		for _, v := range n.Values {
			out = append(out, unknownBelow(v, t.Elem(), key)...)
		}
	}
	return out
}

// unknownPair looks at one key and what stands below it.
func unknownPair(v *ast.MappingValueNode, t reflect.Type, above string) []Problem {
	name := v.Key.GetToken().Value
	key := strings.TrimPrefix(above+"."+name, ".")
	for field := range t.Fields() {
		if tag := field.Tag.Get("yaml"); tag != "" && tag == name {
			if field.Type == reflect.TypeFor[Duration]() {
				return wrongSpan(v.Value, key)
			}
			return unknownBelow(v.Value, field.Type, key)
		}
	}
	p := Problem{Line: v.Key.GetToken().Position.Line, Key: key, Text: "unknown key"}
	p.Hint = fmt.Sprintf("did you mean %q?", nearestKey(key))
	return []Problem{p}
}

// wrongSpan looks at a span of time, because the decoder knows no line for it.
func wrongSpan(node ast.Node, key string) []Problem {
	var d Duration
	scalar, ok := node.(ast.ScalarNode)
	if !ok || d.UnmarshalText([]byte(scalar.GetToken().Value)) == nil {
		return nil
	}
	return []Problem{{Line: scalar.GetToken().Position.Line, Key: key, Text: "not a span of time", Hint: "write 90s, 5m or 1h30m"}}
}

// nearestKey returns the known key, or group of keys, that key is most like.
func nearestKey(key string) string {
	names := Keys()
	for _, k := range Keys() {
		for at := strings.LastIndexByte(k, '.'); at > 0; at = strings.LastIndexByte(k[:at], '.') {
			names = append(names, k[:at])
		}
	}
	return nearest(key, names)
}

// syntax turns what the YAML decoder says into a Problem. The decoder's own text
// quotes the lines around the place, which may hold secrets.
func syntax(err error) Problem {
	var at yaml.Error
	if !errors.As(err, &at) {
		return Problem{Text: "is not YAML"}
	}
	p := Problem{Text: at.GetMessage()}
	if tk := at.GetToken(); tk != nil && tk.Position != nil {
		p.Line = tk.Position.Line
	}
	return p
}

// plain returns the reason of a file error without the path, which stands before it.
func plain(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}
