package config

import (
	"log/slog"
	"net/url"
	"strings"
	"time"
)

const redacted = "[redacted]"

// Secret is a setting that is never printed or logged. A secret that is a URL
// is shown without its password and the values of its query, so that a reader sees
// which database it names.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns what may be shown of the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(string(s))
	// A random key may begin with two slashes, which is a host to url.Parse.
	if err != nil || u.Host == "" || u.Scheme == "" {
		return redacted
	}
	u.RawQuery, u.Fragment = redactedQuery(u.RawQuery), ""
	return u.Redacted()
}

// redactedQuery keeps the names of the parameters, in their order, and the value
// of sslmode; a value may be a token, and so may a parameter without a value.
func redactedQuery(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case name == "sslmode":
		case value == "":
			parts[i] = "xxxxx"
		default:
			parts[i] = name + "=xxxxx"
		}
	}
	return strings.Join(parts, "&")
}

// GoString returns the same as String, so that %#v does not reveal it either.
func (s Secret) GoString() string { return s.String() }

// MarshalText returns what may be shown of the secret: printed configuration,
// JSON and YAML never hold it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Duration is a span of time, written as 90s, 5m or 1h30m.
type Duration time.Duration

// Std returns the span as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns the span as it is written in the file.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText returns the span as it is written in the file.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a span such as 90s.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}
