package kengine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/format/cpe"
	"noroshi.dev/format/purl"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// maxTags bounds the product tags of one organisation: all are kept in memory while reports are
// imported.
const maxTags = 50_000

// tidy brings an input into the form in which it is stored.
func (t *TagInput) tidy() {
	for _, s := range []*string{&t.Name, &t.Vendor, &t.Product, &t.Release, &t.Owner} {
		*s = cut(oneLine(*s), maxName)
	}
	t.CPE, t.PURL = strings.TrimSpace(t.CPE), strings.TrimSpace(t.PURL)
	t.Criticality, t.Exposure = strings.ToLower(strings.TrimSpace(t.Criticality)), strings.ToLower(strings.TrimSpace(t.Exposure))
	if c, err := cpe.Parse(t.CPE); err == nil {
		t.CPE = c.String()
	}
	if p, err := purl.Parse(t.PURL); err == nil {
		t.PURL = p.String()
	}
	if t.Name == "" {
		t.Name = t.call()
	}
	t.Facts = slices.DeleteFunc(slices.Clone(t.Facts), func(c Claim) bool { return len(c.Values) == 0 })
	slices.SortFunc(t.Facts, func(a, b Claim) int { return strings.Compare(a.Fact, b.Fact) })
}

// call makes a name from those of the product.
func (t *TagInput) call() string {
	text := strings.TrimSpace(t.Vendor + " " + t.Product)
	if c, err := cpe.Parse(t.CPE); text == "" && err == nil {
		text = strings.TrimSpace(c.Text(cpe.Vendor) + " " + c.Text(cpe.Product))
	}
	if p, err := purl.Parse(t.PURL); text == "" && err == nil {
		text = p.Name
	}
	return cut(text, maxName)
}

// check names what is wrong with an input, as a fault with its fields.
func (s *Service) checkTag(t *tenant, in *TagInput) error {
	f := fault.New(fault.Invalid, "kengine.tag")
	if in.Name == "" {
		f.Field("name", "required")
	}
	if _, err := cpe.Parse(in.CPE); in.CPE != "" && err != nil {
		f.Field("cpe", "kengine.tag.cpe")
	}
	if _, err := purl.Parse(in.PURL); in.PURL != "" && err != nil {
		f.Field("purl", "kengine.tag.purl")
	}
	if in.CPE == "" && in.PURL == "" && strings.Trim(in.Vendor+in.Product, "* ") == "" {
		f.Field("product", "kengine.tag.nothing")
	}
	if in.Release != "" && in.CPE == "" && in.PURL == "" && strings.Trim(in.Product, "* ") == "" {
		f.Field("release", "kengine.tag.release")
	}
	if !slices.Contains(Criticalities(), in.Criticality) {
		f.Field("criticality", "kengine.tag.choice", "value", in.Criticality)
	}
	if !slices.Contains(Exposures(), in.Exposure) {
		f.Field("exposure", "kengine.tag.choice", "value", in.Exposure)
	}
	s.checkGiven(t, f, in.Facts)
	return f.OrNil()
}

// checkGiven adds what is wrong with facts that a tag or set gives.
func (s *Service) checkGiven(t *tenant, f *fault.Error, facts []Claim) {
	if len(facts) == 0 {
		return
	}
	if wrong := fault.Of(s.checkClaims(t, facts)); wrong != nil {
		f.Fields = append(f.Fields, wrong.Fields...)
	}
}

// CreateTag adds a product tag and has reports matched and decided again in the background. It needs
// PermTagEdit. The faults are fault.Invalid with the fields, and fault.Limit where an organisation
// has too many.
func (s *Service) CreateTag(ctx context.Context, a identity.Actor, in TagInput) (string, error) {
	id := s.IDs.UUID()
	in.tidy()
	return made(id, s.editTags(ctx, a, "tag.create", id, func(ctx context.Context, tx *storage.Tx, t *tenant) error {
		if err := s.checkTag(t, &in); err != nil {
			return err
		}
		if err := roomForTags(ctx, tx, a.Organisation, 1); err != nil {
			return err
		}
		_, err := tx.Bulk(ctx, "kengine_tag", tagInsertColumns(), slices.Values([][]any{in.row(id, a.Organisation, "", tx)}))
		return err
	}))
}

// made is the id of what was made, empty where it was not.
func made(id string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return id, nil
}

// editTags runs a change of product tags in one transaction with all that follows from it.
func (s *Service) editTags(ctx context.Context, a identity.Actor, op, object string, do func(context.Context, *storage.Tx, *tenant) error) error {
	if err := s.may(a, PermTagEdit()); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t, err := s.lockTenant(ctx, tx, a.Organisation)
		if err != nil {
			return err
		}
		if err := do(ctx, tx, t); err != nil {
			return fmt.Errorf("kengine: %s: %w", op, err)
		}
		if err := s.decideAgain(ctx, tx, a.Organisation, "tag"); err != nil {
			return err
		}
		return s.record(ctx, tx, a, op, object)
	})
}

// roomForTags refuses more tags than an organisation may have.
func roomForTags(ctx context.Context, tx *storage.Tx, organisation string, more int) error {
	n, err := storage.One(ctx, tx, "kengine.tag", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_tag WHERE organisation = ?`, organisation)
	if err == nil && n+int64(more) > maxTags {
		return fault.New(fault.Limit, "kengine.tag").With("max", maxTags)
	}
	return err
}

func tagInsertColumns() []string {
	return []string{
		"id", "organisation", "name", "vendor", "product", "cpe", "purl", "release", "criticality", "exposure", "owner", "facts",
		"active", "origin", "created", "updated",
	}
}

func (t *TagInput) row(id, organisation, origin string, tx *storage.Tx) []any {
	now := tx.Now().UnixMicro()
	return []any{
		id, organisation, t.Name, t.Vendor, t.Product, t.CPE, t.PURL, t.Release, t.Criticality, t.Exposure, t.Owner,
		storage.JSON[map[string]string]{V: factMap(t.Facts)},
		t.Active, origin, now, now,
	}
}

// UpdateTag changes a product tag. It needs PermTagEdit; somebody else's change since version is
// fault.Conflict.
func (s *Service) UpdateTag(ctx context.Context, a identity.Actor, id string, version int64, in TagInput) error {
	in.tidy()
	return s.editTags(ctx, a, "tag.update", id, func(ctx context.Context, tx *storage.Tx, t *tenant) error {
		if err := s.checkTag(t, &in); err != nil {
			return err
		}
		old, err := readTag(ctx, tx, a.Organisation, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return outdated("kengine.tag", id)
		}
		return in.save(ctx, tx, id, old.Gone.IsZero() || in.Active)
	})
}

// save writes a changed tag. Matches of a tag that is switched off are dropped: they are found again
// when it is switched on.
func (t *TagInput) save(ctx context.Context, tx *storage.Tx, id string, there bool) error {
	gone := any(nil)
	if !there {
		gone = tx.Now().UnixMicro()
	}
	_, err := tx.ExecContext(ctx, `UPDATE kengine_tag SET name = ?, vendor = ?, product = ?, cpe = ?, purl = ?, release = ?, criticality = ?,
		exposure = ?, owner = ?, facts = ?, active = ?, gone = ?, updated = ?, version = version + 1 WHERE id = ?`,
		t.Name, t.Vendor, t.Product, t.CPE, t.PURL, t.Release, t.Criticality, t.Exposure, t.Owner,
		storage.JSON[map[string]string]{V: factMap(t.Facts)}, t.Active, gone, tx.Now().UnixMicro(), id)
	if err != nil || t.Active {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM kengine_tag_match WHERE tag = ?`, id)
	return err
}

// DeleteTag removes a product tag. It needs PermTagEdit; somebody else's change since version is
// fault.Conflict.
func (s *Service) DeleteTag(ctx context.Context, a identity.Actor, id string, version int64) error {
	return s.editTags(ctx, a, "tag.delete", id, func(ctx context.Context, tx *storage.Tx, _ *tenant) error {
		if _, err := readTag(ctx, tx, a.Organisation, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM kengine_tag_match WHERE tag = ?`, id); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `DELETE FROM kengine_tag WHERE id = ? AND version = ?`, id, version)
		if errors.Is(storage.Changed(res, err, "kengine.tag", id), fault.Conflict) {
			return outdated("kengine.tag", id)
		}
		return err
	})
}
