package identity

import (
	"net/netip"
	"sync"
	"time"

	"noroshi.dev/internal/core/fault"
)

// The limits of guessing. Tries come back one at a time, so that nobody is
// locked out for long by somebody else's guesses.
const (
	nameTries    = 8
	nameRefill   = 2 * time.Minute
	placeTries   = 40
	placeRefill  = 15 * time.Second
	limiterSize  = 50_000 // buckets kept at most
	mappedV6Bits = 64     // an IPv6 network that one guesser commands
)

// limiter counts failed tries by canonical name and by network. It lives in
// memory: a restart forgives, which a guesser cannot cause.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

// bucket holds how many tries are spent as of a time.
type bucket struct {
	spent float64
	at    time.Time
}

func newLimiter() *limiter { return &limiter{buckets: map[string]*bucket{}} }

// placeOf returns the network that is limited as one: the IPv4 address, or the
// /64 of an IPv6 address. What is no address is one common place.
func placeOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	p, err := ip.WithZone("").Prefix(mappedV6Bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// allow spends a try for a name and a place before the credential is looked at,
// so that parallel guesses count too. It refuses with fault.Limit and the
// seconds to wait. An empty name is limited by place alone: what is tried then is a
// secret of 160 bits, and many people share an address. The answer does not depend on whether the name exists.
func (l *limiter) allow(now time.Time, name, address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, p := &bucket{}, l.bucket(now, "place:"+placeOf(address), placeRefill)
	if name != "" {
		n = l.bucket(now, "name:"+name, nameRefill)
	}
	wait := max(n.wait(nameTries, nameRefill), p.wait(placeTries, placeRefill))
	if wait > 0 {
		return fault.New(fault.Limit, "identity.too_many_tries").With("seconds", int(wait/time.Second)+1)
	}
	n.spent++
	p.spent++
	return nil
}

// forgive gives the tries of a name back after a success, and the one of the place.
func (l *limiter) forgive(name, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.buckets, "name:"+name)
	if b := l.buckets["place:"+placeOf(address)]; b != nil && b.spent >= 1 {
		b.spent--
	}
}

// bucket returns the bucket of a key, refilled until now.
func (l *limiter) bucket(now time.Time, key string, refill time.Duration) *bucket {
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= limiterSize {
			l.sweep(now)
		}
		b = &bucket{at: now}
		l.buckets[key] = b
	}
	if past := now.Sub(b.at); past > 0 {
		b.spent = max(0, b.spent-past.Seconds()/refill.Seconds())
		b.at = now
	}
	return b
}

// wait returns how long until one more try is there.
func (b *bucket) wait(tries float64, refill time.Duration) time.Duration {
	if b.spent+1 <= tries {
		return 0
	}
	return time.Duration((b.spent + 1 - tries) * float64(refill))
}

// sweep makes room: buckets that are full again first, then those with the
// fewest tries spent, so that a flood of fresh names does not wash a guessed one out.
func (l *limiter) sweep(now time.Time) {
	for key, b := range l.buckets {
		if now.Sub(b.at) >= time.Duration(b.spent*float64(nameRefill)) {
			delete(l.buckets, key)
		}
	}
	for limit := 1.0; len(l.buckets) >= limiterSize; limit++ {
		for key, b := range l.buckets {
			if b.spent <= limit && len(l.buckets) >= limiterSize*9/10 {
				delete(l.buckets, key)
			}
		}
	}
}
