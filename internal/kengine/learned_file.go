package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/learn"
)

// maxLearnedFiles is how many files of past rulings are listed, the newest.
const maxLearnedFiles = 200

// PastFile is a file of past rulings that was imported, with what came of it.
type PastFile struct {
	HistoryImport
	Name    string // where the rulings are from
	Actor   string // who imported it
	Created time.Time
}

// PastRulings is what was imported about one decision.
type PastRulings struct {
	Decision string // MODEL/DECISION
	Name     decide.Text
	Active   bool     // it belongs to a model in force, so that more can be imported
	Facts    []string // ids of those that the model in force looks at
	Cases    int64    // imported rulings
}

const learnedFileFields = `id, decision, name, added, same, refused, refusals, ignored, actor, created`

func scanLearnedFile(scan func(...any) error) (PastFile, error) {
	var v PastFile
	var refusals storage.JSON[[]learn.Refusal]
	var ignored storage.JSON[[]string]
	var created storage.Time
	err := scan(&v.ID, &v.Decision, &v.Name, &v.Added, &v.Same, &v.Refused, &refusals, &ignored, &v.Actor, &created)
	v.Refusals, v.Ignored, v.Created = refusals.V, ignored.V, created.Time
	return v, err
}

// writeLearnedFile keeps what came of a file.
func (s *Service) writeLearnedFile(ctx context.Context, tx *storage.Tx, a identity.Actor, v *HistoryImport, name string) error {
	v.ID = s.IDs.UUID()
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_learned_file (`+learnedFileFields+`, organisation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		v.ID, v.Decision, name, v.Added, v.Same, v.Refused, storage.JSON[[]learn.Refusal]{V: append([]learn.Refusal{}, v.Refusals...)},
		storage.JSON[[]string]{V: append([]string{}, v.Ignored...)}, a.ID, storage.At(tx.Now()), a.Organisation)
	return err
}

// PastFiles returns the files of past rulings that the actor's organisation imported, the newest first.
// It needs PermModelRead.
func (s *Service) PastFiles(ctx context.Context, a identity.Actor) ([]PastFile, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return nil, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanLearnedFile,
		`SELECT `+learnedFileFields+` FROM kengine_learned_file WHERE organisation = ? ORDER BY created DESC, id DESC LIMIT ?`, a.Organisation, maxLearnedFiles)
	if err != nil {
		return nil, fmt.Errorf("kengine: files of past rulings: %w", err)
	}
	return rows, nil
}

// PastFile returns one file of past rulings with its refusals. It needs PermModelRead.
func (s *Service) PastFile(ctx context.Context, a identity.Actor, id string) (PastFile, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return PastFile{}, err
	}
	return storage.One(ctx, s.DB.Read(), "kengine.past", id, scanLearnedFile,
		`SELECT `+learnedFileFields+` FROM kengine_learned_file WHERE id = ? AND organisation = ?`, id, a.Organisation)
}

// Past returns every decision in force of the actor's organisation, and those that are no longer in force
// but have imported rulings, in the order of their keys. It needs PermModelRead.
func (s *Service) Past(ctx context.Context, a identity.Actor) ([]PastRulings, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return nil, err
	}
	models, err := s.ActiveModels(ctx, s.DB.Read(), a.Organisation)
	if err != nil {
		return nil, err
	}
	out, err := storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (PastRulings, error) {
		var v PastRulings
		err := scan(&v.Decision, &v.Cases)
		return v, err
	}, `SELECT decision, COUNT(*) FROM kengine_learned_case WHERE organisation = ? GROUP BY decision ORDER BY decision`, a.Organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: imported rulings: %w", err)
	}
	for i := range models {
		for d, decision := range models[i].Model.Decisions {
			key := models[i].decisionKey(d)
			at := slices.IndexFunc(out, func(h PastRulings) bool { return h.Decision == key })
			if at < 0 {
				at = len(out)
				out = append(out, PastRulings{Decision: key})
			}
			out[at].Name, out[at].Active, out[at].Facts = decision.Name, true, models[i].factIDs(d)
		}
	}
	slices.SortFunc(out, func(x, y PastRulings) int { return strings.Compare(x.Decision, y.Decision) })
	return out, nil
}

// factIDs are the ids of the facts that a decision looks at.
func (l *loaded) factIDs(decision int) []string {
	var out []string
	for _, col := range l.Relevant(decision) {
		out = append(out, l.inputs[col].id)
	}
	return out
}
