package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/learn"
)

// Candidate is what was learnt about a decision: a draft that may replace the version in force, or why
// there is none.
type Candidate struct {
	ID       string
	Decision string // key of the model, a slash, key of the decision
	Base     string // id of the version from which it was made
	Model    string // id of the draft; empty: there was not enough to make one of
	Cases    int64
	History  string // hash of what it was learnt from
	Created  time.Time
	Status   CandidateStatus
	Evidence Evidence
}

// CandidateStatus says where a candidate stands.
type CandidateStatus string

// The states of a candidate.
const (
	CandidateReady     CandidateStatus = "ready"     // a draft that waits for a person
	CandidateActive    CandidateStatus = "active"    // in force
	CandidateRetired   CandidateStatus = "retired"   // was in force
	CandidateDiscarded CandidateStatus = "discarded" // its draft is gone
	CandidateNone      CandidateStatus = "none"      // not enough history
)

// Evidence is what speaks for a candidate.
type Evidence struct {
	Way          learn.Way      `json:"way,omitempty"`
	Reason       learn.Reason   `json:"reason,omitempty"`
	Against      int            `json:"against"` // cases that the version in force answers otherwise
	Before       learn.Measure  `json:"before"`
	After        learn.Measure  `json:"after"`
	Unseen       learn.Measure  `json:"unseen"`
	LeavesBefore int            `json:"leaves_before"`
	LeavesAfter  int            `json:"leaves_after"`
	DepthBefore  int            `json:"depth_before"`
	DepthAfter   int            `json:"depth_after"`
	Leaves       []LeafEvidence `json:"leaves"`
	LeavesMore   int            `json:"leaves_more,omitempty"`
	Flips        int            `json:"flips"`
	Flipped      []FlipEvidence `json:"flipped"` // at most maxFlips
}

// LeafEvidence is an end of the new tree where the version in force says something else.
type LeafEvidence struct {
	When  []FactValues `json:"when"`
	From  []string     `json:"from"` // keys of outcomes
	To    []string     `json:"to"`
	Cases int          `json:"cases"`
}

// FactValues are values of a fact by their keys.
type FactValues struct {
	Fact   string   `json:"fact"`
	Values []string `json:"values"`
}

// FlipEvidence is a past case that would be decided otherwise.
type FlipEvidence struct {
	Name   string   `json:"name,omitempty"`   // of an imported case
	Report string   `json:"report,omitempty"` // key of the report
	Task   string   `json:"task,omitempty"`
	Ruled  string   `json:"ruled"`
	From   []string `json:"from"`
	To     []string `json:"to"`
}

// How much of the evidence is listed; the rest is counted.
const (
	maxFlips  = 200
	maxChange = 100
)

// evidence writes down what speaks for a result.
func (l *lesson) evidence(r *learn.Result) Evidence {
	out := r.Subject.Outcome
	e := Evidence{
		Way: r.Way, Reason: r.Reason, Against: r.Against, Before: r.Before, After: r.After, Unseen: r.Unseen,
		LeavesBefore: r.LeavesBefore, LeavesAfter: r.LeavesAfter, DepthBefore: r.DepthBefore, DepthAfter: r.DepthAfter, Flips: len(r.Flips),
	}
	for _, c := range r.Leaves {
		if len(e.Leaves) == maxChange {
			e.LeavesMore = len(r.Leaves) - maxChange
			break
		}
		v := LeafEvidence{From: out.Keys(c.From), To: out.Keys(c.To), Cases: c.Cases}
		for _, w := range c.When {
			f := r.Subject.Facts[w.Fact]
			v.When = append(v.When, FactValues{Fact: f.ID.String(), Values: f.Keys(w.Values)})
		}
		e.Leaves = append(e.Leaves, v)
	}
	for _, f := range r.Flips[:min(maxFlips, len(r.Flips))] {
		from := l.origins[f.Case.ID]
		e.Flipped = append(e.Flipped, FlipEvidence{
			Name: from.name, Report: from.report, Task: from.task, Ruled: out.Values[f.Case.Outcome].Key, From: out.Keys(f.From), To: out.Keys(f.To),
		})
	}
	return e
}

const candidateFields = `c.id, c.decision, c.base, c.model, c.cases, c.history, c.created, c.evidence, COALESCE(m.status, '')`

const candidateFrom = ` FROM kengine_candidate c LEFT JOIN kengine_model m ON m.id = c.model AND m.organisation = c.organisation`

func scanCandidate(scan func(...any) error) (Candidate, error) {
	var c Candidate
	var created storage.Time
	var evidence storage.JSON[Evidence]
	var status string
	err := scan(&c.ID, &c.Decision, &c.Base, &c.Model, &c.Cases, &c.History, &created, &evidence, &status)
	c.Created, c.Evidence = created.Time, evidence.V
	switch decide.Status(status) {
	case decide.Draft:
		c.Status = CandidateReady
	case decide.Active:
		c.Status = CandidateActive
	case decide.Retired:
		c.Status = CandidateRetired
	default:
		c.Status = CandidateDiscarded
	}
	if c.Model == "" {
		c.Status = CandidateNone
	}
	return c, err
}

func (s *Service) candidate(ctx context.Context, organisation, id string) (Candidate, error) {
	return storage.One(ctx, s.DB.Read(), "kengine.candidate", id, scanCandidate,
		`SELECT `+candidateFields+candidateFrom+` WHERE c.id = ? AND c.organisation = ?`, id, organisation)
}

// maxCandidates is how many candidates a list shows, the newest.
const maxCandidates = 200

// Candidates returns what was learnt for the actor's organisation, the newest first. It needs PermModelRead.
func (s *Service) Candidates(ctx context.Context, a identity.Actor) ([]Candidate, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return nil, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanCandidate,
		`SELECT `+candidateFields+candidateFrom+` WHERE c.organisation = ? ORDER BY c.created DESC, c.id DESC LIMIT ?`, a.Organisation, maxCandidates)
	if err != nil {
		return nil, fmt.Errorf("kengine: candidates: %w", err)
	}
	return rows, nil
}

// Candidate returns one candidate. It needs PermModelRead. Its draft is put into force by Activate and
// thrown away by DiscardDraft.
func (s *Service) Candidate(ctx context.Context, a identity.Actor, id string) (Candidate, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return Candidate{}, err
	}
	return s.candidate(ctx, a.Organisation, id)
}

// storeCandidate keeps a result and makes its draft. It reports that one has to look again when the model
// in force or the history is no longer the one that was learnt from.
func (s *Service) storeCandidate(ctx context.Context, a identity.Actor, decision string, l *lesson, r *learn.Result) (id string, again bool, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		id, again = "", false
		if _, err := s.lockTenant(ctx, tx, a.Organisation); err != nil {
			return err
		}
		now, err := s.lesson(ctx, tx, a.Organisation, decision)
		if err != nil || now == nil {
			return err
		}
		if now.model.ID != l.model.ID || learn.Hash(now.cases) != learn.Hash(l.cases) {
			again = true
			return nil
		}
		if id, err = sameCandidate(ctx, tx, a.Organisation, decision, l.model.ID, r); err != nil || id != "" {
			return err
		}
		id = s.IDs.UUID()
		return s.writeCandidate(ctx, tx, a, id, decision, l, r)
	})
	if err != nil {
		return "", false, fmt.Errorf("kengine: candidate for %s: %w", decision, err)
	}
	return id, again, nil
}

// sameCandidate returns the candidate that was made of the same before, "" if there is none or its draft is gone.
func sameCandidate(ctx context.Context, tx *storage.Tx, organisation, decision, base string, r *learn.Result) (string, error) {
	rows, err := storage.List(ctx, tx, scanCandidate, `SELECT `+candidateFields+candidateFrom+`
		WHERE c.organisation = ? AND c.decision = ? ORDER BY c.created DESC, c.id DESC LIMIT 1`, organisation, decision)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	if c := &rows[0]; c.Base == base && c.History == r.Hash && (c.Status == CandidateReady || c.Status == CandidateNone) {
		return c.ID, nil
	}
	return "", nil
}

// writeCandidate replaces what was learnt about a decision before and nobody has touched.
func (s *Service) writeCandidate(ctx context.Context, tx *storage.Tx, a identity.Actor, id, decision string, l *lesson, r *learn.Result) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM kengine_candidate WHERE organisation = ? AND decision = ? AND (model = ''
		OR model IN (SELECT id FROM kengine_model WHERE organisation = ? AND status = 'draft' AND edit = 1))`, a.Organisation, decision, a.Organisation)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `DELETE FROM kengine_model WHERE organisation = ? AND status = 'draft' AND edit = 1 AND origin = ?`,
		a.Organisation, learnedOrigin(decision)); err != nil {
		return err
	}
	draft := ""
	if r.Way != "" {
		draft = s.IDs.UUID()
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kengine_candidate (id, organisation, decision, base, model, cases, history, evidence, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, a.Organisation, decision, l.model.ID, draft, r.Cases, r.Hash,
		storage.JSON[Evidence]{V: l.evidence(r)}, storage.At(tx.Now()))
	if err != nil {
		return err
	}
	if draft == "" {
		return s.record(ctx, tx, a, "learn.abstain", id)
	}
	return s.insertDraft(ctx, tx, a, draft, r.Model, learnedOrigin(decision))
}

// learnedOrigin is the origin of a draft that was learnt.
func learnedOrigin(decision string) string { return "learned:" + decision }

// ActivateCandidate puts the draft of a candidate into force. It needs PermModelActivate.
func (s *Service) ActivateCandidate(ctx context.Context, a identity.Actor, id string, edit int64) error {
	c, err := s.Candidate(ctx, a, id)
	if err != nil {
		return err
	}
	if c.Model == "" || c.Status == CandidateDiscarded {
		return fault.New(fault.Conflict, "kengine.candidate.no_draft", id)
	}
	return s.Activate(ctx, a, c.Model, edit)
}

// DiscardCandidate throws the draft of a candidate away; the candidate stays in the list. It needs PermModelEdit.
func (s *Service) DiscardCandidate(ctx context.Context, a identity.Actor, id string, edit int64) error {
	c, err := s.Candidate(ctx, a, id)
	if err != nil {
		return err
	}
	if c.Status != CandidateReady {
		return fault.New(fault.Conflict, "kengine.candidate.no_draft", id)
	}
	return s.DiscardDraft(ctx, a, c.Model, edit)
}
