package identity

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
)

// TestCodesOfRFC6238 uses appendix B of RFC 6238 (SHA-1), cut to six digits.
func TestCodesOfRFC6238(t *testing.T) {
	t.Parallel()
	seed := []byte("12345678901234567890")
	for at, want := range map[int64]uint32{
		59: 287082, 1111111109: 81804, 1111111111: 50471, 1234567890: 5924, 2000000000: 279037, 20000000000: 353130,
	} {
		if got := totpCode(seed, at/30); got != want {
			t.Errorf("code at %d = %06d, want %06d", at, got, want)
		}
	}
}

func TestCodesOfRFC4226(t *testing.T) {
	t.Parallel()
	seed, err := hex.DecodeString("3132333435363738393031323334353637383930")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []uint32{755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489} {
		if got := totpCode(seed, int64(i)); got != want {
			t.Errorf("counter %d = %06d, want %06d", i, got, want)
		}
	}
}

func TestASVS_V6_5_1_CodeWorksOnceAndForNinetySeconds(t *testing.T) {
	t.Parallel()
	seed, now := []byte("12345678901234567890"), time.Unix(1_800_000_015, 0)
	code := fmt.Sprintf("%06d", totpCode(seed, now.Unix()/30))
	step, found := totpMatch(seed, code[:3]+" "+code[3:], now, 0)
	if !found {
		t.Fatal("the present code is refused")
	}
	if _, again := totpMatch(seed, code, now, step); again {
		t.Error("a used code is accepted")
	}
	for _, off := range []time.Duration{-61 * time.Second, 61 * time.Second} {
		if _, found := totpMatch(seed, code, now.Add(off), 0); found {
			t.Errorf("a code is accepted %v away", off)
		}
	}
	if _, found := totpMatch(seed, "", now, 0); found {
		t.Error("an empty code is accepted")
	}
}

func TestASVS_V6_5_2_RecoveryCodesHave112Bits(t *testing.T) {
	t.Parallel()
	code, hash := recoveryCode()
	if n := len(strings.ReplaceAll(code, "-", "")) * 5; n < 112 {
		t.Errorf("recovery code has %d bits", n)
	}
	if string(recoveryHash(" "+strings.ToUpper(code)+" ")) != string(hash) {
		t.Error("case, spaces and hyphens matter")
	}
}

func TestASVS_V6_2_PasswordPolicy(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"short words":                                 "identity.password_short",
		"purple otters dig deep wells":                "",
		"正しい馬と電池と針を縫う夜":                               "",
		"zebra-lamp-quilt-9":                          "",
		"password1234":                                "identity.password_common",
		"P@ssw0rd2026!":                               "identity.password_common",
		"aaaaaaaaaaaa":                                "identity.password_common",
		"abcdefghijklm":                               "identity.password_common",
		"123456789012":                                "identity.password_common",
		"qwertyuiop12":                                "identity.password_common",
		"noroshinoroshi":                              "identity.password_common",
		"yamadahanako":                                "identity.password_common",
		"yoshikawa2026":                               "identity.password_common", // the person's own name
		"correcthorsebatterystaple":                   "identity.password_common",
		strings.Repeat("purple otters ", 20):          "identity.too_long",
		"purple otters\x00dig deep":                   "identity.characters",
		"purple otters \xff dig deep":                 "identity.characters",
		strings.Repeat("kumquat vexing jolt", 6)[:64]: "",
	} {
		f := fault.New(fault.Invalid, "identity.password")
		checkPassword(f, "password", password, "yoshikawa@example.jp", "吉川")
		got := ""
		if len(f.Fields) > 0 {
			got = f.Fields[0].Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestPasswordHash(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{Memory: 64, Time: 1, Lanes: 1})
	encoded, err := h.hash(t.Context(), "ｐｕｒｐｌｅ otters")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{
		"purple otters": true, "Purple otters": false, "": false, "purple otters ": false, "purple otters\x00": false,
	} {
		got, stale, err := h.matches(t.Context(), encoded, password)
		if err != nil || got != want || stale {
			t.Errorf("matches(%q) = %v, %v, %v, want %v", password, got, stale, err, want)
		}
	}
	if got, _, err := h.matches(t.Context(), "", ""); got || err != nil {
		t.Errorf("nothing matches nothing: %v, %v", got, err)
	}
	if _, stale, err := newHasher(Cost{Memory: 128, Time: 1, Lanes: 1}).matches(t.Context(), encoded, "purple otters"); err != nil || !stale {
		t.Errorf("another cost is not stale: %v, %v", stale, err)
	}
	for _, bad := range []string{"x", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43), "$2y$05$abc"} {
		if _, _, _, err := parseHash(bad); err == nil {
			t.Errorf("parseHash(%q) accepted", bad)
		}
	}
}

func TestCanonicalNamesMeet(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"alice@example.jp", " Alice@Example.JP", "ＡＬＩＣＥ＠example.jp", "alice@EXAMPLE.jp\t"} {
		if got := canonical(name); got != "alice@example.jp" {
			t.Errorf("canonical(%q) = %q", name, got)
		}
	}
	if canonical("straße") != canonical("STRASSE") {
		t.Error("case folding is not full")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]bool{
		"山田 花子": false, "": true, "  ": true, "a\u202eb": true, "a\nb": true, strings.Repeat("長", 121): true, strings.Repeat("長", 120): false,
	} {
		f := fault.New(fault.Invalid, "x")
		checkName(f, "name", name)
		if got := len(f.Fields) > 0; got != bad {
			t.Errorf("checkName(%q) bad = %v, want %v", name, got, bad)
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_800_000_000, 0)
	for i := range nameTries {
		if err := l.allow(now, "alice", fmt.Sprintf("192.0.2.%d", i)); err != nil {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	wants(t, "one more try for a name from elsewhere", l.allow(now, "alice", "198.51.100.1"), fault.Limit, "identity.too_many_tries")
	ok(t, "after a refill", l.allow(now.Add(nameRefill), "alice", "198.51.100.1"))
	ok(t, "another name", l.allow(now, "bob", "198.51.100.1"))
	for i := range 200 {
		err := l.allow(now, fmt.Sprint("n", i), fmt.Sprintf("2001:db8:1:2:%x::1", i))
		if refused := err != nil; refused != (i >= placeTries) {
			t.Fatalf("try %d from one /64: %v", i, err)
		}
	}
	l.forgive("alice", "198.51.100.1")
	ok(t, "after a success", l.allow(now, "alice", "198.51.100.1"))
}

func TestLimiterIsBoundedAndRemembersTheGuessed(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_800_000_000, 0)
	for range nameTries {
		ok(t, "try", l.allow(now, "alice", "203.0.113.7"))
	}
	for i := range limiterSize {
		ip := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		_ = l.allow(now, fmt.Sprint("fresh", i), ip.String())
	}
	if n := len(l.buckets); n > limiterSize+1 {
		t.Errorf("%d buckets, limit %d", n, limiterSize)
	}
	wants(t, "alice after a flood", l.allow(now, "alice", "203.0.113.8"), fault.Limit, "")
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8::1%eth0": "2001:db8::/64", "2001:db8:0:0:9::": "2001:db8::/64", "": "unknown", "x": "unknown",
	} {
		if got := placeOf(address); got != want {
			t.Errorf("placeOf(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestSealIsBoundToThePerson(t *testing.T) {
	t.Parallel()
	s, err := NewSealer(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal([]byte("seed"), "p1")
	if got, err := s.Open(sealed, "p1"); err != nil || string(got) != "seed" {
		t.Errorf("open() = %q, %v", got, err)
	}
	if _, err := s.Open(sealed, "p2"); err == nil {
		t.Error("opens for another person")
	}
	if _, err := s.Open(sealed[:5], "p1"); err == nil {
		t.Error("opens when cut")
	}
}

func TestCan(t *testing.T) {
	t.Parallel()
	work := Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst, Manager}}
	run := Permission{Name: "room.run", Scope: Instance, Roles: []Role{Admin}}
	analyst := Actor{Kind: KindPerson, ID: "a", Memberships: []Membership{{Organisation: "o1", Roles: []Role{Analyst}}, {Organisation: "o2", Roles: []Role{Reader}}}}
	admin := Actor{Kind: KindPerson, ID: "r", InstanceRoles: []Role{Admin}}
	token := analyst
	token.Kind, token.TokenScopes = KindToken, []string{"room.read"}
	for _, c := range []struct {
		name         string
		actor        Actor
		p            Permission
		organisation string
		want         error
	}{
		{"nobody on a public page", Actor{}, Anyone(), "", nil},
		{"nobody elsewhere", Actor{}, Person(), "", fault.Denied},
		{"nobody in an organisation", Actor{}, work, "o1", fault.Denied},
		{"undeclared", admin, Permission{}, "", fault.Denied},
		{"analyst at work", analyst, work, "o1", nil},
		{"reader may not", analyst, work, "o2", fault.Denied},
		{"stranger does not even learn of it", analyst, work, "o3", fault.NotFound},
		{"no organisation", analyst, work, "", fault.NotFound},
		{"analyst is no admin", analyst, run, "", fault.Denied},
		{"admin runs", admin, run, "", nil},
		{"admin sees no organisation's work", admin, work, "o1", fault.NotFound},
		{"token outside its scopes", token, work, "o1", fault.Denied},
		{"token on one's own pages", token, Person(), "", fault.Denied},
		{"system", System("seed"), work, "o1", nil},
	} {
		err := c.actor.Can(c.p, c.organisation)
		if c.want == nil && err != nil || c.want != nil && !isKind(err, c.want) {
			t.Errorf("%s: Can() = %v, want %v", c.name, err, c.want)
		}
	}
}

func isKind(err, kind error) bool { f := fault.Of(err); return f != nil && errors.Is(f, kind) }

func TestMatrixListsEveryPermissionOnceByRole(t *testing.T) {
	t.Parallel()
	cells := Matrix(append(Permissions(), ManagePeople()))
	if want := len(Permissions()) * 5; len(cells) != want {
		t.Errorf("%d cells, want %d", len(cells), want)
	}
	for _, c := range cells {
		if c.Permission.Name == "identity.people" && c.Held != (c.Role == Admin) {
			t.Errorf("%s held by %s: %v", c.Permission.Name, c.Role, c.Held)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if c, _, _, err := parseHash(s); err == nil && (c.Memory > 1<<20 || c.Time > 64) {
			t.Errorf("%q asks for too much work", s)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	f.Add("ＡLICE＠example.jp")
	f.Add("\u02d8") // its compatible form begins with a space
	f.Fuzz(func(t *testing.T, s string) {
		if one := canonical(s); canonical(one) != one {
			t.Errorf("canonical is not stable for %q: %q, %q", s, one, canonical(one))
		}
	})
}
