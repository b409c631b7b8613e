package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// variables returns the NOROSHI_ variables with each …_FILE of a secret
// replaced by what the file holds, without its last line end.
func variables(environ []string) (map[string]string, error) {
	vars := map[string]string{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, Prefix) {
			vars[name] = value
		}
	}
	secrets := secretNames()
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		path := vars[name]
		base, ok := strings.CutSuffix(name, "_FILE")
		if !ok || !slices.Contains(secrets, generalName(base)) {
			continue
		}
		delete(vars, name)
		if path == "" {
			continue
		}
		value, err := readSecret(path)
		if err != nil {
			return nil, &Error{Problems: []Problem{{Key: name, Text: plain(err)}}}
		}
		vars[base] = value
	}
	return vars, nil
}

// readSecret returns the content of a secret's file.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := readAtMost(f, maxSecret)
	return strings.TrimRight(string(data), "\r\n"), err
}

// readAtMost returns what r holds, or an error if that is more than limit bytes.
func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	return data, err
}

// unknownVariables names the NOROSHI_ variables that are no setting, each with the nearest one.
func unknownVariables(vars map[string]string) []string {
	known := variableNames()
	var out []string
	for name := range vars {
		isForeign := slices.ContainsFunc(foreign, func(p string) bool { return strings.HasPrefix(name, p) })
		if isForeign || slices.Contains(known, generalName(name)) {
			continue
		}
		out = append(out, fmt.Sprintf("environment variable %s is not known; nearest: %s", name, nearest(name, known)))
	}
	slices.Sort(out)
	return out
}

// environmentError turns what the environment parser says into our words; it
// never repeats a value, which may be a secret.
func environmentError(err error) error {
	out := &Error{}
	if all, ok := errors.AsType[env.AggregateError](err); ok {
		for _, one := range all.Errors {
			if parse, ok := errors.AsType[env.ParseError](one); ok {
				out.Problems = append(out.Problems, Problem{Key: parse.Name, Text: "environment value is not a " + typeName(parse.Type)})
			}
		}
	}
	if len(out.Problems) == 0 {
		out.Problems = append(out.Problems, Problem{Text: "the environment cannot be read as settings"})
	}
	return out
}

// typeName says in words what a setting's type wants.
func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Duration]():
		return "span of time such as 90s"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "whole number"
	default:
		return t.Kind().String()
	}
}
