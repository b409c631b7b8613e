package osv

import (
	"cmp"
	"slices"
	"strings"

	"noroshi.dev/format/version"
)

// change is an event at a version; rank orders events at the same version.
type change struct {
	at   string
	rank int
}

const (
	fixed = iota
	introduced
	lastAffected
)

// plain walks over the sorted events: from each introduction to the next end of it.
func (r Range) plain(ecosystem string) []version.Range {
	kind := r.kind(ecosystem)
	if !version.Ordered(kind) {
		return r.commits()
	}
	changes, limits := r.changes(kind)
	var list []version.Range
	var open *version.Range
	for _, c := range changes {
		switch {
		case c.rank == introduced && open == nil:
			open = &version.Range{Kind: kind, Start: c.at}
		case c.rank != introduced && open != nil:
			open.End, open.EndExcluded = c.at, c.rank == fixed
			list = append(list, *open)
			open = nil
		}
	}
	if open != nil {
		list = append(list, *open)
	}
	return below(list, limits)
}

func (r Range) kind(ecosystem string) string {
	switch strings.ToUpper(r.Type) {
	case "GIT":
		return version.Git
	case "SEMVER":
		return version.Semver
	}
	// "Debian:12" names a release of the ecosystem Debian.
	name, _, _ := strings.Cut(ecosystem, ":")
	return name
}

func (r Range) changes(kind string) (changes []change, limits []string) {
	for _, e := range r.Events {
		// Records from before schema 1.3 put several into one event.
		for _, c := range []change{{e.Introduced, introduced}, {e.Fixed, fixed}, {e.LastAffected, lastAffected}} {
			if c.at != "" {
				changes = append(changes, c)
			}
		}
		if e.Limit != "" {
			limits = append(limits, e.Limit)
		}
	}
	if slices.Contains(limits, "*") { // any limit suffices, and this one is infinite
		limits = nil
	}
	slices.SortStableFunc(changes, func(a, b change) int {
		// "0" means before every version, also before 0-alpha.
		if c := cmp.Compare(start(a.at), start(b.at)); c != 0 {
			return c
		}
		if c := version.Compare(kind, a.at, b.at); c != 0 {
			return c
		}
		return cmp.Compare(a.rank, b.rank)
	})
	return changes, limits
}

func start(v string) int {
	if v == "0" {
		return 0
	}
	return 1
}

// below cuts the ranges at the highest limit: a version is considered if it is before any limit.
func below(list []version.Range, limits []string) []version.Range {
	if len(limits) == 0 || len(list) == 0 {
		return list
	}
	kind := list[0].Kind
	limit := slices.MaxFunc(limits, func(a, b string) int { return version.Compare(kind, a, b) })
	kept := list[:0]
	for _, r := range list {
		if r.Start != "0" && version.Compare(kind, r.Start, limit) >= 0 {
			continue
		}
		if r.End == "" || version.Compare(kind, r.End, limit) >= 0 {
			r.End, r.EndExcluded = limit, true
		}
		kept = append(kept, r)
	}
	return kept
}

func (r Range) commits() []version.Range {
	var list []version.Range
	for _, e := range r.Events {
		if e.Introduced != "" && e.Introduced != "0" {
			list = append(list, version.Range{Kind: version.Git, Exact: e.Introduced})
		}
	}
	return list
}
