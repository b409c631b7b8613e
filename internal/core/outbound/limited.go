package outbound

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"noroshi.dev/internal/core/fault"
)

// limited checks each request, redirected ones too, and bounds each body.
type limited struct {
	client        *Client
	secure, plain http.RoundTripper // for https and for http
}

// RoundTrip sends one request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.client.check(r.URL); err != nil {
		return nil, err
	}
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", "noroshi")
	}
	next := l.secure
	if r.URL.Scheme == "http" {
		next = l.plain
	}
	res, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.ContentLength > l.client.config.Size {
		return nil, errors.Join(fault.New(fault.Limit, "outbound.size").With("max", l.client.config.Size), res.Body.Close())
	}
	res.Body = &body{ReadCloser: res.Body, left: l.client.config.Size}
	return res, nil
}

// body ends with a fault once more than the limit was read: also of what was
// compressed, since the transport unpacks before.
type body struct {
	io.ReadCloser
	left int64
}

// Read reads at most what is left.
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fault.New(fault.Limit, "outbound.size")
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, fault.New(fault.Limit, "outbound.size")
	}
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped end is no end
		err = fmt.Errorf("outbound: read: %w", err)
	}
	return n, err
}
