package identity

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
)

// TestNobodyGuessesFasterThanTheRefill lets guessers try at random times for a day
// and counts, over every window, what came through: never more than the tries at
// hand and those that came back, whatever the places are.
func TestNobodyGuessesFasterThanTheRefill(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 20 {
		l, start := newLimiter(), time.Unix(1_800_000_000, 0)
		now, through := start, []time.Time{}
		for range 3000 {
			now = now.Add(time.Duration(r.ExpFloat64() * float64(20*time.Second)))
			if l.allow(now, "alice", fmt.Sprintf("2001:db8:%x::1", r.IntN(1<<16))) == nil {
				through = append(through, now)
			}
		}
		for i := range through {
			for j := i; j < len(through); j++ {
				window := through[j].Sub(through[i])
				if most := nameTries + int(window/nameRefill) + 1; j-i+1 > most {
					t.Fatalf("round %d: %d tries within %v, at most %d", round, j-i+1, window, most)
				}
			}
		}
		if least := int(now.Sub(start)/nameRefill) / 2; len(through) < least {
			t.Errorf("round %d: %d tries came through, a rightful person would want %d", round, len(through), least)
		}
	}
}

// TestTheTimeToWaitIsTrue waits as long as the refusal says: not less is enough, and
// then it is.
func TestTheTimeToWaitIsTrue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		tries int
	}{{"alice", nameTries}, {"", placeTries}} {
		l, now := newLimiter(), time.Unix(1_800_000_000, 0)
		for range c.tries {
			ok(t, "try", l.allow(now, c.name, "192.0.2.1"))
		}
		f := fault.Of(l.allow(now, c.name, "192.0.2.1"))
		if f == nil {
			t.Fatalf("%q: no refusal after %d tries", c.name, c.tries)
		}
		seconds, isInt := f.Args["seconds"].(int)
		if !isInt || seconds <= 1 {
			t.Fatalf("%q: wait %v", c.name, f.Args)
		}
		wants(t, "too early", l.allow(now.Add(time.Duration(seconds-2)*time.Second), c.name, "192.0.2.1"), fault.Limit, "")
		ok(t, "after the wait", l.allow(now.Add(time.Duration(seconds)*time.Second), c.name, "192.0.2.1"))
	}
}

// TestAClockThatGoesBackForgivesNothing is about MISP's CVE-2020-8890.
func TestAClockThatGoesBackForgivesNothing(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_800_000_000, 0)
	for range nameTries {
		ok(t, "try", l.allow(now, "alice", "192.0.2.1"))
	}
	for _, d := range []time.Duration{-time.Second, -24 * time.Hour, -10 * 365 * 24 * time.Hour, 0} {
		wants(t, d.String(), l.allow(now.Add(d), "alice", "192.0.2.1"), fault.Limit, "")
	}
}

// TestRefusedTriesCostNothing keeps knocking: the wait does not grow, so that
// nobody locks somebody else out.
func TestRefusedTriesCostNothing(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Unix(1_800_000_000, 0)
	for range nameTries {
		ok(t, "try", l.allow(now, "alice", "192.0.2.1"))
	}
	for range 10_000 {
		wants(t, "knock", l.allow(now, "alice", "198.51.100.1"), fault.Limit, "")
	}
	ok(t, "alice after one refill", l.allow(now.Add(nameRefill), "alice", "203.0.113.1"))
}

// TestCanonicalIsStable is the property on which limits and uniqueness rest: what
// is canonical stays as it is, and case, width and spaces make no second name.
func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	alphabet := []rune("aAbBzZ0９ＡｂＢａßſİıΣςσ火ﾎﾟポ ﬁµÅÅé\u0301\u3000-_.@")
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(10) {
			b.WriteRune(alphabet[r.IntN(len(alphabet))])
		}
		name := b.String()
		once := canonical(name)
		if twice := canonical(once); twice != once {
			t.Fatalf("canonical(%q) = %q, again %q", name, once, twice)
		}
		if spaced := canonical(" \t" + name + "\n"); spaced != once {
			t.Fatalf("canonical(%q) = %q with spaces %q", name, once, spaced)
		}
	}
}

// TestHashTextsThatAreRefused is the table of password hashes that a database must
// not make the house compute.
func TestHashTextsThatAreRefused(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{Memory: 64, Time: 1, Lanes: 1})
	whole := h.dummy
	if _, _, _, err := parseHash(whole); err != nil {
		t.Fatalf("parseHash(%s): %v", whole, err)
	}
	for name, change := range map[string][2]string{
		"another kind":      {"argon2id", "argon2i"},
		"another version":   {"v=19", "v=16"},
		"much memory":       {"m=64", "m=4194304"},
		"little memory":     {"m=64", "m=1"},
		"a sign":            {"m=64", "m=-64"},
		"no passes":         {"t=1", "t=0"},
		"many passes":       {"t=1", "t=65"},
		"no lanes":          {"p=1", "p=0"},
		"many lanes":        {"p=1", "p=255"},
		"lanes that wrap":   {"p=1", "p=257"},
		"another order":     {"m=64,t=1", "t=1,m=64"},
		"a short salt":      {"$AAAAAAAAAAAAAAAAAAAAAA$", "$AAAA$"},
		"no salt":           {"$AAAAAAAAAAAAAAAAAAAAAA$", "$$"},
		"a salt of nothing": {"$AAAAAAAAAAAAAAAAAAAAAA$", "$!!!!$"},
		"a field more":      {"$argon2id", "$$argon2id"},
	} {
		text := strings.Replace(whole, change[0], change[1], 1)
		if text == whole {
			t.Fatalf("%s changes nothing in %s", name, whole)
		}
		if _, _, _, err := parseHash(text); err == nil {
			t.Errorf("%s: %s is accepted", name, text)
		}
	}
	for cut := range len(whole) {
		if _, _, _, err := parseHash(whole[:cut]); err == nil {
			t.Errorf("%s is accepted", whole[:cut])
		}
	}
}

// TestEmptyPasswordsOpenNothing is about TheHive's advisory SB-SEC-ADV-2022-001.
func TestEmptyPasswordsOpenNothing(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{Memory: 64, Time: 1, Lanes: 1})
	made, err := h.hash(t.Context(), good)
	ok(t, "hash", err)
	empty, err := h.hash(t.Context(), "")
	ok(t, "hash", err)
	for _, encoded := range []string{made, empty, ""} {
		for _, password := range []string{"", "\x00", " ", strings.Repeat("a", maxPasswordBytes+1), good + "\x00", good[:len(good)-1]} {
			if same, _, err := h.matches(t.Context(), encoded, password); err != nil || same {
				t.Errorf("matches(%.20q, %.20q) = %v, %v", encoded, password, same, err)
			}
		}
	}
	if same, stale, err := h.matches(t.Context(), made, good); err != nil || !same || stale {
		t.Errorf("matches() = %v, %v, %v for the right one", same, stale, err)
	}
	if _, stale, err := newHasher(Cost{Memory: 128, Time: 1, Lanes: 1}).matches(t.Context(), made, good); err != nil || !stale {
		t.Errorf("stale = %v, %v for an older cost", stale, err)
	}
}
