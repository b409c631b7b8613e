package view

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
)

// target is where a delivery goes.
type target struct {
	url          string
	sealed       []byte
	person       string
	organisation string
}

// send makes one try. An error is returned so that the job is tried again; what
// was sent already, or whose subscription is gone, is done.
func (s *Service) send(ctx context.Context, delivery string) error {
	d, err := loadDelivery(ctx, s.DB.Read(), delivery)
	if errors.Is(err, fault.NotFound) || err == nil && d.State == "sent" {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := storage.One(ctx, s.DB.Read(), "view.subscription_one", d.Subscription, func(scan func(...any) error) (target, error) {
		var t target
		err := scan(&t.url, &t.sealed, &t.person, &t.organisation)
		return t, err
	}, `SELECT url, sealed, person, organisation FROM view_subscription WHERE id = ?`, d.Subscription)
	if err != nil {
		return err
	}
	status, reason := 0, ""
	// Who left the organisation hears no more of it, though the subscription stands.
	if _, err := s.Identity.OnBehalf(ctx, to.person, to.organisation, "webhook:"+d.Subscription); err != nil {
		reason = "subscriber has left"
	} else {
		status, reason = s.post(ctx, to, d)
	}
	useless := reason == "subscriber has left" || status == http.StatusGone
	state := "sent"
	switch {
	case reason != "" && (useless || jobs.ThisTry(ctx).Last()):
		state = "failed"
	case reason != "":
		state = "pending" // with a reason: it is tried again
	}
	if err := s.note(ctx, d, state, status, reason); err != nil {
		return err
	}
	switch {
	case reason == "":
		return nil
	case useless:
		return jobs.Drop(errors.New(reason))
	default:
		return fault.New(fault.Unavailable, "view.unanswered", d.Subscription).Because(errors.New(reason))
	}
}

// post sends the message and returns the status and why it did not succeed.
func (s *Service) post(ctx context.Context, to target, d Delivery) (status int, reason string) {
	key, err := s.Sealer.Open(to.sealed, d.Subscription)
	if err != nil {
		return 0, "the signing key cannot be opened"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader([]byte(d.Body)))
	if err != nil {
		return 0, "the address cannot be used"
	}
	at := strconv.FormatInt(s.DB.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Noroshi-Delivery", d.ID)
	r.Header.Set("Noroshi-Timestamp", at)
	r.Header.Set("Noroshi-Signature", Signature(key, at, []byte(d.Body)))
	res, err := s.Out.Do(r)
	if err != nil {
		if f := fault.Of(err); f != nil {
			return 0, f.Key
		}
		return 0, "outbound"
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // what it says is not kept: it is not ours
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return res.StatusCode, "the answer was cut"
	}
	if res.StatusCode/100 != 2 {
		return res.StatusCode, "status " + strconv.Itoa(res.StatusCode)
	}
	return res.StatusCode, ""
}

// note writes the outcome of a try into the delivery log.
func (s *Service) note(ctx context.Context, d Delivery, state string, status int, reason string) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE view_delivery SET state = ?, tries = tries + 1, status = ?, reason = ?, tried_at = ? WHERE id = ?`,
			state, status, reason, storage.At(tx.Now()), d.ID)
		return err
	})
}

// Signature returns the header value of a webhook: "v1=" and the hexadecimal
// HMAC-SHA256 of timestamp, ".", body under the webhook's key.
func Signature(key []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}
