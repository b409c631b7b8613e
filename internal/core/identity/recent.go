package identity

import (
	"noroshi.dev/internal/core/fault"
)

// recent refuses a change of credentials unless the actor proved one within the
// last RecentProof. The system, which runs on the server, needs none.
func (s *Service) recent(a Actor) error {
	switch {
	case a.Kind == KindSystem:
		return nil
	case a.Kind != KindPerson:
		return fault.New(fault.Denied, "identity.sign_in_first")
	case s.clock.Now().Sub(a.Authenticated) > RecentProof:
		return fault.New(fault.Denied, "identity.prove_again").Hinted("identity.prove_again_hint")
	}
	return nil
}

// ownRecent refuses everybody but a person with a recent proof: what only
// people do to their own credentials.
func (s *Service) ownRecent(a Actor) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.recent(a)
}

// mayManage refuses to touch another person's credentials or standing, except
// for an admin, and never those of somebody more powerful than the actor.
func (s *Service) mayManage(a Actor, target Account) error {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return err
	}
	if target.actor().level() > a.level() {
		return fault.New(fault.Denied, "identity.more_powerful")
	}
	return s.recent(a)
}
