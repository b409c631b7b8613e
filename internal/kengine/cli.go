package kengine

import "github.com/spf13/cobra"

// commands are the subcommands of noroshi kengine.
func (s *Service) commands() []*cobra.Command { return nil }
