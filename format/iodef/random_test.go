package iodef

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/testkit"
)

// elements returns where each element below the root begins and ends.
func elements(t *testing.T, doc []byte) [][2]int64 {
	t.Helper()
	var all [][2]int64
	var begun []int64
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token.(type) {
		case xml.StartElement:
			begun = append(begun, from)
		case xml.EndElement:
			if last := len(begun) - 1; last > 0 {
				all = append(all, [2]int64{begun[last], d.InputOffset()})
			}
			begun = begun[:len(begun)-1]
		}
	}
}

// refused returns which documents the schema refuses, by one run of xmllint.
func refused(t *testing.T, form Form, docs [][]byte) []bool {
	t.Helper()
	schema := schemaOf(t, form)
	program, err := exec.LookPath("xmllint")
	if err != nil {
		testkit.Missing(t, "xmllint")
	}
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", filepath.Base(schema)}
	for i, doc := range docs {
		name := filepath.Join(dir, fmt.Sprintf("%04d.xml", i))
		if err := os.WriteFile(name, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = filepath.Dir(schema)
	out, _ := cmd.CombinedOutput() // it fails if one document does
	bad := make([]bool, len(docs))
	for i := range docs {
		name := fmt.Sprintf("%04d.xml", i)
		bad[i] = bytes.Contains(out, []byte(name+" fails to validate"))
		if !bad[i] && !bytes.Contains(out, []byte(name+" validates")) {
			t.Fatalf("xmllint says nothing about %s:\n%.2000s", name, out)
		}
	}
	return bad
}

// A document of a random model from which any one element is taken is read without an error; what
// the schema refuses is noted, and what it accepts is not. The schema alone accepts an Observable
// without anything in it, against RFC 7970, section 3.29.3.
func TestRandomModelsWithoutAnElement(t *testing.T) {
	t.Parallel()
	for _, form := range []Form{XML1, XML2} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("%v %d", form, seed), func(t *testing.T) {
				t.Parallel()
				f := &filler{r: rand.New(rand.NewPCG(seed, 3)), form: XML2}
				doc := written(t, form, f.document(3))
				all := elements(t, doc)
				f.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				all = all[:min(len(all), 150)]
				docs := [][]byte{doc}
				for _, e := range all {
					docs = append(docs, slices.Concat(doc[:e[0]], doc[e[1]:]))
				}
				for i, bad := range refused(t, form, docs) {
					d, err := Read(bytes.NewReader(docs[i]))
					if err != nil {
						t.Fatal(err)
					}
					notes := slices.DeleteFunc(d.Notes, func(n Note) bool { return n.Name == "one observable" })
					if bad == (len(notes) > 0) {
						continue
					}
					cut := "nothing"
					if i > 0 {
						cut = string(doc[all[i-1][0]:all[i-1][1]])
					}
					t.Errorf("without %.200s the schema refuses: %v, notes %v", strings.TrimSpace(cut), bad, notes)
				}
			})
		}
	}
}
