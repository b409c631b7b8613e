package kengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/learn"
)

// HistoryImport says what an import of past rulings did.
type HistoryImport struct {
	ID       string          `json:"id"`
	Decision string          `json:"decision"`
	Added    int             `json:"added"`
	Same     int             `json:"same"` // that were there already
	Refused  int             `json:"refused"`
	Refusals []learn.Refusal `json:"refusals"` // the first of them
	Ignored  []string        `json:"ignored"`  // columns and decision points that the model does not have
}

// ImportHistory takes in rulings that were made elsewhere about a decision in force: CSV, whose columns are
// facts by id or key and whose last column is the outcome, or SSVC SelectionLists that hold the outcome too.
// Rows that are wrong are refused and listed; what was imported before adds nothing. What came of the file is
// kept, see PastFile. The decision is learnt again in the background. It needs PermModelEdit.
func (s *Service) ImportHistory(ctx context.Context, a identity.Actor, decision, source string, r io.Reader) (HistoryImport, error) {
	if err := s.may(a, PermModelEdit()); err != nil {
		return HistoryImport{}, err
	}
	key, err := s.oneLearnable(ctx, a.Organisation, decision)
	if err != nil {
		return HistoryImport{}, err
	}
	out := HistoryImport{Decision: key}
	source = cut(oneLine(source), maxName)
	rows, err := s.readHistory(ctx, a, &out, source, r)
	if err != nil {
		return out, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := s.addHistory(ctx, tx, a, &out, rows); err != nil {
			return err
		}
		return s.writeLearnedFile(ctx, tx, a, &out, source)
	})
	if err != nil {
		return out, fmt.Errorf("kengine: import history: %w", err)
	}
	return out, nil
}

// oneLearnable returns the decision in force that a name means; it must not mean several.
func (s *Service) oneLearnable(ctx context.Context, organisation, name string) (string, error) {
	keys, err := s.learnable(ctx, organisation, name)
	if err != nil {
		return "", err
	}
	if len(keys) > 1 {
		return "", fault.New(fault.Invalid, "kengine.learn").Field("decision", "kengine.learn.which", "keys", strings.Join(keys, ", "))
	}
	return keys[0], nil
}

func learnedColumns() []string {
	return []string{"id", "organisation", "decision", "digest", "name", "inputs", "outcome", "analyst", "source", "at", "created"}
}

// digestColumn is the place of the digest in learnedColumns.
const digestColumn = 3

// readHistory reads a file as rows of learnedColumns.
func (s *Service) readHistory(ctx context.Context, a identity.Actor, out *HistoryImport, source string, r io.Reader) ([][]any, error) {
	l, err := s.lesson(ctx, s.DB.Read(), a.Organisation, out.Decision)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, fault.New(fault.NotFound, "kengine.decision", out.Decision)
	}
	reg, err := s.Registry()
	if err != nil {
		return nil, fmt.Errorf("kengine: import history: %w", err)
	}
	f, err := l.subject.Read(r, reg)
	if err != nil {
		return nil, fault.New(fault.Invalid, "kengine.learn").Field("file", "kengine.learn.unreadable", "reason", err.Error()).Because(err)
	}
	out.Refused, out.Refusals, out.Ignored = f.Refused, f.Refusals, f.Ignored
	rows := make([][]any, 0, len(f.Cases))
	equal := map[string]int{}
	for i := range f.Cases {
		c := &f.Cases[i]
		inputs := l.loaded.encodeInputs(&known{sets: c.Inputs})
		outcome := l.subject.Outcome.Values[c.Outcome].Key
		said := strings.Join([]string{c.ID, string(inputs), outcome, c.Analyst, strconv.FormatInt(c.At.UnixMicro(), 10)}, "\x00")
		equal[said]++
		sum := sha256.Sum256([]byte(said + "\x00" + strconv.Itoa(equal[said])))
		rows = append(rows, []any{
			s.IDs.UUID(), a.Organisation, out.Decision, hex.EncodeToString(sum[:]), c.ID, string(inputs), outcome, c.Analyst, source,
			micro(c.At), s.Clock.Now().UnixMicro(),
		})
	}
	return rows, nil
}

// addHistory writes the rows that are new.
func (s *Service) addHistory(ctx context.Context, tx *storage.Tx, a identity.Actor, out *HistoryImport, rows [][]any) error {
	if _, err := s.lockTenant(ctx, tx, a.Organisation); err != nil {
		return err
	}
	have, err := storage.List(ctx, tx, storage.Scalar[string],
		`SELECT digest FROM kengine_learned_case WHERE organisation = ? AND decision = ?`, a.Organisation, out.Decision)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(have))
	for _, d := range have {
		known[d] = true
	}
	fresh := slices.DeleteFunc(slices.Clone(rows), func(row []any) bool { return known[row[digestColumn].(string)] })
	out.Added, out.Same = len(fresh), len(rows)-len(fresh)
	if len(have)+len(fresh) > maxLearned {
		return fault.New(fault.Limit, "kengine.learn.too_many").With("max", maxLearned)
	}
	if len(fresh) > 0 {
		if _, err := tx.Bulk(ctx, "kengine_learned_case", learnedColumns(), slices.Values(fresh)); err != nil {
			return err
		}
		if err := s.learnLater(ctx, tx, a.Organisation, out.Decision); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, a, "learn.import", out.Decision)
}

// ForgetHistory removes what was imported about a decision, given as to ImportHistory or, when it is no longer in
// force, as MODEL/DECISION, with the list of its files, and returns how many rulings that were. The decision is
// learnt again in the background. It needs PermModelEdit.
func (s *Service) ForgetHistory(ctx context.Context, a identity.Actor, decision string) (int64, error) {
	if err := s.may(a, PermModelEdit()); err != nil {
		return 0, err
	}
	if !strings.Contains(decision, "/") {
		var err error
		if decision, err = s.oneLearnable(ctx, a.Organisation, decision); err != nil {
			return 0, err
		}
	}
	var n int64
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM kengine_learned_case WHERE organisation = ? AND decision = ?`, a.Organisation, decision)
		if err != nil {
			return err
		}
		if n, err = res.RowsAffected(); err != nil {
			return err
		}
		files, err := tx.ExecContext(ctx, `DELETE FROM kengine_learned_file WHERE organisation = ? AND decision = ?`, a.Organisation, decision)
		if err != nil {
			return err
		}
		gone, err := files.RowsAffected()
		if err != nil || n == 0 && gone == 0 {
			return err
		}
		if err := s.learnLater(ctx, tx, a.Organisation, decision); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "learn.forget", decision)
	})
	if err != nil {
		return 0, fmt.Errorf("kengine: forget history: %w", err)
	}
	return n, nil
}
