package calendar

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

func (c *Calendar) check() error {
	if c.Product == "" {
		return errors.New("calendar: no product identifier")
	}
	seen := map[string]bool{}
	for i := range c.Items {
		item := &c.Items[i]
		if err := item.check(); err != nil {
			return fmt.Errorf("calendar: item %d (%s): %w", i+1, item.UID, err)
		}
		if seen[item.UID] {
			return fmt.Errorf("calendar: item %d: uid %s occurs twice", i+1, item.UID)
		}
		seen[item.UID] = true
	}
	return nil
}

func (i *Item) check() error {
	switch {
	case i.UID == "" || !utf8.ValidString(i.UID) || strings.ContainsFunc(i.UID, unicode.IsControl):
		return errors.New("no usable uid")
	case i.Stamp.IsZero():
		return errors.New("no stamp")
	case i.Kind == Event && i.Start.IsZero():
		return errors.New("an event without start")
	case !i.Start.IsZero() && !i.End.IsZero() && i.written(i.End) < i.written(i.Start):
		return errors.New("the end is before the start")
	case i.Kind == Event && !i.End.IsZero() && i.written(i.End) == i.written(i.Start):
		return errors.New("an event ends when it starts; leave its end out, or give the day after the last one")
	case i.Sequence < 0:
		return fmt.Errorf("sequence %d is negative", i.Sequence)
	case i.Priority < 0 || i.Priority > 9:
		return fmt.Errorf("priority %d is not within 0 and 9", i.Priority)
	case !i.statusFits():
		return fmt.Errorf("status %q does not fit the kind", i.Status)
	case len(i.Alarms) > 0 && i.anchor().IsZero():
		return errors.New("an alarm without a time to refer to")
	}
	if i.URL != "" {
		if u, err := url.Parse(i.URL); err != nil || !u.IsAbs() || !utf8.ValidString(i.URL) {
			return fmt.Errorf("url %q is not absolute", i.URL)
		}
	}
	return nil
}

func (i *Item) statusFits() bool {
	switch i.Status {
	case "", Cancelled:
		return true
	case NeedsAction, InProcess, Completed:
		return i.Kind == Todo
	case Tentative, Confirmed:
		return i.Kind == Event
	default:
		return false
	}
}

// anchor is the time that alarms refer to.
func (i *Item) anchor() time.Time {
	if i.Kind == Event {
		return i.Start
	}
	return i.End
}
