package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238's default, which every authenticator application knows
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// The parameters of one-time codes (RFC 6238): SHA-1, six digits, 30 seconds.
const (
	totpStep    = 30 * time.Second
	totpDigits  = 1_000_000
	totpSeed    = 20 // bytes, the length of SHA-1
	totpLeeway  = 1  // steps before and after, for clocks that differ
	recoverySet = 10 // codes made at once
)

// totpCode returns the code of a seed at a step (RFC 4226 section 5.3).
func totpCode(seed []byte, step int64) uint32 {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, seed)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff % totpDigits
}

// totpMatch returns the step at which a code is valid now and was not used
// before: a step at or below last is refused, so that each code works once.
func totpMatch(seed []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	code = strings.Join(strings.Fields(norm.NFKC.String(code)), "")
	present := now.Unix() / int64(totpStep/time.Second)
	for s := present - totpLeeway; s <= present+totpLeeway; s++ {
		want := fmt.Sprintf("%06d", totpCode(seed, s))
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok
}

// totpURI returns what the QR code of an enrolment says (Key URI format).
func totpURI(seed []byte, issuer, login string) string {
	q := url.Values{"secret": {seedText(seed)}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+login) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// seedText returns the seed as it is typed by hand.
func seedText(seed []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed)
}

// recoveryCode returns a code of 120 random bits in four groups of six, so that
// a plain hash keeps it (ASVS 6.5.2), and its stored hash.
func recoveryCode() (code string, hash []byte) {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand since Go 1.24)
	text := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	return text[:6] + "-" + text[6:12] + "-" + text[12:18] + "-" + text[18:], recoveryHash(text)
}

// recoveryHash returns the stored form of a code as it is typed.
func recoveryHash(code string) []byte {
	text := strings.ToLower(norm.NFKC.String(code))
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == ' ' }), "")
	sum := sha256.Sum256([]byte("recovery:" + text))
	return sum[:]
}
