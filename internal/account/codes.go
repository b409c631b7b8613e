package account

import (
	"bytes"
	"errors"
	"net/http"

	"rsc.io/qr"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

const codesPath = "/console/account/codes"

// codesBegin makes a seed and shows it.
func (s *Service) codesBegin(w http.ResponseWriter, r *http.Request) error {
	_, err := s.identity.BeginCodes(r.Context(), web.Actor(r))
	if needsProof(err) {
		return s.done(w, r, web.URL(r, "/console/account/security"), err, "")
	}
	return s.done(w, r, web.URL(r, codesPath), err, "")
}

// codesPage shows the seed that waits for its first code.
func (s *Service) codesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showCodes(w, r, ui.Trouble{Status: http.StatusOK})
}

func (s *Service) showCodes(w http.ResponseWriter, r *http.Request, t ui.Trouble) error {
	e, err := s.identity.PendingCodes(r.Context(), web.Actor(r))
	if needsProof(err) || errors.Is(err, fault.NotFound) {
		return web.SeeOther(w, r, web.URL(r, "/console/account/security"), "")
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "account.codes.title")}, codesBody(e.Seed, t))
}

// codesQR draws the seed for a camera. It is a page of its own, so that no data
// address is needed in the page.
func (s *Service) codesQR(w http.ResponseWriter, r *http.Request) error {
	e, err := s.identity.PendingCodes(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	code, err := qr.Encode(e.URI, qr.M)
	if err != nil {
		return err
	}
	code.Scale = 6
	image := code.PNG()
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	_, err = bytes.NewReader(image).WriteTo(w)
	return err
}

// codesConfirm switches codes on and shows the recovery codes this once.
func (s *Service) codesConfirm(w http.ResponseWriter, r *http.Request) error {
	var f codeForm
	err := web.Decode(r, &f)
	if err == nil {
		var codes []string
		if codes, err = s.identity.ConfirmCodes(r.Context(), web.Actor(r), f.Code); err == nil {
			return s.showRecovery(w, r, codes)
		}
	}
	if needsProof(err) {
		return s.done(w, r, web.URL(r, codesPath), err, "")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return s.showCodes(w, r, t)
}

// codesRecovery replaces the recovery codes.
func (s *Service) codesRecovery(w http.ResponseWriter, r *http.Request) error {
	codes, err := s.identity.NewRecovery(r.Context(), web.Actor(r))
	if err != nil {
		return s.done(w, r, web.URL(r, "/console/account/security"), err, "")
	}
	return s.showRecovery(w, r, codes)
}

// showRecovery answers a POST with a page: what it shows is shown once, so there
// is no address to come back to.
func (s *Service) showRecovery(w http.ResponseWriter, r *http.Request, codes []string) error {
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "account.recovery.title")}, recoveryBody(codes))
}

func (s *Service) codesRemove(w http.ResponseWriter, r *http.Request) error {
	err := s.identity.RemoveCodes(r.Context(), web.Actor(r))
	return s.done(w, r, web.URL(r, "/console/account/security"), err, "account.codes.removed")
}
