package view

import (
	"context"
	"crypto/sha256"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

func secretHash(secret string) []byte {
	sum := sha256.Sum256([]byte("feed:" + secret))
	return sum[:]
}

// Subscribe makes a subscription of the actor to a view and returns its secret,
// shown this once: the feed's address for Atom (see FeedPath), the signing key of
// a webhook to address.
func (s *Service) Subscribe(ctx context.Context, a identity.Actor, view string, kind Kind, address string) (Subscription, string, error) {
	if a.Kind != identity.KindPerson {
		return Subscription{}, "", fault.New(fault.Denied, "identity.sign_in_first")
	}
	switch kind {
	case Atom:
		address = ""
	case Webhook:
		if err := s.Out.Check(address); err != nil {
			return Subscription{}, "", fault.New(fault.Invalid, "view.subscription").Field("url", "view.url").Because(err)
		}
	default:
		return Subscription{}, "", fault.New(fault.Invalid, "view.subscription").Field("kind", "view.kind")
	}
	sub := Subscription{ID: s.IDs.UUID(), Kind: kind, Person: a.ID, URL: address}
	secret := s.IDs.Token(secretBytes)
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		v, err := visible(ctx, tx, a, view)
		if err != nil {
			return err
		}
		n, err := storage.One(ctx, tx, "view.view", view, storage.Scalar[int],
			`SELECT COUNT(*) FROM view_subscription WHERE view = ? AND person = ?`, view, a.ID)
		if err != nil {
			return err
		}
		if n >= maxSubscriptions {
			return fault.New(fault.Limit, "view.many").With("max", maxSubscriptions)
		}
		sub.View, sub.Organisation, sub.CreatedAt = v, v.Organisation, tx.Now()
		hash, sealed := secretHash(secret), []byte{}
		if kind == Webhook {
			hash, sealed = []byte{}, s.Sealer.Seal([]byte(secret), sub.ID)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO view_subscription (id, view, kind, person, organisation, hash, url, sealed, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, sub.ID, view, string(kind), a.ID, sub.Organisation, hash, address, sealed, storage.At(tx.Now())); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "subscribe", sub.ID)
	})
	return sub, secret, err
}

// Unsubscribe ends one of the actor's own subscriptions with its delivery log.
func (s *Service) Unsubscribe(ctx context.Context, a identity.Actor, subscription string) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := own(ctx, tx, a, subscription); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM view_subscription WHERE id = ?`, subscription); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "unsubscribe", subscription)
	})
}

// own loads one of the actor's subscriptions. Fault: NotFound.
func own(ctx context.Context, r storage.Runner, a identity.Actor, subscription string) (Subscription, error) {
	return storage.One(ctx, r, "view.subscription_one", subscription, scanSubscription,
		`SELECT `+subscriptionColumns+subscriptionTables+` WHERE s.id = ? AND s.person = ?`, subscription, a.ID)
}
