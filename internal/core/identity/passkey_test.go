package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
)

// authenticator is one made of software: one ES256 key for one person.
type authenticator struct {
	key    *ecdsa.PrivateKey
	id     []byte
	handle string // user handle that it was registered with
	origin string
	flags  byte // of an assertion: 0x05 is present and verified
	count  uint32
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &authenticator{key: key, id: id, origin: "http://localhost:8686", flags: 0x05}
}

// data is the authenticator data (WebAuthn section 6.1).
func (k *authenticator) data(flags byte, more []byte) []byte {
	sum := sha256.Sum256([]byte("localhost"))
	out := append(sum[:], flags)
	k.count++
	out = binary.BigEndian.AppendUint32(out, k.count)
	return append(out, more...)
}

func (k *authenticator) client(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	return b
}

// options are the parts of both ceremonies that the authenticator looks at.
type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

// register answers a registration with attestation "none".
func (k *authenticator) register(t *testing.T, raw []byte) []byte {
	t.Helper()
	var o options
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	k.handle = o.PublicKey.User.ID
	point, err := k.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	more := append(make([]byte, 16), 0, byte(len(k.id)))
	data := k.data(0x45, append(append(more, k.id...), cose...))
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return k.answer(map[string]string{
		"clientDataJSON": b64(k.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64(append(object, data...)),
	})
}

// assert answers a sign-in.
func (k *authenticator) assert(t *testing.T, raw []byte) []byte {
	t.Helper()
	var o options
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	client, data := k.client("webauthn.get", o.PublicKey.Challenge), k.data(k.flags, nil)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, k.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(map[string]string{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(sig), "userHandle": k.handle})
}

func (k *authenticator) answer(response map[string]string) []byte {
	b, _ := json.Marshal(map[string]any{"id": b64(k.id), "rawId": b64(k.id), "type": "public-key", "response": response})
	return b
}

func TestPasskeys(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, t := h.t.Context(), h.t
		a, key := h.admin(), newAuthenticator(h.t)
		options, secret, err := h.BeginPasskey(ctx, a)
		ok(t, "begin", err)
		answer := key.register(t, options)
		wants(t, "without a name", h.FinishPasskey(ctx, a, secret, " ", answer), fault.Invalid, "")
		ok(t, "finish", h.FinishPasskey(ctx, a, secret, "鍵", answer))
		wants(t, "finish twice", h.FinishPasskey(ctx, a, secret, "鍵", answer), fault.Denied, "identity.begin_again")
		signIn := func(actor Actor, change func([]byte) []byte) (Door, error) {
			options, secret, err := h.BeginPasskeySignIn(ctx, here)
			ok(t, "begin sign-in", err)
			answer := key.assert(t, options)
			if change != nil {
				answer = change(answer)
			}
			d, err := h.SignInPasskey(ctx, actor, here, secret, answer)
			if err == nil {
				_, again := h.SignInPasskey(ctx, actor, here, secret, answer)
				wants(t, "an answer used twice", again, fault.Denied, "")
			}
			return d, err
		}
		d, err := signIn(Actor{}, nil)
		ok(t, "sign in", err)
		if got := h.actor(d); got.ID != a.ID {
			t.Errorf("signed in as %+v", got)
		}
		h.hands.forward(RecentProof * 2)
		proof, err := signIn(h.actor(d), nil)
		ok(t, "prove", err)
		if _, err := h.BeginCodes(ctx, h.actor(proof)); err != nil {
			t.Errorf("after a proof by passkey: %v", err)
		}
		key.flags = 0x01
		_, err = signIn(Actor{}, nil)
		wants(t, "without verification of the person", err, fault.Denied, "identity.passkey_failed")
		key.flags, key.origin = 0x05, "https://evil.example"
		_, err = signIn(Actor{}, nil)
		wants(t, "from a forged site", err, fault.Denied, "identity.passkey_failed")
		key.origin = "http://localhost:8686"
		_, err = signIn(Actor{}, func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"signature":"`, `"signature":"AA`, 1))
		})
		wants(t, "a wrong signature", err, fault.Denied, "identity.passkey_failed")
		key.count = 0
		_, err = signIn(Actor{}, nil)
		wants(t, "a copied authenticator", err, fault.Denied, "identity.passkey_failed")
		key.count = 100
		list, err := h.Passkeys(ctx, a)
		if err != nil || len(list) != 1 || list[0].Name != "鍵" || list[0].UsedAt.IsZero() {
			t.Fatalf("passkeys = %+v, %v", list, err)
		}
		ok(t, "remove", h.RemovePasskey(ctx, h.actor(proof), list[0].ID))
		_, err = signIn(Actor{}, nil)
		wants(t, "a removed passkey", err, fault.Denied, "identity.passkey_failed")
	})
}

func TestPasskeysNeedAHostName(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]bool{"https://noroshi.example": true, "http://localhost:8686": true, "http://127.0.0.1:8686": false, "https://[::1]": false} {
		s, err := New(Deps{Origin: origin, Key: make([]byte, 32), Cost: Cost{64, 1, 1}})
		if err != nil || s.PasskeysOffered() != want {
			t.Errorf("%s: offered %v, %v", origin, err == nil && s.PasskeysOffered(), err)
		}
	}
	for _, origin := range []string{"", "noroshi.example", "ftp://x", "https://x/path"} {
		if _, err := New(Deps{Origin: origin, Key: make([]byte, 32), Cost: Cost{64, 1, 1}}); err == nil {
			t.Errorf("%q is an outside address", origin)
		}
	}
}

func FuzzPasskeyAnswer(f *testing.F) {
	s, err := New(Deps{Origin: "http://localhost", Key: make([]byte, 32), Cost: Cost{64, 1, 1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, session, err := s.passkeys.BeginDiscoverableLogin()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.assertion(t.Context(), *session, data); err == nil {
			t.Errorf("accepted %q", data)
		}
	})
}
