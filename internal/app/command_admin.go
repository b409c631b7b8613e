package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
)

// commandLine is who acts when somebody with a shell on the server does.
func commandLine() identity.Actor { return identity.System("command-line") }

// firstLink returns a link that makes the first administrator, empty if there is one.
func (h *House) firstLink(ctx context.Context) (string, error) {
	secret, err := h.identity.FirstRun(ctx)
	if err != nil || secret == "" {
		return "", err
	}
	return h.link(secret), nil
}

// link returns the address of a single-use link.
func (h *House) link(secret string) string {
	return h.config.BaseURL + "/" + h.config.Language + identity.LinkPath(secret)
}

// adminCommand makes people and links without signing in, for whoever has a
// shell on the server.
func (p *program) adminCommand() *cobra.Command {
	group := &cobra.Command{Use: "admin", Short: "Make people and sign-in links from the server's shell"}
	group.AddCommand(p.adminCreate(), p.adminLink(), p.adminList())
	return group
}

func (p *program) adminCreate() *cobra.Command {
	var name, lang, role string
	c := &cobra.Command{
		Use: "create LOGIN", Short: "Make a person and print a sign-in link", Args: cobra.ExactArgs(1),
		Long: "Makes a person with a role for the whole instance and prints a link that signs in once. No password is set or shown.",
		RunE: func(c *cobra.Command, args []string) error {
			if name == "" {
				name = args[0]
			}
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				var roles []identity.Role
				if role != "none" {
					roles = []identity.Role{identity.Role(role)}
				}
				person, err := h.identity.CreatePerson(ctx, commandLine(), args[0], name, lang, roles)
				if err != nil {
					return err
				}
				return h.printLink(ctx, c, person.ID)
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "displayed `name` (default: the login)")
	c.Flags().StringVar(&lang, "lang", "", "`language` of the pages, ja or en (default: that of the page)")
	c.Flags().StringVar(&role, "role", string(identity.Admin), "admin, auditor or none")
	return c
}

func (p *program) adminLink() *cobra.Command {
	return &cobra.Command{
		Use: "link [LOGIN]", Short: "Print a link that signs a person in once", Args: cobra.MaximumNArgs(1),
		Long: `Prints a link that signs the person in once, for somebody who is locked out; a second factor is still asked.
Without a login it prints a new link for the first administrator, as long as there is none.
Exit status 3: there is no such person, or there is an administrator already.`,
		RunE: func(c *cobra.Command, args []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				if len(args) == 1 {
					person, err := h.identity.PersonByLogin(ctx, commandLine(), args[0])
					if err != nil {
						return err
					}
					return h.printLink(ctx, c, person.ID)
				}
				link, err := h.firstLink(ctx)
				if err != nil {
					return err
				}
				if link == "" {
					return hinted(withStatus(fmt.Errorf("there is an administrator already"), exitMissing), "run: noroshi admin list, then: noroshi admin link LOGIN")
				}
				return printLink(c, link)
			})
		},
	}
}

// printLink issues and prints a sign-in link of a person.
func (h *House) printLink(ctx context.Context, c *cobra.Command, person string) error {
	secret, err := h.identity.IssueSignInLink(ctx, commandLine(), person)
	if err != nil {
		return err
	}
	return printLink(c, h.link(secret))
}

func printLink(c *cobra.Command, link string) error {
	if module.JSON(c) {
		return printJSON(c.OutOrStdout(), map[string]string{"link": link})
	}
	fmt.Fprintln(c.OutOrStdout(), link)
	return nil
}

// listed is one person as admin list shows it.
type listed struct {
	Login         string          `json:"login"`
	Name          string          `json:"name"`
	Roles         []identity.Role `json:"roles"`
	Organisations []string        `json:"organisations"`
	Disabled      bool            `json:"disabled"`
}

func (p *program) adminList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List people and their roles", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				people, err := h.people(ctx)
				if err != nil {
					return err
				}
				if module.JSON(c) {
					return printJSON(c.OutOrStdout(), people)
				}
				t := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintln(t, "LOGIN\tNAME\tROLES\tORGANISATIONS\tSTATE")
				for _, x := range people {
					state := "enabled"
					if x.Disabled {
						state = "disabled"
					}
					roles := make([]string, len(x.Roles))
					for i, r := range x.Roles {
						roles[i] = string(r)
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.Login, x.Name, strings.Join(roles, ","), strings.Join(x.Organisations, ","), state)
				}
				return t.Flush()
			})
		},
	}
}

// people lists everybody.
func (h *House) people(ctx context.Context) ([]listed, error) {
	out := []listed{}
	f := identity.PeopleFilter{Limit: 500}
	for {
		page, err := h.identity.People(ctx, commandLine(), f)
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			x := listed{Login: a.Login, Name: a.Name, Roles: a.InstanceRoles, Disabled: !a.DisabledAt.IsZero()}
			for _, m := range a.Memberships {
				x.Organisations = append(x.Organisations, m.Name)
			}
			out = append(out, x)
		}
		if len(page) < f.Limit {
			return out, nil
		}
		f.After = page[len(page)-1].Login
	}
}
