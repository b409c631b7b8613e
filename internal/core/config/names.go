package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var digits = regexp.MustCompile(`_\d+_`)

// generalName replaces the position in a list by N: NOROSHI_FETCH_0_URL -> NOROSHI_FETCH_N_URL.
func generalName(name string) string { return digits.ReplaceAllString(name, "_N_") }

// walk calls f for each setting below t with its dotted key, its environment
// name without positions, and its type.
func walk(t reflect.Type, key, variable string, f func(key, variable string, t reflect.Type)) {
	for field := range t.Fields() {
		tag := field.Tag.Get("yaml")
		if tag == "" {
			continue
		}
		k := strings.TrimPrefix(key+"."+tag, ".")
		prefix := field.Tag.Get("envPrefix")
		switch {
		case prefix != "" && field.Type.Kind() == reflect.Slice:
			walk(field.Type.Elem(), k, variable+prefix+"N_", f)
		case prefix != "":
			walk(field.Type, k, variable+prefix, f)
		default:
			f(k, variable+field.Tag.Get("env"), field.Type)
		}
	}
}

// Keys returns every key of the file, with dots between its levels.
func Keys() []string {
	var out []string
	walk(reflect.TypeFor[Config](), "", Prefix, func(key, _ string, _ reflect.Type) { out = append(out, key) })
	return out
}

// variableNames returns the name of every environment variable, N for a position.
func variableNames() []string {
	var out []string
	walk(reflect.TypeFor[Config](), "", Prefix, func(_, variable string, _ reflect.Type) { out = append(out, variable) })
	return out
}

// secretNames returns the names of the variables that hold secrets.
func secretNames() []string {
	var out []string
	walk(reflect.TypeFor[Config](), "", Prefix, func(_, variable string, t reflect.Type) {
		if t == reflect.TypeFor[Secret]() {
			out = append(out, variable)
		}
	})
	return out
}

// nearest returns the name with the smallest edit distance to word.
func nearest(word string, names []string) string {
	return slices.MinFunc(names, func(a, b string) int { return distance(word, a) - distance(word, b) })
}

// distance is the Levenshtein distance of two words, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
