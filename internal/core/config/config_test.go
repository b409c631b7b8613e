package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// load writes text as the file and loads it with the given environment.
func load(t *testing.T, text string, environ ...string) (Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "noroshi.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(file, environ)
}

func TestEmptyFileAndEnvironmentGiveDefaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# only a comment\n", "---\n"} {
		c, err := load(t, text)
		if err != nil {
			t.Fatalf("Load(%q) = %v", text, err)
		}
		want := Default()
		want.BaseURL = "http://localhost:8686"
		want.Audit = Audit{KeyFile: "data/audit.key"}
		if diff := cmp.Diff(want, c, cmpopts.IgnoreUnexported(Config{})); diff != "" {
			t.Errorf("Load(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestEnvironmentOverridesFile(t *testing.T) {
	t.Parallel()
	c, err := load(t, `
addr: 127.0.0.1:1
log: {format: json}
metrics: {allow: [192.0.2.0/24]}
fetch:
  - {name: kev, url: "https://example.com/kev.json", every: 2h}
`, "NOROSHI_ADDR=127.0.0.1:2", "NOROSHI_FETCH_0_EVERY=30m", "NOROSHI_FETCH_1_NAME=epss", "NOROSHI_FETCH_1_URL=https://example.com/epss.csv",
		"NOROSHI_METRICS_ALLOW=198.51.100.7,2001:db8::/32", "OTHER=1")
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:2" || c.BaseURL != "http://localhost:2" || c.Log.Format != "json" {
		t.Errorf("Addr, BaseURL, Log.Format = %q, %q, %q", c.Addr, c.BaseURL, c.Log.Format)
	}
	if len(c.Fetch) != 2 || c.Fetch[0].Every.Std() != 30*time.Minute || c.Fetch[1].Name != "epss" || c.Fetch[1].Every.Std() != time.Hour || c.Fetch[1].Room != "kengine" {
		t.Errorf("Fetch = %+v", c.Fetch)
	}
	if got, want := fmt.Sprint(c.Metrics.Allow.Prefixes()), "[198.51.100.7/32 2001:db8::/32]"; got != want {
		t.Errorf("Metrics.Allow = %s, want %s", got, want)
	}
}

func TestUnknownKeysAreRefusedWithLineAndNearestName(t *testing.T) {
	t.Parallel()
	_, err := load(t, "data: ./x\nadress: a:1\nlog:\n  fromat: json\nfetch:\n  - name: a\n    ulr: https://example.com\n")
	problems, ok := err.(*Error) //nolint:errorlint // the test asks for the very type
	if !ok || len(problems.Problems) != 3 {
		t.Fatalf("Load() = %v, want three problems", err)
	}
	for i, want := range []Problem{
		{Line: 2, Key: "adress", Text: "unknown key", Hint: `did you mean "addr"?`},
		{Line: 4, Key: "log.fromat", Text: "unknown key", Hint: `did you mean "log.format"?`},
		{Line: 7, Key: "fetch.ulr", Text: "unknown key", Hint: `did you mean "fetch.url"?`},
	} {
		if diff := cmp.Diff(want, problems.Problems[i]); diff != "" {
			t.Errorf("problem %d (-want +got):\n%s", i, diff)
		}
	}
	if !strings.Contains(err.Error(), "noroshi.yaml line 2: adress: unknown key") {
		t.Errorf("Error() = %q", err)
	}
}

func TestBrokenFilesNameThePlaceAndNotTheSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"data: [1\ndatabase_url: hunter2\n":             "line",
		"http:\n  max_connections: hunter2\n":           "line 2",
		"data: ./a\ndata: ./b\n":                        "line 2",
		"data: ./a\n---\ndata: ./b\n":                   "more than one YAML document",
		"- hunter2\n":                                   "not a mapping",
		"http: {read_header_timeout: hunter2}\n":        "",
		"database_url: mysql://root:hunter2@localhost/": "not a PostgreSQL URL",
		strings.Repeat("#", maxFile+1):                  "larger than",
	} {
		_, err := load(t, text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%.40q) = %v, want it to name %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Load(%.40q) shows the value: %v", text, err)
		}
	}
}

func TestSecretsComeFromFilesAndAreNeverPrinted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("postgres://noroshi:hunter2@db/noroshi?sslpassword=hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, "identity: {oidc: [{name: a, issuer: 'https://idp.example', client_id: x}]}", "NOROSHI_DATABASE_URL_FILE="+file, "NOROSHI_IDENTITY_OIDC_0_CLIENT_SECRET=hunter2")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.DatabaseURL.Reveal(), "hunter2") || c.Identity.OIDC[0].ClientSecret.Reveal() != "hunter2" {
		t.Error("the secrets did not arrive")
	}
	var b strings.Builder
	if err := c.WriteYAML(&b); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%v %+v %#v %s", c, c, c, c.DatabaseURL.LogValue())
	js, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if text := b.String() + string(js); strings.Contains(text, "hunter2") {
		t.Errorf("a secret was printed:\n%s", text)
	} else if !strings.Contains(text, "postgres://noroshi:xxxxx@db/noroshi") {
		t.Errorf("the database is not shown:\n%s", text)
	}
	if _, err := load(t, "", "NOROSHI_DATABASE_URL_FILE="+file+"x"); err == nil || !strings.Contains(err.Error(), "NOROSHI_DATABASE_URL_FILE") {
		t.Errorf("missing secret file: %v", err)
	}
}

func TestPrintedSettingsLoadAgain(t *testing.T) {
	t.Parallel()
	c, err := load(t, "addr: 127.0.0.1:0\nlog: {level: debug}\nfetch: [{name: a, url: 'https://example.com/a'}]\nhttp: {stop_timeout: 90s}\n")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := c.WriteYAML(&b); err != nil {
		t.Fatal(err)
	}
	again, err := load(t, b.String())
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if diff := cmp.Diff(c, again, cmpopts.IgnoreUnexported(Config{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
}

func TestWrongValuesAreAllNamed(t *testing.T) {
	t.Parallel()
	_, err := load(t, `
addr: nowhere
base_url: https://host/path
zone: Mars/Olympus
language: fr
log: {format: xml, level: loud}
tls: {certificate: nofile.pem}
http: {trusted_proxies: [x], max_connections: 0}
backup: {recipients: [age1x]}
blob: {s3: {endpoint: "s3:9000"}}
identity: {oidc: [{name: A b, issuer: "http://idp.example"}]}
fetch: [{name: a, url: "ftp://x", every: 1s}, {name: a, url: "https://x"}]
`)
	for _, want := range []string{
		"addr:", "base_url:", "zone:", "language:", "log.format:", "log.level:", "tls:", "tls.certificate:", "http.trusted_proxies:", "http.max_connections:",
		"backup.recipients:", "blob.s3:", "identity.oidc[0].name:", "identity.oidc[0].issuer:", "identity.oidc[0].client_id:", "fetch[0].url:", "fetch[0].every:", "fetch[1].name:",
	} {
		if err == nil || !strings.Contains(err.Error(), ": "+want) {
			t.Errorf("%s is not named in:\n%v", want, err)
		}
	}
}

func TestEnvironmentMistakes(t *testing.T) {
	t.Parallel()
	_, err := load(t, "", "NOROSHI_HTTP_MAX_CONNECTIONS=hunter2", "NOROSHI_OUTBOUND_OFF=hunter2", "NOROSHI_HTTP_STOP_TIMEOUT=hunter2")
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "whole number") || !strings.Contains(err.Error(), "true or false") {
		t.Errorf("Load() = %v", err)
	}
	c, err := load(t, "", "NOROSHI_ADRR=x", "NOROSHI_TEST_POSTGRES=x", "NOROSHI_SHARED=x", "NOROSHI_FETCH_0_NAME=a", "NOROSHI_FETCH_0_URL=https://example.com")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"environment variable NOROSHI_ADRR is not known; nearest: NOROSHI_ADDR"}; !cmp.Equal(want, c.Warnings()) {
		t.Errorf("Warnings() = %q, want %q", c.Warnings(), want)
	}
}

func TestFileIsFoundInTheDataFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := Load("", []string{"NOROSHI_DATA=" + dir})
	if err != nil || c.File() != "" {
		t.Fatalf("Load() = %q, %v without a file", c.File(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "noroshi.yaml"), []byte("language: en\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err = Load("", []string{"NOROSHI_DATA=" + dir}); err != nil || c.Language != "en" || c.File() == "" {
		t.Errorf("Load() = %+v, %v, want the file in the data folder", c, err)
	}
	if _, err := Load(filepath.Join(dir, "other.yaml"), nil); err == nil {
		t.Error("a named file that is missing was not refused")
	}
}

func TestEveryKeyHasAVariableOfTheSameName(t *testing.T) {
	t.Parallel()
	keys, variables := Keys(), variableNames()
	for i, key := range keys {
		want := strings.NewReplacer("FETCH_", "FETCH_N_", "IDENTITY_OIDC_", "IDENTITY_OIDC_N_").Replace(Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_")))
		if variables[i] != want {
			t.Errorf("key %s has variable %s, want %s", key, variables[i], want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("data: x\nlog: {level: info}\n")
	f.Add("fetch: [{name: a}]\nidentity: {oidc: [{}]}\n")
	f.Add("a: &a [*a]\n? b\n: c\n<<: {x: y}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := Default()
		_, problems := parse([]byte(text))
		file := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c.file = file
		if err := c.readFile(); err == nil && len(problems) > 0 {
			t.Errorf("%q has unknown keys %v and was taken", text, problems)
		}
	})
}
