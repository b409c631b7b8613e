package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"
)

// Prefix begins the name of every environment variable that the house reads.
const Prefix = "NOROSHI_"

// maxFile and maxSecret bound what Load reads, in bytes.
const (
	maxFile   = 1 << 20
	maxSecret = 64 << 10
)

// foreign are NOROSHI_ variables of the test suite and its tools, which are not settings.
var foreign = []string{"NOROSHI_CONFIG", "NOROSHI_TEST_", "NOROSHI_SHARED", "NOROSHI_TOOLS", "NOROSHI_PG_"}

// Load reads the settings: defaults, then the YAML file, then environ (NAME=value
// as os.Environ gives it). Without a named file it takes NOROSHI_CONFIG, then
// noroshi.yaml in the data folder if there is one. All problems found are
// returned together as one *Error. A relative data folder stays relative to the
// working folder.
func Load(file string, environ []string) (Config, error) {
	c := Default()
	vars, err := variables(environ)
	if err != nil {
		return Config{}, err
	}
	if c.file, err = choose(file, vars); err != nil {
		return Config{}, err
	}
	if c.file != "" {
		if err := c.readFile(); err != nil {
			return Config{}, err
		}
	}
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars, Prefix: Prefix}); err != nil {
		return Config{}, environmentError(err)
	}
	c.warnings = unknownVariables(vars)
	c.complete()
	if problems := c.Check(); len(problems) > 0 {
		return Config{}, &Error{File: c.file, Problems: problems}
	}
	return c, nil
}

// choose returns the file to read: the one asked for must exist, the default one may.
func choose(file string, vars map[string]string) (string, error) {
	if file == "" {
		file = vars["NOROSHI_CONFIG"]
	}
	if file != "" {
		return file, nil
	}
	data := vars["NOROSHI_DATA"]
	if data == "" {
		data = Default().Data
	}
	file = filepath.Join(data, "noroshi.yaml")
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", fmt.Errorf("config: look for %s: %w", file, err)
	}
	return file, nil
}

// readFile lays the file over c.
func (c *Config) readFile() error {
	f, err := os.Open(c.file)
	if err != nil {
		return &Error{File: c.file, Problems: []Problem{{Text: "cannot be read: " + plain(err)}}}
	}
	defer f.Close()
	data, err := readAtMost(f, maxFile)
	if err != nil {
		return &Error{File: c.file, Problems: []Problem{{Text: plain(err)}}}
	}
	body, problems := parse(data)
	if len(problems) > 0 {
		return &Error{File: c.file, Problems: problems}
	}
	if body == nil { // nothing but comments; the decoder would zero the defaults
		return nil
	}
	if err := yaml.NodeToValue(body, c, yaml.Strict()); err != nil {
		return &Error{File: c.file, Problems: []Problem{syntax(err)}}
	}
	return nil
}

// complete fills what follows from other settings.
func (c *Config) complete() {
	if c.BaseURL == "" {
		c.BaseURL = "http://localhost:" + port(c.Addr)
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.Audit.KeyFile == "" {
		c.Audit.KeyFile = filepath.Join(c.Data, "audit.key")
	}
	for i := range c.Identity.OIDC {
		p := &c.Identity.OIDC[i]
		if p.Title == "" {
			p.Title = p.Name
		}
		if len(p.Scopes) == 0 {
			p.Scopes = []string{"openid", "profile", "email"}
		}
	}
	for i := range c.Fetch {
		f := &c.Fetch[i]
		if f.Room == "" {
			f.Room = "kengine"
		}
		if f.Every == 0 {
			f.Every = Duration(defaultEvery)
		}
	}
}
