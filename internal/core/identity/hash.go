package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"noroshi.dev/internal/core/fault"
)

// Cost is the work of one argon2id hash (RFC 9106).
type Cost struct {
	Memory uint32 // KiB
	Time   uint32 // passes
	Lanes  uint8
}

// DefaultCost is about 30 ms and 19 MiB a try, the least that OWASP's password
// storage sheet recommends for argon2id.
func DefaultCost() Cost { return Cost{Memory: 19 * 1024, Time: 2, Lanes: 1} }

const (
	saltSize = 16
	hashSize = 32
)

// hasher makes and checks password hashes, a few at a time: each takes memory,
// and a crowd of guessers must not take all of it.
type hasher struct {
	cost  Cost
	turns chan struct{}
	dummy string // checked for unknown names, so that they take as long
}

func newHasher(cost Cost) *hasher {
	h := &hasher{cost: cost, turns: make(chan struct{}, 4)}
	h.dummy = h.encode(rand.Text(), make([]byte, saltSize))
	return h
}

// hash returns the PHC text of a password with a random salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("identity: salt: %w", err)
	}
	return h.encode(password, salt), nil
}

func (h *hasher) encode(password string, salt []byte) string {
	key := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, h.cost.Time, h.cost.Memory, h.cost.Lanes, hashSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.cost.Memory, h.cost.Time, h.cost.Lanes, b64(salt), b64(key))
}

// matches reports whether password is the one that encoded was made of. An
// empty encoded (unknown name, or no password set) costs the same and is false.
// stale is true if encoded was made with another cost and is to be re-made.
func (h *hasher) matches(ctx context.Context, encoded, password string) (ok, stale bool, err error) {
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	known := encoded != "" && password != "" && len(password) <= maxPasswordBytes
	if encoded == "" {
		encoded = h.dummy
	}
	if len(password) > maxPasswordBytes {
		password = ""
	}
	cost, salt, want, err := parseHash(encoded)
	if err != nil {
		return false, false, err
	}
	got := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, cost.Time, cost.Memory, cost.Lanes, hashSize)
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && known, cost != h.cost, nil
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "identity.busy").Because(ctx.Err())
	}
}

func (h *hasher) leave() { <-h.turns }

// parseHash reads the PHC text; its numbers are bounded, since they say how much
// memory and time the check takes.
func parseHash(encoded string) (cost Cost, salt, key []byte, err error) {
	bad := errors.New("identity: password hash is not argon2id text")
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.Memory, &cost.Time, &cost.Lanes); err != nil {
		return cost, nil, nil, bad
	}
	if cost.Memory < 8 || cost.Memory > 1<<20 || cost.Time < 1 || cost.Time > 64 || cost.Lanes < 1 || cost.Lanes > 16 {
		return cost, nil, nil, bad
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return cost, nil, nil, bad
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != hashSize {
		return cost, nil, nil, bad
	}
	return cost, salt, key, nil
}
