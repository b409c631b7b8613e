package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	defaultEvery = time.Hour
	leastEvery   = time.Minute
)

var shortName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$`)

// Check returns what is wrong with the settings themselves; it opens nothing
// but the files that they name.
func (c Config) Check() []Problem {
	var p checker
	c.checkPlaces(&p)
	p.oneOf("log.format", c.Log.Format, "text", "json")
	p.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	p.oneOf("language", c.Language, "ja", "en")
	// "Local" is whatever the machine is set to, which is what this setting is to replace.
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		p.add("zone", "not a known time zone", "use an IANA name such as Asia/Tokyo or UTC")
	}
	p.networks("http.trusted_proxies", c.HTTP.TrustedProxies)
	p.networks("metrics.allow", c.Metrics.Allow)
	p.networks("outbound.allow_private", c.Outbound.AllowPrivate)
	p.positive("http.max_connections", c.HTTP.MaxConnections)
	p.positive("http.max_connections_per_address", c.HTTP.MaxConnectionsPerAddress)
	p.positive("http.read_header_timeout", int(c.HTTP.ReadHeaderTimeout))
	p.positive("http.stop_timeout", int(c.HTTP.StopTimeout))
	p.recipients("backup.recipients", c.Backup.Recipients)
	p.recipients("blob.recipients", c.Blob.Recipients)
	c.checkBlob(&p)
	c.checkOIDC(&p)
	c.checkFetch(&p)
	return p
}

// checkPlaces looks at addresses, URLs and files.
func (c Config) checkPlaces(p *checker) {
	if c.Data == "" {
		p.add("data", "is empty", "name a folder")
	}
	if _, number, err := net.SplitHostPort(c.Addr); err != nil || number == "" {
		p.add("addr", "not an address", "write host:port, for example 127.0.0.1:8686")
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path+u.RawQuery+u.Fragment != "" || u.User != nil {
		p.add("base_url", "not the address of a site", "write https://host, without a path")
	}
	if u, err := url.Parse(c.BaseURL); err == nil && net.ParseIP(u.Hostname()) != nil {
		p.add("base_url", "an address instead of a name", "passkeys need a name: use localhost, or the DNS name of the house")
	}
	if s := c.DatabaseURL.Reveal(); s != "" && !strings.HasPrefix(s, "postgres://") && !strings.HasPrefix(s, "postgresql://") {
		p.add("database_url", "not a PostgreSQL URL", "write postgres://user@host/database, or leave it out for SQLite")
	}
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		p.add("tls", "certificate and key belong together", "set both or neither")
	}
	p.file("tls.certificate", c.TLS.Certificate)
	p.file("tls.key", c.TLS.Key)
	p.file("blob.identities_file", c.Blob.IdentitiesFile)
}

func (c Config) checkBlob(p *checker) {
	s := c.Blob.S3
	if s.Endpoint != "" && (s.Bucket == "" || s.AccessKey == "" || s.SecretKey == "") {
		p.add("blob.s3", "bucket, access_key and secret_key are needed with an endpoint", "")
	}
	if s.Endpoint == "" && s.Bucket != "" {
		p.add("blob.s3.endpoint", "is empty", "write host:port of the store")
	}
	if len(c.Blob.Recipients) > 0 && c.Blob.IdentitiesFile == "" {
		p.add("blob.identities_file", "is needed to read what blob.recipients encrypts", "make one with age-keygen")
	}
}

func (c Config) checkOIDC(p *checker) {
	var seen []string
	for i, o := range c.Identity.OIDC {
		key := fmt.Sprintf("identity.oidc[%d]", i)
		if !shortName.MatchString(o.Name) || slices.Contains(seen, o.Name) {
			p.add(key+".name", "not a name of its own", "use lower-case letters, digits and hyphens, each name once")
		}
		seen = append(seen, o.Name)
		if u, err := url.Parse(o.Issuer); err != nil || u.Host == "" || (u.Scheme != "https" && !loopback(u.Hostname())) {
			p.add(key+".issuer", "not an https URL", "")
		}
		if o.ClientID == "" {
			p.add(key+".client_id", "is empty", "the provider gives it when the house is registered there")
		}
	}
}

func (c Config) checkFetch(p *checker) {
	var seen []string
	for i, f := range c.Fetch {
		key := fmt.Sprintf("fetch[%d]", i)
		if !shortName.MatchString(f.Name) || slices.Contains(seen, f.Name) {
			p.add(key+".name", "not a name of its own", "use lower-case letters, digits and hyphens, each name once")
		}
		seen = append(seen, f.Name)
		if u, err := url.Parse(f.URL.Reveal()); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			p.add(key+".url", "not a web address", "")
		}
		if f.Every.Std() < leastEvery {
			p.add(key+".every", "more often than once a minute", "write 1m or more")
		}
	}
}
