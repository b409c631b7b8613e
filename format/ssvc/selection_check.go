package ssvc

import (
	"net/url"
	"strconv"
)

// Validate checks the list against the rules of schema 2.0.0.
func (l SelectionList) Validate() error {
	if l.Timestamp.IsZero() {
		return fail("selection list", "has no timestamp", "say when the evaluation was made")
	}
	if len(l.Selections) == 0 || len(l.Selections) > MaxPoints {
		return fail("selection list", strconv.Itoa(len(l.Selections))+" selections", "give 1 to "+strconv.Itoa(MaxPoints))
	}
	if len(l.TargetIDs) > maxObjects || len(l.Resources) > maxObjects || len(l.References) > maxObjects {
		return fail("selection list", "lists more than "+strconv.Itoa(maxObjects)+" ids or references", "split it")
	}
	seen := map[string]bool{}
	for _, id := range l.TargetIDs {
		if id == "" || seen[id] {
			return fail("selection list target "+quote(id), "is empty or listed twice", "name every target once")
		}
		seen[id] = true
	}
	for i, s := range l.Selections {
		if err := s.validate("selection " + strconv.Itoa(i)); err != nil {
			return err
		}
	}
	for _, r := range append(append([]Reference{}, l.Resources...), l.References...) {
		if u, err := url.Parse(r.URI); err != nil || !u.IsAbs() {
			return fail("selection list reference "+quote(r.URI), "is not an absolute URI", "write it with its scheme")
		}
	}
	return nil
}

func (s Selection) validate(place string) error {
	if err := s.ID.check(); err != nil {
		return err
	}
	if len(s.Values) == 0 || len(s.Values) > MaxValues {
		return fail(place, strconv.Itoa(len(s.Values))+" values", "list every value that is still possible")
	}
	seen := map[string]bool{}
	for _, v := range s.Values {
		if !ValidKey(v.Key) || seen[v.Key] {
			return fail(place+" value "+quote(v.Key), "breaks the key pattern or is listed twice", "list every key once")
		}
		seen[v.Key] = true
	}
	return nil
}
