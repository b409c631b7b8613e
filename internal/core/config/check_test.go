package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// good is a configuration that Check has nothing to say about.
func good() Config {
	c := Default()
	c.complete()
	return c
}

const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

func TestDefaultsAreGood(t *testing.T) {
	t.Parallel()
	if problems := good().Check(); len(problems) > 0 {
		t.Errorf("Check() = %+v", problems)
	}
}

// change is one change of a good configuration; want is the key of the only problem, empty for none.
type change struct {
	change func(*Config)
	want   string
}

func checkChanges(t *testing.T, changes map[string]change) {
	t.Helper()
	for name, tt := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := good()
			tt.change(&c)
			var keys []string
			for _, p := range c.Check() {
				keys = append(keys, p.Key)
			}
			if tt.want == "" && len(keys) > 0 || tt.want != "" && !slices.Equal(slices.Compact(keys), []string{tt.want}) {
				t.Errorf("Check() names %q, want %q", keys, tt.want)
			}
		})
	}
}

// there returns the path of a file that exists.
func there(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "there.pem")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckNamesTheOneWrongPlace(t *testing.T) {
	t.Parallel()
	here := there(t)
	checkChanges(t, map[string]change{
		"no data folder":                  {func(c *Config) { c.Data = "" }, "data"},
		"an address without port":         {func(c *Config) { c.Addr = "localhost" }, "addr"},
		"an address with an empty port":   {func(c *Config) { c.Addr = "localhost:" }, "addr"},
		"an address on every interface":   {func(c *Config) { c.Addr = ":8686" }, ""},
		"an address of IPv6":              {func(c *Config) { c.Addr = "[::1]:8686" }, ""},
		"a site with a path":              {func(c *Config) { c.BaseURL = "https://h.example/x" }, "base_url"},
		"a site with a query":             {func(c *Config) { c.BaseURL = "https://h.example?x" }, "base_url"},
		"a site with a fragment":          {func(c *Config) { c.BaseURL = "https://h.example#x" }, "base_url"},
		"a site with a user":              {func(c *Config) { c.BaseURL = "https://u@h.example" }, "base_url"},
		"a site of another scheme":        {func(c *Config) { c.BaseURL = "ftp://h.example" }, "base_url"},
		"a site without host":             {func(c *Config) { c.BaseURL = "https://:8080" }, "base_url"},
		"a site without scheme":           {func(c *Config) { c.BaseURL = "h.example" }, "base_url"},
		"a site that is an address":       {func(c *Config) { c.BaseURL = "https://192.0.2.1" }, "base_url"},
		"a site that is an IPv6 address":  {func(c *Config) { c.BaseURL = "https://[2001:db8::1]:8686" }, "base_url"},
		"a site with a port":              {func(c *Config) { c.BaseURL = "https://h.example:8443" }, ""},
		"a database of another kind":      {func(c *Config) { c.DatabaseURL = "mysql://h/d" }, "database_url"},
		"a database in key=value form":    {func(c *Config) { c.DatabaseURL = "host=h password=p" }, "database_url"},
		"a database by its long scheme":   {func(c *Config) { c.DatabaseURL = "postgresql://h/d" }, ""},
		"an unknown language":             {func(c *Config) { c.Language = "fr" }, "language"},
		"an empty zone":                   {func(c *Config) { c.Zone = "" }, "zone"},
		"an unknown zone":                 {func(c *Config) { c.Zone = "Mars/Olympus" }, "zone"},
		"the zone of the machine":         {func(c *Config) { c.Zone = "Local" }, "zone"},
		"a zone outside the database":     {func(c *Config) { c.Zone = "../etc/passwd" }, "zone"},
		"UTC":                             {func(c *Config) { c.Zone = "UTC" }, ""},
		"a log format in capitals":        {func(c *Config) { c.Log.Format = "JSON" }, "log.format"},
		"an unknown log level":            {func(c *Config) { c.Log.Level = "trace" }, "log.level"},
		"a certificate without key":       {func(c *Config) { c.TLS.Certificate = here }, "tls"},
		"a key without certificate":       {func(c *Config) { c.TLS.Key = here }, "tls"},
		"certificate and key":             {func(c *Config) { c.TLS = TLS{here, here} }, ""},
		"a key that is not there":         {func(c *Config) { c.TLS = TLS{here, here + "x"} }, "tls.key"},
		"a certificate that is not there": {func(c *Config) { c.TLS = TLS{here + "x", here} }, "tls.certificate"},
	})
}

func TestCheckNamesTheOneWrongLimitOrService(t *testing.T) {
	t.Parallel()
	here := there(t)
	oidc := func(o OIDC) func(*Config) { return func(c *Config) { c.Identity.OIDC = []OIDC{o} } }
	fetch := func(f Fetch) func(*Config) { return func(c *Config) { c.Fetch = []Fetch{f} } }
	checkChanges(t, map[string]change{
		"a proxy that is no network":       {func(c *Config) { c.HTTP.TrustedProxies = Networks{"proxy"} }, "http.trusted_proxies"},
		"a network with a wrong length":    {func(c *Config) { c.Metrics.Allow = Networks{"10.0.0.0/33"} }, "metrics.allow"},
		"a network with bits of a host":    {func(c *Config) { c.Metrics.Allow = Networks{"10.1.2.3/8"} }, ""},
		"a private network that is a name": {func(c *Config) { c.Outbound.AllowPrivate = Networks{"home"} }, "outbound.allow_private"},
		"no connections":                   {func(c *Config) { c.HTTP.MaxConnections = 0 }, "http.max_connections"},
		"no connections per address":       {func(c *Config) { c.HTTP.MaxConnectionsPerAddress = -1 }, "http.max_connections_per_address"},
		"no time for a header":             {func(c *Config) { c.HTTP.ReadHeaderTimeout = 0 }, "http.read_header_timeout"},
		"no time for a stop":               {func(c *Config) { c.HTTP.StopTimeout = -1 }, "http.stop_timeout"},
		"a recipient that is none":         {func(c *Config) { c.Backup.Recipients = []string{"age1x"} }, "backup.recipients"},
		"a recipient":                      {func(c *Config) { c.Backup.Recipients = []string{recipient} }, ""},
		"blobs that nobody can read":       {func(c *Config) { c.Blob.Recipients = []string{recipient} }, "blob.identities_file"},
		"blobs that can be read":           {func(c *Config) { c.Blob = Blob{Recipients: []string{recipient}, IdentitiesFile: here} }, ""},
		"identities that are not there":    {func(c *Config) { c.Blob.IdentitiesFile = here + "x" }, "blob.identities_file"},
		"a bucket without endpoint":        {func(c *Config) { c.Blob.S3.Bucket = "b" }, "blob.s3.endpoint"},
		"an endpoint without bucket":       {func(c *Config) { c.Blob.S3 = S3{Endpoint: "h:1", AccessKey: "a", SecretKey: "s"} }, "blob.s3"},
		"an endpoint without secret":       {func(c *Config) { c.Blob.S3 = S3{Endpoint: "h:1", AccessKey: "a", Bucket: "b"} }, "blob.s3"},
		"a whole bucket":                   {func(c *Config) { c.Blob.S3 = S3{Endpoint: "h:1", AccessKey: "a", SecretKey: "s", Bucket: "b"} }, ""},
		"a provider":                       {oidc(OIDC{Name: "idp", Issuer: "https://idp.example", ClientID: "x"}), ""},
		"a provider on this machine":       {oidc(OIDC{Name: "idp", Issuer: "http://127.0.0.1:9", ClientID: "x"}), ""},
		"a provider without TLS":           {oidc(OIDC{Name: "idp", Issuer: "http://idp.example", ClientID: "x"}), "identity.oidc[0].issuer"},
		"a provider without client":        {oidc(OIDC{Name: "idp", Issuer: "https://idp.example"}), "identity.oidc[0].client_id"},
		"a provider with a capital":        {oidc(OIDC{Name: "IdP", Issuer: "https://idp.example", ClientID: "x"}), "identity.oidc[0].name"},
		"a provider ending in a hyphen":    {oidc(OIDC{Name: "idp-", Issuer: "https://idp.example", ClientID: "x"}), "identity.oidc[0].name"},
		"a name of 32 characters":          {fetch(Fetch{Name: strings.Repeat("a", 32), URL: "https://x.example", Every: Duration(time.Minute)}), ""},
		"a name of 33 characters":          {fetch(Fetch{Name: strings.Repeat("a", 33), URL: "https://x.example", Every: Duration(time.Minute)}), "fetch[0].name"},
		"a source without a name":          {fetch(Fetch{URL: "https://x.example", Every: Duration(time.Minute)}), "fetch[0].name"},
		"a source that is a file":          {fetch(Fetch{Name: "a", URL: "file:///etc/passwd", Every: Duration(time.Minute)}), "fetch[0].url"},
		"a source fetched every second":    {fetch(Fetch{Name: "a", URL: "https://x.example", Every: Duration(59 * time.Second)}), "fetch[0].every"},
		"a source fetched backwards":       {fetch(Fetch{Name: "a", URL: "https://x.example", Every: Duration(-time.Hour)}), "fetch[0].every"},
	})
}

func TestNamesOccurOnce(t *testing.T) {
	t.Parallel()
	c := good()
	every := Duration(time.Hour)
	c.Fetch = []Fetch{{Name: "a", URL: "https://x.example", Every: every}, {Name: "b", URL: "https://x.example", Every: every}, {Name: "a", URL: "https://x.example", Every: every}}
	problems := c.Check()
	if len(problems) != 1 || problems[0].Key != "fetch[2].name" || !strings.Contains(problems[0].Hint, "each name once") {
		t.Errorf("Check() = %+v", problems)
	}
}

// The files were looked at in the order of a map, so that the same mistakes read differently.
func TestProblemsComeInTheSameOrder(t *testing.T) {
	t.Parallel()
	c := good()
	c.TLS, c.Blob.IdentitiesFile = TLS{"no-1", "no-2"}, "no-3"
	first := fmt.Sprint(c.Check())
	for range 50 {
		if again := fmt.Sprint(c.Check()); again != first {
			t.Fatalf("Check() = %s and then %s", first, again)
		}
	}
}

func TestPrefixes(t *testing.T) {
	t.Parallel()
	got := Networks{"10.1.2.3/8", "nonsense", "192.0.2.7", "2001:db8::1/32", "::1"}.Prefixes()
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("::1/128")}
	if !slices.Equal(got, want) {
		t.Errorf("Prefixes() = %v, want %v", got, want)
	}
}

func TestWhatMayBeShownOfASecret(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		secret Secret
		want   string
	}{
		"nothing":                             {"", ""},
		"a word":                              {"hunter2", redacted},
		"a database with password":            {"postgres://u:hunter2@h:5432/d?sslmode=require", "postgres://u:xxxxx@h:5432/d?sslmode=require"},
		"a database without password":         {"postgres://u@h/d", "postgres://u@h/d"},
		"a password in the query":             {"postgres://h/d?user=u&password=hunter2", "postgres://h/d?user=xxxxx&password=xxxxx"},
		"a token in the query of a source":    {"https://h/feed?token=hunter2&sslmode=x", "https://h/feed?token=xxxxx&sslmode=x"},
		"a parameter without value":           {"https://h/feed?hunter2", "https://h/feed?xxxxx"},
		"a fragment":                          {"https://h/feed#hunter2", "https://h/feed"},
		"a connection in key=value form":      {"host=h password=hunter2", redacted},
		"a random key that begins as a host":  {"//hunter2+abc", redacted},
		"a random key with a colon":           {"abc:hunter2", redacted},
		"what is no URL at all":               {"http://[::1", redacted},
		"a password with a percent that errs": {"postgres://u:hunter2%zz@h/d", redacted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.secret.String(); got != tt.want {
				t.Errorf("String() = %q, want %q", got, tt.want)
			}
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", tt.secret)
			text, err := json.Marshal(tt.secret)
			if err != nil {
				t.Fatal(err)
			}
			for where, shown := range map[string]string{
				"%v": fmt.Sprintf("%v", tt.secret), "%s": fmt.Sprintf("%s", tt.secret), "%q": fmt.Sprintf("%q", tt.secret), "%#v": fmt.Sprintf("%#v", tt.secret),
				"log": log.String(), "JSON": string(text), "struct": fmt.Sprintf("%+v", struct{ S Secret }{tt.secret}),
			} {
				if strings.Contains(shown, "hunter2") {
					t.Errorf("%s shows %s", where, shown)
				}
			}
			if tt.secret.Reveal() != string(tt.secret) {
				t.Error("Reveal() changes the secret")
			}
		})
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "-5m": -5 * time.Minute, "0": 0} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.Std() != want {
			t.Errorf("%q is read as %v, %v, want %v", text, d, err, want)
		}
		out, err := d.MarshalText()
		var again Duration
		if err != nil || again.UnmarshalText(out) != nil || again != d {
			t.Errorf("%v is written as %s, %v", d, out, err)
		}
	}
	for _, text := range []string{"", "90", "5 minutes", "1d"} {
		if err := new(Duration).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a span of time", text)
		}
	}
}

func TestProblemsAreToldOnePerLineWithTheirPlace(t *testing.T) {
	t.Parallel()
	e := &Error{File: "noroshi.yaml", Problems: []Problem{
		{Line: 3, Key: "addr", Text: "not an address", Hint: "write host:port"},
		{Key: "zone", Text: "not a known time zone"},
		{Text: "is not YAML"},
	}}
	want := "noroshi.yaml line 3: addr: not an address\nnoroshi.yaml: zone: not a known time zone\nnoroshi.yaml: is not YAML"
	if e.Error() != want {
		t.Errorf("Error() = %q, want %q", e.Error(), want)
	}
	if !slices.Equal(e.Hints(), []string{"write host:port"}) {
		t.Errorf("Hints() = %q", e.Hints())
	}
	e.File = ""
	if !strings.HasPrefix(e.Error(), "configuration line 3: addr") {
		t.Errorf("Error() = %q without a file", e.Error())
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"adress": "addr", "base-url": "base_url", "log.lvl": "log.level", "fetch.ulr": "fetch.url", "http": "http", "identity.oidc.clientid": "identity.oidc.client_id"} {
		if got := nearestKey(word); got != want {
			t.Errorf("nearestKey(%q) = %q, want %q", word, got, want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"same", "same", 0}, {"ab", "ba", 2}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"two documents":     {"data: a\n---\ndata: b\n", "holds more than one YAML document"},
		"a list":            {"- a\n- b\n", "line 1: is not a mapping"},
		"a text":            {"hello", "line 1: is not a mapping"},
		"a wrong type":      {"http:\n  max_connections: many\n", "line 2"},
		"a list for a text": {"addr: [a]\n", "line 1"},
		"a key twice":       {"addr: a:1\naddr: b:1\n", "line 2"},
		"too large":         {"# " + strings.Repeat("x", maxFile), "larger than 1048576 bytes"},
		"a span that errs":  {"http:\n  stop_timeout: soon\n", "line 2: http.stop_timeout: not a span of time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Load() = %+v, %v, want a text with %q", c, err, tt.want)
			}
			if !strings.Contains(err.Error(), "noroshi.yaml") {
				t.Errorf("%v does not name the file", err)
			}
		})
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	url := write("url", "postgres://u:p@h/d\r\n")
	for name, tt := range map[string]struct {
		environ []string
		want    string // what DatabaseURL is; or a part of the error, after "error: "
	}{
		"from a file":                     {[]string{"NOROSHI_DATABASE_URL_FILE=" + url}, "postgres://u:p@h/d"},
		"the file wins over the variable": {[]string{"NOROSHI_DATABASE_URL=postgres://x/y", "NOROSHI_DATABASE_URL_FILE=" + url}, "postgres://u:p@h/d"},
		"an empty name counts as none":    {[]string{"NOROSHI_DATABASE_URL=postgres://x/y", "NOROSHI_DATABASE_URL_FILE="}, "postgres://x/y"},
		"a file that is not there":        {[]string{"NOROSHI_DATABASE_URL_FILE=" + url + "x"}, "error: NOROSHI_DATABASE_URL_FILE: no such file"},
		"a file that is too large":        {[]string{"NOROSHI_DATABASE_URL_FILE=" + write("large", strings.Repeat("x", maxSecret+1))}, "error: larger than 65536 bytes"},
		"the first by name of two faults": {[]string{"NOROSHI_DATABASE_URL_FILE=no", "NOROSHI_BLOB_S3_SECRET_KEY_FILE=no"}, "error: NOROSHI_BLOB_S3_SECRET_KEY_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, "", tt.environ...)
			if want, fails := strings.CutPrefix(tt.want, "error: "); fails {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("Load() = %v, want a text with %q", err, want)
				}
				return
			}
			if err != nil || c.DatabaseURL.Reveal() != tt.want || len(c.Warnings()) > 0 {
				t.Errorf("DatabaseURL = %q, %v, warnings %q", c.DatabaseURL.Reveal(), err, c.Warnings())
			}
		})
	}
}

func TestCompleteFillsWhatFollows(t *testing.T) {
	t.Parallel()
	c, err := load(t, `
data: /srv/noroshi
addr: :9000
identity: {oidc: [{name: idp, issuer: "https://idp.example", client_id: x}, {name: two, title: Two, issuer: "https://two.example", client_id: x, scopes: [openid]}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "http://localhost:9000" || c.Audit.KeyFile != "/srv/noroshi/audit.key" {
		t.Errorf("BaseURL, KeyFile = %q, %q", c.BaseURL, c.Audit.KeyFile)
	}
	one, two := c.Identity.OIDC[0], c.Identity.OIDC[1]
	if one.Title != "idp" || !slices.Equal(one.Scopes, []string{"openid", "profile", "email"}) || two.Title != "Two" || len(two.Scopes) != 1 {
		t.Errorf("providers are %+v and %+v", one, two)
	}
	if c, err = load(t, "base_url: https://h.example/\n"); err != nil || c.BaseURL != "https://h.example" {
		t.Errorf("BaseURL = %q, %v, want it without a slash", c.BaseURL, err)
	}
}

func TestPortOfAnAddress(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{":80": "80", "h:443": "443", "[::1]:9": "9", "h": "8686", "h:": "8686", "": "8686", "a:b:c": "8686"} {
		if got := port(addr); got != want {
			t.Errorf("port(%q) = %q, want %q", addr, got, want)
		}
	}
}

func ExampleSecret() {
	fmt.Println(Secret("postgres://noroshi:hunter2@db/noroshi?sslmode=require"))
	fmt.Println(Secret("hunter2"))
	// Output:
	// postgres://noroshi:xxxxx@db/noroshi?sslmode=require
	// [redacted]
}

func ExampleLoad() {
	c, err := Load("", []string{"NOROSHI_DATA=/nonexistent", "NOROSHI_ADDR=127.0.0.1:9999", "NOROSHI_LANGUAGE=en"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.BaseURL, c.Language, c.Zone)
	// Output: http://localhost:9999 en Asia/Tokyo
}
