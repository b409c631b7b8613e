// Package module says what a room is: data that the roof lists and connects.
//
// A room has a constructor
//
//	func New(d module.Deps) *Service
//	func (s *Service) Module() module.Module
//
// New keeps what it is given and touches none of it: the command line builds the
// rooms with empty Deps to print help, completion and man pages without opening
// a database. Work begins when a page, an operation, a job or a command runs.
package module
