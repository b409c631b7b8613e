package purl

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

func (p *PURL) takeSubpath(s string) (string, error) {
	i := strings.LastIndexByte(s, '#')
	if i < 0 {
		return s, nil
	}
	path, err := segments(s[i+1:], func(seg string) bool { return seg != "." && seg != ".." })
	p.Subpath = path
	return s[:i], err
}

func (p *PURL) takeQualifiers(s string) (string, error) {
	i := strings.LastIndexByte(s, '?')
	if i < 0 {
		return s, nil
	}
	for pair := range strings.SplitSeq(s[i+1:], "&") {
		if pair == "" {
			continue
		}
		key, value, found := strings.Cut(pair, "=")
		key = strings.ToLower(key)
		if !found || !validKey(key) {
			return s, fmt.Errorf("qualifier %q", pair)
		}
		value, err := url.PathUnescape(value)
		if err != nil {
			return s, err
		}
		if value == "" {
			continue
		}
		if p.Qualifier(key) != "" {
			return s, fmt.Errorf("qualifier %s occurs twice", key)
		}
		p.Qualifiers = append(p.Qualifiers, Qualifier{key, value})
	}
	slices.SortFunc(p.Qualifiers, func(a, b Qualifier) int { return strings.Compare(a.Key, b.Key) })
	return s[:i], nil
}

func (p *PURL) takeName(s string) error {
	i := strings.LastIndexByte(s, '/')
	name, err := url.PathUnescape(s[i+1:])
	if err != nil {
		return err
	}
	if name == "" {
		return errors.New("no name")
	}
	p.Name = name
	if i >= 0 {
		p.Namespace, err = segments(s[:i], func(string) bool { return true })
	}
	return err
}

// segments decodes a path part by part; empty parts and those that keep refuses fall out.
func segments(s string, keep func(string) bool) (string, error) {
	var list []string
	for seg := range strings.SplitSeq(s, "/") {
		seg, err := url.PathUnescape(seg)
		if err != nil {
			return "", err
		}
		if strings.Contains(seg, "/") {
			return "", fmt.Errorf("encoded slash in segment %q", seg)
		}
		if seg != "" && keep(seg) {
			list = append(list, seg)
		}
	}
	return strings.Join(list, "/"), nil
}
