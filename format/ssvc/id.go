package ssvc

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// SchemaVersion is the version of the SSVC schemas that this package writes.
const SchemaVersion = "2.0.0"

// The patterns follow ssvc_namespace_pattern.abnf and the key and version
// patterns of the 2.0.0 schemas. T* is a grandfathered value key.
const (
	patLabel    = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`
	patDomain   = patLabel + `(?:\.` + patLabel + `)+`
	patFragment = `[a-z0-9]+(?:[.-][a-z0-9]+)*`
	patXName    = patDomain + `#` + patFragment
	patCore     = `[a-z][a-z0-9](?:[.-]?[a-z0-9]+)+`
	patPrivate  = `[xX](?:-[a-zA-Z0-9]{2,8})+`
	patLang     = `(?:(?:[a-zA-Z]{2,3}(?:-[a-zA-Z]{3}(?:-[a-zA-Z]{3}){0,2})?|[a-zA-Z]{4,8})` +
		`(?:-[a-zA-Z]{4})?(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?` +
		`(?:-(?:[a-zA-Z0-9]{5,8}|[0-9][a-zA-Z0-9]{3}))*` +
		`(?:-[0-9A-WY-Za-wy-z](?:-[a-zA-Z0-9]{2,8})+)*(?:-` + patPrivate + `)?` +
		`|` + patPrivate + `|i-default|i-mingo)`
	patSegment   = `(?:` + patLang + `|\.` + patXName + `|\.(?:` + patDomain + `|` + patXName + `)\$` + patLang + `)`
	patNamespace = `^(?:x_` + patXName + `|` + patCore + `(?:#` + patFragment + `)?)` +
		`(?:/(?:` + patLang + `)?(?:/` + patSegment + `)*)?$`
	patKey     = `^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9_]*[a-zA-Z0-9]|T\*)$`
	patIdent   = `(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`
	patVersion = `^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-` + patIdent + `(?:\.` + patIdent + `)*)?` +
		`(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$`
)

var (
	reNamespace = regexp.MustCompile(patNamespace)
	reKey       = regexp.MustCompile(patKey)
	reVersion   = regexp.MustCompile(patVersion)
)

// ValidNamespace reports whether s is a namespace of SSVC 2.0.0: a registered
// name or x_ + reverse DNS name + #fragment, with optional extensions; 3 to
// 1000 characters.
func ValidNamespace(s string) bool {
	return len(s) >= 3 && len(s) <= 1000 && reNamespace.MatchString(s)
}

// ValidKey reports whether s is a key of an object or of a value.
func ValidKey(s string) bool { return len(s) <= maxKey && reKey.MatchString(s) }

// ID names one version of one object: namespace:KEY:version.
type ID struct {
	Namespace string
	Key       string
	Version   string
}

// ParseID reads namespace:KEY:version. A missing version becomes
// DefaultVersion; parts that break the patterns are an *Error.
func ParseID(s string) (ID, error) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return ID{}, fail("id "+quote(s), "needs namespace:KEY:version", "write it like ssvc:E:1.1.0")
	}
	id := ID{Namespace: parts[0], Key: parts[1], Version: DefaultVersion}
	if len(parts) == 3 {
		id.Version = parts[2]
	}
	if err := id.check(); err != nil {
		return ID{}, err
	}
	return id, nil
}

// String gives namespace:KEY:version.
func (id ID) String() string { return id.Namespace + ":" + id.Key + ":" + id.Version }

// Compare orders ids by namespace, key and semantic version.
func (id ID) Compare(other ID) int {
	return cmp.Or(
		strings.Compare(id.Namespace, other.Namespace),
		strings.Compare(id.Key, other.Key),
		CompareVersions(id.Version, other.Version),
	)
}

func (id ID) check() error {
	where := "id " + quote(id.String())
	switch {
	case !ValidNamespace(id.Namespace):
		return fail(where, "namespace "+quote(id.Namespace)+" breaks the SSVC pattern",
			"use a registered name or x_ + reverse domain + #name, 3 to 1000 characters")
	case !ValidKey(id.Key):
		return fail(where, "key "+quote(id.Key)+" breaks the SSVC pattern", "use letters, digits and inner _")
	case !ValidVersion(id.Version):
		return fail(where, "version "+quote(id.Version)+" is not a semantic version", "write three numbers like 1.0.0")
	}
	return nil
}

func quote(s string) string {
	const most = 80
	if len(s) > most {
		return fmt.Sprintf("%.*q…", most, s)
	}
	return strconv.Quote(s)
}
