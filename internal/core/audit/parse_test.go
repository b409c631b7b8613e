package audit

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

var errRollback = errors.New("roll back")

func TestLeafIsCanonicalAndHoldsNoDetail(t *testing.T) {
	t.Parallel()
	e := Entry{
		Actor: Actor{Kind: "person", ID: "p1"}, Room: "kengine", Op: "rule", Object: "<a>&\u2028\x00\xff",
		Details: map[string]string{"name": "山田", "reason": "because"},
	}.cleaned()
	salts := map[string][]byte{"name": []byte("0123456789abcdef"), "reason": []byte("fedcba9876543210")}
	data, err := newLeaf(e, 3, time.Date(2026, 11, 18, 5, 0, 0, 1000, time.UTC), salts).encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"v":1,"n":3,"at":"2026-11-18T05:00:00.000001Z","actor_kind":"person","actor_id":"p1","room":"kengine","op":"rule",` +
		`"object":"<a>&\u2028��","outcome":"ok","request":"","commitments":{` +
		`"name":"` + commit(salts["name"], "山田") + `","reason":"` + commit(salts["reason"], "because") + `"}}`
	if string(data) != want {
		t.Errorf("leaf = %s\nwant   %s", data, want)
	}
	leaf, err := ParseLeaf(data)
	if err != nil || leaf.Time().UnixMicro() != 1794978000000001 {
		t.Errorf("ParseLeaf() = %+v at %d, %v", leaf, leaf.Time().UnixMicro(), err)
	}
	if strings.Contains(string(data), "山田") || strings.Contains(string(data), "because") {
		t.Error("the leaf holds a detail")
	}
}

func TestParseLeafRefusesOtherForms(t *testing.T) {
	t.Parallel()
	good := `{"v":1,"n":3,"at":"2026-11-18T05:00:00.000001Z","actor_kind":"","actor_id":"","room":"","op":"","object":"","outcome":"","request":""}`
	if _, err := ParseLeaf([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"space":        strings.Replace(good, ":3", ": 3", 1),
		"version":      strings.Replace(good, `"v":1`, `"v":2`, 1),
		"unknown name": strings.Replace(good, `"v":1`, `"v":1,"w":1`, 1),
		"twice":        strings.Replace(good, `"n":3`, `"n":3,"n":3`, 1),
		"trailing":     good + " ",
		"time":         strings.Replace(good, "T05", " 05", 1),
		"long":         good[:2] + strings.Repeat(" ", maxLeaf) + good[2:],
		"empty":        "",
	} {
		if _, err := ParseLeaf([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCommitmentBindsSaltAndValue(t *testing.T) {
	t.Parallel()
	if commit([]byte("ab"), "c") == commit([]byte("a"), "bc") {
		t.Error("salt and value trade bytes")
	}
}

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(`{"v":1,"n":3,"at":"2026-11-18T05:00:00.000001Z","actor_kind":"","actor_id":"","room":"","op":"","object":"","outcome":"","request":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		leaf, err := ParseLeaf(data)
		if err != nil {
			return
		}
		again, err := leaf.encode()
		if err != nil || string(again) != string(data) {
			t.Errorf("%q is read as %q, %v", data, again, err)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	f.Add("noroshi-audit-1\n12\nGr3HWZqRzrV9JM9sAvCr/5f3cJAcvJBGRcKlOG3Jzo4=\n")
	f.Add("a\n0\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCheckpoint(text)
		if err == nil && !strings.HasPrefix(text, c.text()) {
			t.Errorf("%q is read as %q", text, c.text())
		}
	})
}

func FuzzCheckProof(f *testing.F) {
	f.Add([]byte(proofHeader + "\nextra e30=\nindex 1\n\nnoroshi\n2\nGr3HWZqRzrV9JM9sAvCr/5f3cJAcvJBGRcKlOG3Jzo4=\n\n— noroshi AAAA\n"))
	key := newKey(f).Public
	f.Fuzz(func(t *testing.T, data []byte) {
		if leaf, _, err := CheckProof(data, key); err == nil {
			out, _ := json.Marshal(leaf)
			t.Errorf("accepted without the key: %s", out)
		}
	})
}
