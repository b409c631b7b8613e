package web

import (
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/ui"
)

// memory is how much of an upload is held in memory; the rest waits in temporary
// files that are removed when the request ends.
const memory = 1 << 20

// maxFields bounds the names of one form.
const maxFields = 500

// File is an uploaded file. Its name is what the sender said: never use it as a path.
type File struct {
	Name string
	Size int64 // bytes
	part *multipart.FileHeader
}

// Open opens the content. The caller closes it.
func (f File) Open() (multipart.File, error) {
	if f.part == nil {
		return nil, fault.New(fault.Invalid, "web.form").Field("file", "required")
	}
	return f.part.Open()
}

// Decode reads the form of a POST, or the query of a GET, into a struct whose
// fields carry tags:
//
//	type form struct {
//		Title  string    `form:"title,required,max=200"`
//		Due    time.Time `form:"due"`              // datetime-local or date, in the reader's zone
//		IDs    []string  `form:"id,max=1000"`      // each at most 200 characters unless text=
//		Secret string    `form:"password,raw"`     // neither trimmed nor folded
//		Upload web.File  `form:"file,required"`    // multipart
//		web.Selection                               // embedded: rows chosen in a list, see Chosen
//	}
//
// Types: string, bool, int, int64, float64, time.Time, []string, File, []File.
// Texts are NFC, have \n line ends and no outer spaces; max counts characters (of
// text: the default is 10,000), entries (of lists) or the value itself (of
// numbers, with min). A field that the struct does not have, a value that is
// given twice or that does not fit is a fault.Invalid "web.form" naming every such
// field; form is filled as far as possible, so that the page can show it again.
func Decode(r *http.Request, form any) error {
	values, files, err := body(r)
	if err != nil {
		return err
	}
	d := &decoder{zone: ui.From(r.Context()).Zone, values: values, files: files, bad: fault.New(fault.Invalid, "web.form")}
	d.strangers(d.fill(reflect.ValueOf(form).Elem()))
	return d.bad.OrNil()
}

// Selection is what a bulk bar posts beside the deed's own fields; embed it in the
// form. All asks for every row that the filter text Q matches, not only for IDs.
type Selection struct {
	IDs []string `form:"id,max=1000"`
	All bool     `form:"all"`
	Q   string   `form:"q,max=1000"`
}

// Chosen returns nil, or a fault.Invalid if no row was chosen.
func (s Selection) Chosen() error {
	if len(s.IDs) == 0 && !s.All {
		return fault.New(fault.Invalid, "web.selection").Field("id", "required")
	}
	return nil
}

// refuse notes what is wrong with a field.
func (d *decoder) refuse(name, key string, args ...any) { d.bad = d.bad.Field(name, key, args...) }

// fill fills the tagged fields of a struct, those of embedded structs too, and
// returns their names.
func (d *decoder) fill(v reflect.Value) []string {
	var known []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			known = append(known, d.fill(v.Field(i))...)
			continue
		}
		spec, ok := tagOf(f)
		if !ok {
			continue
		}
		known = append(known, spec.name)
		d.field(v.Field(i), spec)
	}
	return known
}

// body reads the values and files of a request.
func body(r *http.Request) (url.Values, map[string][]*multipart.FileHeader, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, nil, fault.New(fault.Invalid, "web.form").Because(err)
		}
		return q, nil, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/form-data":
		err = r.ParseMultipartForm(memory) //nolint:gosec // the route's limit is on the body already
	case err == nil && kind == "application/x-www-form-urlencoded":
		err = r.ParseForm()
	default:
		return nil, nil, fault.New(fault.Invalid, "web.form_type").Because(err)
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, nil, fmt.Errorf("web: form: %w", err)
	}
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "web.form").Because(err)
	}
	if r.MultipartForm != nil {
		return r.MultipartForm.Value, r.MultipartForm.File, nil
	}
	return r.PostForm, nil, nil
}

// spec is what the tag of a struct field says.
type spec struct {
	name          string
	required, raw bool
	min, max      int64
	hasMin        bool
	text          int64 // longest entry of a list in characters
	oneOf         []string
}

// tagOf reads the tag of a struct field; a tag that cannot be read panics, which
// the first test finds.
func tagOf(f reflect.StructField) (spec, bool) {
	tag, ok := f.Tag.Lookup("form")
	if !ok || tag == "-" {
		return spec{}, false
	}
	parts := strings.Split(tag, ",")
	s := spec{name: parts[0], text: 200}
	for _, option := range parts[1:] {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "required":
			s.required = true
		case "raw":
			s.raw = true
		case "oneof":
			s.oneOf = strings.Split(value, "|")
		case "min", "max", "text":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				panic("web: tag of " + f.Name + ": " + err.Error())
			}
			switch name {
			case "min":
				s.min, s.hasMin = n, true
			case "max":
				s.max = n
			default:
				s.text = n
			}
		default:
			panic("web: tag of " + f.Name + ": unknown option " + option)
		}
	}
	return s, true
}

// decoder fills one form and gathers what is wrong with it.
type decoder struct {
	zone   *time.Location
	values url.Values
	files  map[string][]*multipart.FileHeader
	bad    *fault.Error
}

// strangers refuses names that the form does not have. Buttons have no name here:
// a form with several deeds gives them different addresses.
func (d *decoder) strangers(known []string) {
	var names []string
	for name := range d.values {
		names = append(names, name)
	}
	for name := range d.files {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > maxFields {
		d.refuse("form", "too_many", "max", maxFields)
		return
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			d.refuse(name, "unknown")
		}
	}
}

// field fills one field.
func (d *decoder) field(v reflect.Value, s spec) {
	switch target := v.Addr().Interface().(type) {
	case *[]string:
		d.list(target, s)
	case *File:
		if all := d.uploads(s); len(all) > 0 {
			*target = all[0]
		}
		if len(d.files[s.name]) > 1 {
			d.refuse(s.name, "repeated")
		}
	case *[]File:
		*target = d.uploads(s)
	default:
		d.single(v, s)
	}
}

// list fills a list of texts; empty entries are left out.
func (d *decoder) list(target *[]string, s spec) {
	most := s.max
	if most == 0 {
		most = 1000
	}
	for _, value := range d.values[s.name] {
		text, ok := clean(value, s.raw)
		switch {
		case !ok:
			d.refuse(s.name, "not_text")
		case int64(utf8.RuneCountInString(text)) > s.text:
			d.refuse(s.name, "too_long", "max", s.text)
		case len(s.oneOf) > 0 && text != "" && !slices.Contains(s.oneOf, text):
			d.refuse(s.name, "not_choice")
		case text != "":
			*target = append(*target, text)
		}
	}
	if int64(len(*target)) > most {
		*target = (*target)[:most]
		d.refuse(s.name, "too_many", "max", most)
	}
	if s.required && len(*target) == 0 {
		d.refuse(s.name, "required")
	}
}

// uploads returns the files of a field; a file control left empty sends a file
// without a name, which is none.
func (d *decoder) uploads(s spec) []File {
	var out []File
	for _, part := range d.files[s.name] {
		if part.Filename == "" && part.Size == 0 {
			continue
		}
		if part.Size == 0 {
			d.refuse(s.name, "empty_file")
		}
		if s.max > 0 && part.Size > s.max {
			d.refuse(s.name, "too_large", "max", i18n.Bytes(i18n.EN, s.max))
		}
		out = append(out, File{Name: part.Filename, Size: part.Size, part: part})
	}
	if s.required && len(out) == 0 {
		d.refuse(s.name, "required")
	}
	return out
}

// single fills a field that has one value.
func (d *decoder) single(v reflect.Value, s spec) {
	all := d.values[s.name]
	if len(all) > 1 {
		d.refuse(s.name, "repeated")
		return
	}
	value := ""
	if len(all) == 1 {
		text, ok := clean(all[0], s.raw)
		if !ok {
			d.refuse(s.name, "not_text")
			return
		}
		value = text
	}
	if value == "" {
		if s.required {
			d.refuse(s.name, "required")
		}
		return
	}
	d.set(v, s, value)
}

// set puts a value that is not empty into a field of its type.
func (d *decoder) set(v reflect.Value, s spec, value string) {
	switch v.Interface().(type) {
	case string:
		d.text(v, s, value)
	case bool:
		switch value {
		case "on", "true", "1", "yes":
			v.SetBool(true)
		case "false", "0", "no":
		default:
			d.refuse(s.name, "not_bool")
		}
	case int, int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			d.refuse(s.name, "not_number")
			return
		}
		v.SetInt(n)
		d.bounds(s, float64(n))
	case float64:
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || n != n || n-n != 0 {
			d.refuse(s.name, "not_decimal")
			return
		}
		v.SetFloat(n)
		d.bounds(s, n)
	case time.Time:
		t, err := When(value, d.zone)
		if err != nil {
			d.refuse(s.name, "not_time")
			return
		}
		v.Set(reflect.ValueOf(t))
	default:
		panic("web: form: a field of type " + v.Type().String() + " cannot be decoded")
	}
}

// text puts a text into its field.
func (d *decoder) text(v reflect.Value, s spec, value string) {
	most := s.max
	if most == 0 {
		most = 10_000
	}
	v.SetString(value)
	n := int64(utf8.RuneCountInString(value))
	switch {
	case n > most:
		d.refuse(s.name, "too_long", "max", most)
	case s.hasMin && n < s.min:
		d.refuse(s.name, "too_short", "min", s.min)
	case len(s.oneOf) > 0 && !slices.Contains(s.oneOf, value):
		d.refuse(s.name, "not_choice")
	}
}

// bounds checks a number.
func (d *decoder) bounds(s spec, n float64) {
	if s.max != 0 && n > float64(s.max) {
		d.refuse(s.name, "too_large", "max", s.max)
	}
	if s.hasMin && n < float64(s.min) {
		d.refuse(s.name, "too_small", "min", s.min)
	}
}

// clean folds a text and reports whether it can be read; a raw one is left as it is.
func clean(value string, raw bool) (string, bool) {
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return "", false
	}
	if raw {
		return value, true
	}
	value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(norm.NFC.String(value)), true
}

// When reads what date and datetime-local controls send, in zone (nil is UTC), or
// a time with its own zone (RFC 3339).
func When(value string, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, value, zone); err == nil {
			return t.UTC(), nil
		}
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return time.Time{}, fmt.Errorf("web: time %q: %w", value, err)
	}
	return t.UTC(), nil
}
