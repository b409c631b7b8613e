package config

import (
	"log/slog"
	"net/url"
	"time"
)

const redacted = "[redacted]"

// Secret is a setting that is never printed or logged. A secret that is a URL
// is shown without its password, so that a reader sees which database it names.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns what may be shown of the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(string(s))
	if err != nil || u.Host == "" {
		return redacted
	}
	q := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Set(name, "xxxxx")
		}
	}
	u.RawQuery = q.Encode()
	return u.Redacted()
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
