package module_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/module"
)

// root is the command of the roof with the flag that it sets.
func root(run func(c *cobra.Command)) *cobra.Command {
	top := &cobra.Command{Use: "noroshi"}
	top.PersistentFlags().Bool("json", false, "")
	top.AddCommand(&cobra.Command{Use: "do", RunE: func(c *cobra.Command, _ []string) error { run(c); return nil }})
	return top
}

// TestJSONIsAskedForAtTheRoot: a command of a room sees the flag of the roof, before or after its name.
func TestJSONIsAskedForAtTheRoot(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]bool{
		"do": false, "do --json": true, "--json do": true, "do --json=false": false, "do --json=true": true,
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			got := !want
			top := root(func(c *cobra.Command) { got = module.JSON(c) })
			top.SetArgs(strings.Fields(args))
			if err := top.Execute(); err != nil || got != want {
				t.Errorf("JSON() = %v, %v, want %v", got, err, want)
			}
		})
	}
}

// TestJSONWithoutARoof: a command that stands alone, as in a test of its room, prints for people.
func TestJSONWithoutARoof(t *testing.T) {
	t.Parallel()
	if module.JSON(&cobra.Command{}) {
		t.Error("JSON() without the flag = true")
	}
	other := &cobra.Command{}
	other.Flags().String("json", "true", "")
	if module.JSON(other) {
		t.Error("JSON() of a flag of another type = true")
	}
}

// TestAClosedHouseIsAllZero: commands are told by rooms over empty Deps, so the zero value must be
// usable as it stands: no field may be anything that a caller has to fill first.
func TestAClosedHouseIsAllZero(t *testing.T) {
	t.Parallel()
	v := reflect.ValueOf(module.Deps{})
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			t.Errorf("%s is not zero", v.Type().Field(i).Name)
		}
	}
}

// ExampleModule declares a room that has a command alone.
func ExampleModule() {
	m := module.Module{Name: "clock", Commands: func() []*cobra.Command {
		return []*cobra.Command{{Use: "now", Annotations: map[string]string{module.NoHouse: "true"}}}
	}}
	for _, c := range m.Commands() {
		fmt.Println(m.Name, c.Name(), c.Annotations[module.NoHouse], m.Pages == nil)
	}
	// Output: clock now true true
}
