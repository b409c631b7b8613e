package config

import (
	"time"
)

// Config is every setting of the house. Its fields are read once at start and
// never changed. Keys in the file are the yaml names; names of environment
// variables are the env names behind NOROSHI_.
type Config struct {
	Data        string `yaml:"data" env:"DATA"`                 // folder of everything durable; default ./data
	Addr        string `yaml:"addr" env:"ADDR"`                 // address that serve listens on; default 127.0.0.1:8686
	BaseURL     string `yaml:"base_url" env:"BASE_URL"`         // how people reach the house, without a path; default http://localhost and the port of Addr
	DatabaseURL Secret `yaml:"database_url" env:"DATABASE_URL"` // postgres://…; empty: SQLite file noroshi.db below Data
	Language    string `yaml:"language" env:"LANGUAGE"`         // ja or en: language of a reader whose own is not known; default ja
	Zone        string `yaml:"zone" env:"ZONE"`                 // IANA time zone of the team; default Asia/Tokyo

	Log      Log      `yaml:"log" envPrefix:"LOG_"`
	TLS      TLS      `yaml:"tls" envPrefix:"TLS_"`
	HTTP     HTTP     `yaml:"http" envPrefix:"HTTP_"`
	Metrics  Metrics  `yaml:"metrics" envPrefix:"METRICS_"`
	Identity Identity `yaml:"identity" envPrefix:"IDENTITY_"`
	Audit    Audit    `yaml:"audit" envPrefix:"AUDIT_"`
	Blob     Blob     `yaml:"blob" envPrefix:"BLOB_"`
	Backup   Backup   `yaml:"backup" envPrefix:"BACKUP_"`
	Outbound Outbound `yaml:"outbound" envPrefix:"OUTBOUND_"`
	Fetch    []Fetch  `yaml:"fetch" envPrefix:"FETCH_"`

	warnings []string
	file     string
}

// Log says how the house writes its log to standard error.
type Log struct {
	Format string `yaml:"format" env:"FORMAT"` // text or json; default text
	Level  string `yaml:"level" env:"LEVEL"`   // debug, info, warn or error; default info
}

// TLS names the files of a certificate chain and its key, both PEM. Without
// them the house speaks plain HTTP and expects a proxy in front of it.
type TLS struct {
	Certificate string `yaml:"certificate" env:"CERTIFICATE"`
	Key         string `yaml:"key" env:"KEY"`
}

// HTTP bounds what one client, or all of them together, may take.
type HTTP struct {
	TrustedProxies           Networks `yaml:"trusted_proxies" env:"TRUSTED_PROXIES"`                         // whose X-Forwarded-For is believed
	MaxConnections           int      `yaml:"max_connections" env:"MAX_CONNECTIONS"`                         // default 4096
	MaxConnectionsPerAddress int      `yaml:"max_connections_per_address" env:"MAX_CONNECTIONS_PER_ADDRESS"` // default 256; a trusted proxy is not counted
	ReadHeaderTimeout        Duration `yaml:"read_header_timeout" env:"READ_HEADER_TIMEOUT"`                 // default 10s
	StopTimeout              Duration `yaml:"stop_timeout" env:"STOP_TIMEOUT"`                               // how long a stop waits for requests and jobs; default 20s
}

// Metrics says who besides loopback may read /metrics.
type Metrics struct {
	Allow Networks `yaml:"allow" env:"ALLOW"`
}

// Identity holds the sign-in providers.
type Identity struct {
	OIDC []OIDC `yaml:"oidc" envPrefix:"OIDC_"`
}

// OIDC is one OpenID Connect provider that people may sign in with.
type OIDC struct {
	Name         string   `yaml:"name" env:"NAME"`     // in the callback URL: lower-case letters, digits, hyphens
	Title        string   `yaml:"title" env:"TITLE"`   // on the button; default Name
	Issuer       string   `yaml:"issuer" env:"ISSUER"` // https URL
	ClientID     string   `yaml:"client_id" env:"CLIENT_ID"`
	ClientSecret Secret   `yaml:"client_secret" env:"CLIENT_SECRET"`
	Scopes       []string `yaml:"scopes" env:"SCOPES"` // default openid, profile, email
}

// Audit names the file of the key that signs checkpoints of the audit record.
type Audit struct {
	KeyFile string `yaml:"key_file" env:"KEY_FILE"` // made with mode 0600 if absent; default audit.key below Data
}

// Blob says where large things lie and whether they are encrypted there.
type Blob struct {
	S3             S3       `yaml:"s3" envPrefix:"S3_"`
	Recipients     []string `yaml:"recipients" env:"RECIPIENTS"`           // age1…: blobs are encrypted to them
	IdentitiesFile string   `yaml:"identities_file" env:"IDENTITIES_FILE"` // age identities that open them
}

// S3 is a bucket for blobs; without an endpoint they lie below Data.
type S3 struct {
	Endpoint  string `yaml:"endpoint" env:"ENDPOINT"` // host:port
	Region    string `yaml:"region" env:"REGION"`
	Bucket    string `yaml:"bucket" env:"BUCKET"`
	Prefix    string `yaml:"prefix" env:"PREFIX"`
	AccessKey string `yaml:"access_key" env:"ACCESS_KEY"`
	SecretKey Secret `yaml:"secret_key" env:"SECRET_KEY"`
	PlainHTTP bool   `yaml:"plain_http" env:"PLAIN_HTTP"` // for a bucket on the same machine
}

// Backup says to whom a backup archive is encrypted.
type Backup struct {
	Recipients []string `yaml:"recipients" env:"RECIPIENTS"` // age1…; empty: not encrypted
}

// Outbound governs calls to the outside: webhooks and fetched sources.
type Outbound struct {
	Off          bool     `yaml:"off" env:"OFF"`                     // nothing goes out; the demo sets it
	AllowPrivate Networks `yaml:"allow_private" env:"ALLOW_PRIVATE"` // private networks that may be called nevertheless
}

// Fetch is a source that a room reads again and again.
type Fetch struct {
	Room   string   `yaml:"room" env:"ROOM"`     // default kengine
	Name   string   `yaml:"name" env:"NAME"`     // lower-case letters, digits, hyphens
	URL    Secret   `yaml:"url" env:"URL"`       // https, or http for a private network allowed below outbound
	Every  Duration `yaml:"every" env:"EVERY"`   // default 1h, at least 1m
	Format string   `yaml:"format" env:"FORMAT"` // empty: told by content
}

// Default returns the settings of an empty file and an empty environment.
func Default() Config {
	return Config{
		Data: "./data", Addr: "127.0.0.1:8686", Language: "ja", Zone: "Asia/Tokyo",
		Log: Log{Format: "text", Level: "info"},
		HTTP: HTTP{
			MaxConnections: 4096, MaxConnectionsPerAddress: 256,
			ReadHeaderTimeout: Duration(10 * time.Second), StopTimeout: Duration(20 * time.Second),
		},
	}
}

// File returns the file that c was read from, empty if there was none.
func (c Config) File() string { return c.file }

// Warnings returns what is odd but not wrong: NOROSHI_ variables of the
// environment that the house does not know.
func (c Config) Warnings() []string { return c.warnings }
