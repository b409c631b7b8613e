package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/module"
)

// Exit statuses of the command, the same for every subcommand.
const (
	exitDone    = 0 // it was done
	exitFailed  = 1 // it was not; the reason is on standard error
	exitMisuse  = 2 // the command line itself is wrong
	exitMissing = 3 // what was asked for is not there, or does not run
)

// IO is what a command reads and writes: the process's own, or a test's.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string // NAME=value
}

// program is one run of the command line.
type program struct {
	IO
	args   []string
	file   string // --config
	house  *House // open while a room's command runs
	texts  *i18n.Catalogue
	closed []module.Module
}

// Main runs the command line and returns the exit status. It ends early and in
// order at SIGINT and SIGTERM; a second signal ends it at once.
func Main(args []string, std IO) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from now on a signal has its usual meaning again
	defer stop()
	return run(ctx, args, std)
}

// run is Main without signals.
func run(ctx context.Context, args []string, std IO) int {
	p := &program{IO: std, args: args}
	_, p.closed = build(module.Deps{})
	var err error
	if p.texts, err = catalogue(p.closed); err != nil {
		return p.fail(err)
	}
	root := p.root(p.closed)
	root.SetArgs(args)
	return p.fail(root.ExecuteContext(ctx))
}

// root builds the tree of commands over the rooms, closed or open.
func (p *program) root(rooms []module.Module) *cobra.Command {
	root := &cobra.Command{
		Use: "noroshi", Short: "The software a CSIRT runs on",
		Long: `noroshi observes, receives, decides, coordinates, warns, publishes and learns.

Start with "noroshi demo" for a house on made-up data, or with "noroshi serve".
Exit status: 0 done, 1 failed, 2 misuse, 3 not found or not running.`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.PersistentFlags().StringVar(&p.file, "config", "", "settings in this YAML `file` (default: noroshi.yaml in the data folder)")
	root.PersistentFlags().Bool("json", false, "print JSON")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misuse(err) })
	root.AddGroup(&cobra.Group{ID: "run", Title: "Run:"}, &cobra.Group{ID: "keep", Title: "Keep:"}, &cobra.Group{ID: "room", Title: "Rooms:"}, &cobra.Group{ID: "more", Title: "More:"})
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	p.add(root, "run", p.serveCommand(), p.demoCommand())
	p.add(root, "keep", p.migrateCommand(), p.doctorCommand(), p.backupCommand(), p.restoreCommand(), p.configCommand(), p.adminCommand(), p.auditCommand())
	p.add(root, "more", p.versionCommand(), p.manCommand())
	for _, m := range rooms {
		if m.Commands == nil {
			continue
		}
		group := &cobra.Command{Use: m.Name, Short: p.texts.Text(i18n.EN, m.Name+".command"), GroupID: "room"}
		for _, c := range m.Commands() {
			if p.house == nil {
				p.opening(c)
			}
			group.AddCommand(c)
		}
		root.AddCommand(group)
	}
	strict(root)
	return root
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// add puts commands under a heading of the help.
func (p *program) add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

// strict makes wrong arguments a misuse, and a group without a subcommand too.
func strict(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error { return misuse(check(c, args)) }
	}
	if c.HasSubCommands() && !c.Runnable() {
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			c.SuggestionsMinimumDistance = 2
			err := fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				return hinted(misuse(err), "did you mean "+strings.Join(near, " or ")+"?")
			}
			return hinted(misuse(err), "run "+c.CommandPath()+" --help")
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

// opening makes a room's command, and all below it, open the house first and
// run as the same command of the open room.
func (p *program) opening(c *cobra.Command) {
	for _, sub := range c.Commands() {
		p.opening(sub)
	}
	if !c.Runnable() || c.Annotations[module.NoHouse] != "" {
		return
	}
	alone := c.RunE
	c.Run, c.RunE = nil, func(c *cobra.Command, args []string) error {
		if c.Annotations[module.FileNoHouse] != "" && alone != nil && len(args) > 0 && exists(args[0]) {
			return alone(c, args)
		}
		return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
			p.house = h
			root := p.root(h.modules)
			root.SetArgs(p.args)
			return root.ExecuteContext(ctx)
		})
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// settings loads the configuration that the command line asks for.
func (p *program) settings() (config.Config, error) { return config.Load(p.file, p.Environ) }

// inHouse opens the house, runs f in it and closes it.
func (p *program) inHouse(ctx context.Context, f func(ctx context.Context, h *House) error) (err error) {
	c, err := p.settings()
	if err != nil {
		return err
	}
	log, err := p.log(c)
	if err != nil {
		return err
	}
	h, err := Open(ctx, Config{Config: c, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(context.WithoutCancel(ctx))) }()
	return f(ctx, h)
}

// failure is an error with an exit status and hints.
type failure struct {
	error
	status int
	hints  []string
}

// Unwrap returns the error itself.
func (f failure) Unwrap() error { return f.error }

func misuse(err error) error {
	if err == nil {
		return nil
	}
	return failure{error: err, status: exitMisuse}
}

// hinted returns err with a hint what to do.
func hinted(err error, hint string) error {
	if f, ok := errors.AsType[failure](err); ok {
		f.hints = append(f.hints, hint)
		return f
	}
	return failure{error: err, hints: []string{hint}}
}

// withStatus returns err with an exit status of its own.
func withStatus(err error, status int) error { return failure{error: err, status: status} }

// fail prints an error and its hints and returns the exit status.
func (p *program) fail(err error) int {
	if err == nil {
		return exitDone
	}
	text, hints, status := p.words(err)
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(p.Err, "noroshi: "+line)
	}
	for _, h := range hints {
		fmt.Fprintln(p.Err, "hint: "+h)
	}
	return status
}

// words returns what is told about an error: a fault in the reader's language,
// the settings' own problems, anything else as it is.
func (p *program) words(err error) (text string, hints []string, status int) {
	text, status = err.Error(), exitFailed
	f, known := errors.AsType[failure](err)
	if known {
		hints = f.hints
	}
	if c, ok := errors.AsType[*config.Error](err); ok {
		hints = append(hints, c.Hints()...)
	}
	if flt := fault.Of(err); flt != nil && p.texts != nil {
		title, fields, hint := p.texts.Fault(p.lang(), err)
		lines := []string{title}
		for _, field := range flt.Fields {
			lines = append(lines, field.Name+": "+fields[field.Name])
		}
		text = strings.Join(lines, "\n")
		if hint != "" {
			hints = append(hints, hint)
		}
		if errors.Is(err, fault.NotFound) {
			status = exitMissing
		}
	}
	if known && f.status != 0 {
		status = f.status
	}
	return text, hints, status
}

// lang is the language of messages on the terminal: what the locale asks for.
func (p *program) lang() i18n.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, line := range p.Environ {
			if value, ok := strings.CutPrefix(line, name+"="); ok && value != "" {
				if strings.HasPrefix(value, "ja") {
					return i18n.JA
				}
				return i18n.EN
			}
		}
	}
	return i18n.EN
}
