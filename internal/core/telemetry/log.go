package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

type requestKey struct{}

// WithRequest returns ctx with the id of a request; log lines written with it carry the id.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// Request returns the id of the request that ctx belongs to, empty if there is none.
func Request(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// NewLog returns a log that writes to w as text or json, from a level on (debug,
// info, warn, error). Lines written with a context carry its request id.
func NewLog(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("telemetry: log level %q: %w", level, err)
	}
	opts := &slog.HandlerOptions{Level: l, ReplaceAttr: utc}
	switch format {
	case "json":
		return slog.New(handler{slog.NewJSONHandler(w, opts)}), nil
	case "text":
		return slog.New(handler{slog.NewTextHandler(w, opts)}), nil
	default:
		return nil, fmt.Errorf("telemetry: log format %q is neither text nor json", format)
	}
}

// utc writes the time of a line in UTC, and errors on one line.
func utc(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		a.Value = slog.TimeValue(a.Value.Time().UTC())
	}
	if err, ok := a.Value.Any().(error); ok {
		a.Value = slog.StringValue(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return a
}

// handler adds the request id of the context to each line.
type handler struct{ slog.Handler }

// Handle writes one line.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id := Request(ctx); id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns the handler with attributes on each line.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns the handler with the following keys in a group.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
