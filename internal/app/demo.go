package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
)

// demoMark is the file that says that a data folder is a demo's.
const demoMark = "demo"

// demoSeed makes the ids of the demo the same each time. Secrets never come from
// it: the house is opened again with true randomness before it serves.
var demoSeed = [32]byte([]byte("a signal fire on every mountain "))

// demoPerson is somebody who works in the demo.
type demoPerson struct {
	login, name, lang string
	instance          []identity.Role
	roles             [2][]identity.Role // in the two organisations
}

// demoOrganisations are made up, and so are all people below.
var demoOrganisations = [2]string{"あおぞら製作所 CSIRT", "Kaede Hospital CSIRT"}

// demoLogin is whom the printed link signs in.
const demoLogin = "demo"

func demoPeople() []demoPerson {
	all := func(r identity.Role) [2][]identity.Role { return [2][]identity.Role{{r}, {r}} }
	first := func(r identity.Role) [2][]identity.Role { return [2][]identity.Role{{r}, nil} }
	second := func(r identity.Role) [2][]identity.Role { return [2][]identity.Role{nil, {r}} }
	return []demoPerson{
		{demoLogin, "灯台 みさき", "", []identity.Role{identity.Admin}, all(identity.Manager)},
		{"tanaka", "田中 彩", "ja", nil, first(identity.Analyst)},
		{"suzuki", "鈴木 健", "ja", nil, first(identity.Analyst)},
		{"miller", "Alex Miller", "en", nil, second(identity.Analyst)},
		{"audit", "監査 太郎", "ja", []identity.Role{identity.Auditor}, [2][]identity.Role{}},
		{"reader", "読書 花子", "ja", nil, first(identity.Reader)},
	}
}

// demoCommand runs a house on made-up data.
func (p *program) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "Run the whole house on made-up data", Args: cobra.NoArgs,
		Long: `Runs the house on made-up organisations and people and on real, public vulnerability records. Nothing goes out,
every page has a banner, and one sign-in link is printed. The data is kept in the folder "demo" below the data
folder, or in NOROSHI_DATA if that is set; a folder with other data is refused. Delete the folder to begin anew.`,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.demoSettings()
			if err != nil {
				return err
			}
			log, err := p.log(s)
			if err != nil {
				return err
			}
			if err := furnishDemo(c.Context(), Config{Config: s, Log: log, Demo: true, Migrate: true}); err != nil {
				return err
			}
			h, err := Open(c.Context(), Config{Config: s, Log: log, Demo: true})
			if err != nil {
				return err
			}
			link, err := h.demoLink(c.Context())
			if err == nil {
				err = p.serve(c.Context(), h, link, identity.SignInLinkLife)
			}
			return errors.Join(err, h.Close(context.WithoutCancel(c.Context())))
		},
	}
}

// demoSettings are the settings with a data folder of its own and nothing going out.
func (p *program) demoSettings() (config.Config, error) {
	s, err := p.settings()
	if err != nil {
		return config.Config{}, err
	}
	if s.Data == config.Default().Data {
		s.Data = filepath.Join(s.Data, "demo")
		if s.Audit.KeyFile == filepath.Join(config.Default().Data, "audit.key") {
			s.Audit.KeyFile = filepath.Join(s.Data, "audit.key")
		}
	}
	if s.DatabaseURL != "" {
		return config.Config{}, hinted(errors.New("demo: it keeps its data in a folder, never in a PostgreSQL database"), "unset NOROSHI_DATABASE_URL, or run: noroshi serve")
	}
	s.Outbound.Off, s.Fetch = true, nil
	if s.Log.Level == config.Default().Log.Level {
		s.Log.Level = "warn" // the link should not be lost among lines about requests
	}
	return s, markDemo(s.Data)
}

// markDemo makes the demo's folder, and refuses one that holds other data.
func markDemo(dir string) error {
	mark := filepath.Join(dir, demoMark)
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "noroshi.db")); !errors.Is(err, fs.ErrNotExist) {
		return hinted(fmt.Errorf("demo: %s holds data that is not a demo's", dir), "name another folder by NOROSHI_DATA")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := os.WriteFile(mark, []byte("This folder holds a demo. Delete it to begin anew.\n"), 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// furnishDemo opens the house with ids of a fixed seed, makes people and lets
// every room add its data. Run again it adds nothing more.
func furnishDemo(ctx context.Context, c Config) (err error) {
	if c.Clock == nil {
		c.Clock = clock.Wall{}
	}
	c.IDs = id.Seeded(rand.NewChaCha8(demoSeed), c.Clock.Now)
	h, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(context.WithoutCancel(ctx))) }()
	if err := h.demoPeople(ctx); err != nil {
		return fmt.Errorf("demo: people: %w", err)
	}
	for _, m := range h.modules {
		if m.Seed == nil {
			continue
		}
		if err := m.Seed(ctx); err != nil {
			return fmt.Errorf("demo: %s: %w", m.Name, err)
		}
	}
	return nil
}

// demoPeople makes organisations and people, unless they are there.
func (h *House) demoPeople(ctx context.Context) error {
	tenants, err := h.identity.Tenants(ctx, h.db.Read())
	if err != nil || len(tenants) > 0 {
		return err
	}
	who := identity.System("demo")
	var ids [2]string
	for i, name := range demoOrganisations {
		t, err := h.identity.CreateOrganisation(ctx, who, name)
		if err != nil {
			return err
		}
		ids[i] = t.ID
	}
	for _, d := range demoPeople() {
		person, err := h.identity.CreatePerson(ctx, who, d.login, d.name, d.lang, d.instance)
		if err != nil {
			return err
		}
		for i, roles := range d.roles {
			if len(roles) == 0 {
				continue
			}
			if err := h.identity.SetMember(ctx, who, ids[i], person.ID, roles); err != nil {
				return err
			}
		}
	}
	return nil
}

// demoLink returns a link that signs the demo's administrator in.
func (h *House) demoLink(ctx context.Context) (string, error) {
	person, err := h.identity.PersonByLogin(ctx, commandLine(), demoLogin)
	if err != nil {
		return "", err
	}
	secret, err := h.identity.IssueSignInLink(ctx, commandLine(), person.ID)
	if err != nil {
		return "", err
	}
	return h.link(secret), nil
}
