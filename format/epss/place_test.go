package epss

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func ExampleEach() {
	text := "#model_version:v2025.03.14,score_date:2099-01-02T00:00:00+0000\ncve,epss,percentile\nCVE-2099-1001,0.09029,0.94031\nCVE-2099-1002,high,0.9\n"
	head, err := Each([]byte(text), func(i *Item) error {
		if i.Err != nil {
			fmt.Printf("line %d: %v\n", i.Line, i.Err)
			return nil
		}
		fmt.Printf("%s %.1f %% on %s\n", i.ID, 100*i.Probability, Time(i.Date).Format("2 January 2006"))
		return nil
	})
	fmt.Println(head.Model, err)
	// Output:
	// CVE-2099-1001 9.0 % on 2 January 2099
	// line 4: epss "high": not a number from 0 to 1
	// v2025.03.14 <nil>
}

// TestPlaces: the offset is the byte in the document as handed in, also behind a byte order mark,
// with both kinds of line end and with empty lines between.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"mark":        "\xef\xbb\xbfcve,epss\nCVE-2099-1001,0.1\n",
		"no mark":     "cve,epss\nCVE-2099-1001,0.1\n",
		"no last end": "cve,epss\r\n\r\n\r\nCVE-2099-1001,0.1",
		"json":        `{"data":[ {"cve":"CVE-2099-1001","epss":"0.1"}]}`,
		"json, mark":  "\xef\xbb\xbf" + `{"data":[{"cve":"CVE-2099-1001","epss":"0.1"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, items, err := read(t, text)
			if err != nil || len(items) != 1 || items[0].Err != nil {
				t.Fatalf("items %+v, %v", items, err)
			}
			at := text[items[0].Offset:]
			if !strings.HasPrefix(at, "CVE-2099-1001") && !strings.HasPrefix(at, `{"cve"`) {
				t.Errorf("offset %d is at %.20q", items[0].Offset, at)
			}
			if line := strings.Count(text[:items[0].Offset], "\n") + 1; items[0].Line != 0 && items[0].Line != line {
				t.Errorf("line %d, want %d", items[0].Line, line)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for id, good := range map[string]bool{
		"CVE-2099-1001": true, `"CVE-2099-1001"`: true, "CVE-": false, "CVE-2099-1": false, "CVE-2099-x001": false, "GHSA-1001-1001": false, "": false,
	} {
		_, items, err := read(t, "cve,epss\n"+id+",0.5\n")
		if err != nil || len(items) != 1 || (items[0].Err == nil) != good || !good && !errors.Is(items[0].Err, ErrID) {
			t.Errorf("%q: %+v, %v; want accepted %v", id, items, err, good)
		}
	}
}

// TestRandomFiles writes files of random scores with columns in random order and reads them back.
func TestRandomFiles(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		names := []string{"cve", "epss", "percentile", "extra"}
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		var want []Score
		text := strings.Join(names, ",") + "\n"
		for range r.IntN(8) {
			s := Score{ID: "CVE-2099-" + strconv.Itoa(1000+r.IntN(1e6)), Raw: strconv.FormatFloat(r.Float64(), 'f', 5, 64), Percentile: float64(r.IntN(100)) / 100}
			s.Probability, _ = strconv.ParseFloat(s.Raw, 64)
			cells := map[string]string{"cve": s.ID, "epss": s.Raw, "percentile": fmt.Sprint(s.Percentile), "extra": "x"}
			for i, name := range names {
				text += cells[name] + map[bool]string{true: "\n", false: ","}[i == len(names)-1]
			}
			want = append(want, s)
		}
		_, items, err := read(t, text)
		if err != nil || len(items) != len(want) {
			t.Fatalf("%d items, %v, want %d", len(items), err, len(want))
		}
		for i := range want {
			if items[i].Err != nil || items[i].Score != want[i] {
				t.Fatalf("score %d = %+v, want %+v", i, items[i], want[i])
			}
		}
	}
}

// TestStop: an error of the callback ends the reading at once and comes back.
func TestStop(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for name, text := range map[string]string{
		"csv":  "cve,epss\nCVE-2099-1001,0.1\nCVE-2099-1002,0.1\n",
		"json": `{"data":[{"cve":"CVE-2099-1001","epss":"0.1"},{"cve":"CVE-2099-1002","epss":"0.1"}]}`,
	} {
		n := 0
		if _, err := Each([]byte(text), func(*Item) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
			t.Errorf("%s: %v after %d items", name, err, n)
		}
	}
}

func TestHeadWithoutModel(t *testing.T) {
	t.Parallel()
	head, items, err := read(t, "# made by hand\n#score_date: 2099-01-02\ncve,epss\nCVE-2099-1001,0.1\n#a comment\nCVE-2099-1002,0.2\n")
	if err != nil || head != (Head{Date: "2099-01-02"}) || len(items) != 2 || items[1].Date != "2099-01-02" {
		t.Errorf("head %+v, items %+v, %v", head, items, err)
	}
}
