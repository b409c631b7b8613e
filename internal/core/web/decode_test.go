package web

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// sample is a form with a field of every type.
type sample struct {
	Title  string    `form:"title,required,max=5"`
	Code   string    `form:"code,min=2"`
	Secret string    `form:"secret,raw"`
	Role   string    `form:"role,oneof=reader|analyst"`
	On     bool      `form:"on"`
	N      int       `form:"n,min=1,max=9"`
	Share  float64   `form:"share,max=1"`
	Due    time.Time `form:"due"`
	IDs    []string  `form:"id,max=3,text=4"`
	Kept   string
}

// posted is a request with a form, whose reader is in Tokyo.
func posted(t *testing.T, form url.Values) *http.Request {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.WithContext(ui.With(r.Context(), ui.Reader{Lang: i18n.EN, Zone: zone, Texts: i18n.New()}))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got := sample{Kept: "k"}
	err := Decode(posted(t, url.Values{
		"title": {"  か\u3099\r\nb "}, "secret": {" p "}, "role": {"analyst"}, "on": {"on"}, "n": {"9"}, "share": {"0.5"},
		"due": {"2026-11-18T14:00"}, "id": {"a", "", "b"},
	}), &got)
	if err != nil {
		t.Fatal(err)
	}
	want := sample{
		Title: "が\nb", Secret: " p ", Role: "analyst", On: true, N: 9, Share: .5,
		Due: time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC), IDs: []string{"a", "b"}, Kept: "k",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Decode() (-want +got):\n%s", diff)
	}
}

func TestDecodeNamesEachBrokenField(t *testing.T) {
	t.Parallel()
	var got sample
	err := Decode(posted(t, url.Values{
		"title": {"123456"}, "code": {"x"}, "role": {"king"}, "on": {"perhaps"}, "n": {"10"}, "share": {"NaN"}, "due": {"soon"},
		"id": {"a", "b", "c", "d", "12345"}, "Kept": {"overwritten"}, "secret": {"a", "b"},
	}), &got)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid {
		t.Fatalf("Decode() = %v, want invalid", err)
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name+" "+field.Key)
	}
	want := []string{
		"title too_long", "code too_short", "secret repeated", "role not_choice", "on not_bool", "n too_large",
		"share not_decimal", "due not_time", "id too_long", "id too_many", "Kept unknown",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if got.Kept != "" || got.Title != "123456" {
		t.Errorf("the form is %+v: a field without a tag was filled or what was typed is lost", got)
	}
	if err := Decode(posted(t, url.Values{"n": {"x"}, "title": {"\xff"}}), &sample{}); fault.Of(err) == nil || len(fault.Of(err).Fields) != 2 {
		t.Errorf("Decode() = %v", err)
	}
	if err := Decode(posted(t, url.Values{"n": {"0"}}), &sample{}); len(fault.Of(err).Fields) != 2 {
		t.Errorf("Decode() = %v, want title required and n too_small", err)
	}
}

func TestDecodeSelection(t *testing.T) {
	t.Parallel()
	var got struct {
		Selection
		Owner string `form:"owner"`
	}
	if err := Decode(posted(t, url.Values{"id": {"a", "b"}, "all": {"true"}, "q": {"is:open"}, "owner": {"p"}}), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.IDs) != 2 || !got.All || got.Q != "is:open" || got.Owner != "p" || got.Chosen() != nil || (Selection{All: true}).Chosen() != nil || fault.Of((Selection{}).Chosen()) == nil {
		t.Errorf("Decode() = %+v", got)
	}
}

func TestDecodeManyNames(t *testing.T) {
	t.Parallel()
	form := url.Values{"title": {"a"}}
	for i := range maxFields + 1 {
		form.Set(fmt.Sprint("x", i), "")
	}
	if f := fault.Of(Decode(posted(t, form), &sample{})); f == nil || f.Fields[0].Key != "too_many" {
		t.Errorf("Decode() = %v", f)
	}
}

func TestDecodeQuery(t *testing.T) {
	t.Parallel()
	var got sample
	r := httptest.NewRequest(http.MethodGet, "/x?title=a&n=2", nil)
	if err := Decode(r, &got); err != nil || got.N != 2 {
		t.Errorf("Decode() = %v, %+v", err, got)
	}
	if err := Decode(httptest.NewRequest(http.MethodGet, "/x?title=%zz", nil), &got); fault.Of(err) == nil {
		t.Errorf("Decode(broken query) = %v", err)
	}
}

func TestDecodeRefusesOtherBodies(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(`{"title":"a"}`))
	r.Header.Set("Content-Type", "application/json")
	if f := fault.Of(Decode(r, &sample{})); f == nil || f.Key != "web.form_type" {
		t.Errorf("Decode(json) = %v", f)
	}
}

// upload is a multipart request with files of one field.
func upload(t *testing.T, files map[string]string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, content := range files {
		w, err := m.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/x", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func TestDecodeFiles(t *testing.T) {
	t.Parallel()
	var one struct {
		File File `form:"file,required,max=10"`
	}
	if err := Decode(upload(t, map[string]string{"a.txt": "hello"}), &one); err != nil {
		t.Fatal(err)
	}
	f, err := one.File.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if data, err := io.ReadAll(f); err != nil || string(data) != "hello" || one.File.Name != "a.txt" || one.File.Size != 5 {
		t.Errorf("file = %q %+v %v", data, one.File, err)
	}
	for name, files := range map[string]map[string]string{
		"required": nil, "empty_file": {"a": ""}, "too_large": {"a": "12345678901"}, "repeated": {"a": "1", "b": "2"},
	} {
		f := fault.Of(Decode(upload(t, files), &one))
		if f == nil || f.Fields[0].Name != "file" || f.Fields[0].Key != name {
			t.Errorf("%s: Decode() = %v", name, f)
		}
	}
	var many struct {
		Files []File `form:"file"`
	}
	if err := Decode(upload(t, map[string]string{"a": "1", "b": "2"}), &many); err != nil || len(many.Files) != 2 {
		t.Errorf("Decode() = %v, %d files", err, len(many.Files))
	}
	if _, err := (File{}).Open(); err == nil {
		t.Error("a file that was not sent opens")
	}
}

func TestTagsThatCannotBeReadPanic(t *testing.T) {
	t.Parallel()
	for _, form := range []any{
		&struct {
			A string `form:"a,odd"`
		}{},
		&struct {
			A string `form:"a,max=x"`
		}{},
		&struct {
			A []int `form:"a"`
		}{},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Decode(%T) accepts its tag", form)
				}
			}()
			_ = Decode(posted(t, url.Values{"a": {"1"}}), form)
		}()
	}
}

// FuzzDecode holds that no form panics and that every refusal names a field.
func FuzzDecode(f *testing.F) {
	f.Add("title=a&n=1&due=2026-01-01&id=x")
	f.Add("title=%ff&n=99999999999999999999&share=1e999")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var s sample
		err := Decode(r, &s)
		if err != nil && fault.Of(err) == nil {
			t.Fatalf("Decode(%q) = %v, not a fault", body, err)
		}
		if err == nil && (s.Title == "" || len([]rune(s.Title)) > 5 || s.N > 9 || len(s.IDs) > 3) {
			t.Fatalf("Decode(%q) let through %+v", body, s)
		}
	})
}
