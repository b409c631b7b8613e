package iodef

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"noroshi.dev/internal/testkit"
)

// schemaOf returns the XML schema of a form.
func schemaOf(t *testing.T, form Form) string {
	t.Helper()
	if form == XML1 {
		return testkit.Shared(t, "data/iodef/xsd/iodef-1.0.xsd")
	}
	return testkit.Shared(t, "data/iodef/xsd/iodef-2.0.xsd")
}

// lint returns what xmllint says against a document, or "".
func lint(t *testing.T, form Form, doc []byte, options ...string) string {
	t.Helper()
	schema := schemaOf(t, form)
	program, err := exec.LookPath("xmllint")
	if err != nil {
		testkit.Missing(t, "xmllint")
	}
	args := append(options, "--nonet", "--noout", "--schema", filepath.Base(schema), "-")
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = filepath.Dir(schema)
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	text := string(out)
	if len(text) > 2000 {
		text = text[:2000]
	}
	return err.Error() + "\n" + text
}

// checker is the JSON schema of draft 14, which became RFC 8727. It is laxer than the RFC's CDDL
// in patterns without anchors, so that valid here is necessary and not sufficient.
func checker(t *testing.T) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "data/iodef/json/iodef-json-draft14.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.AssertFormat()
	if err := c.AddResource("urn:iodef", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:iodef")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// invalid returns what the schema of the form says against a document, or "".
func invalid(t *testing.T, form Form, doc []byte) string {
	t.Helper()
	if form != JSON {
		return lint(t, form, doc)
	}
	return against(checker(t), doc)
}

func against(s *jsonschema.Schema, doc []byte) string {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func written(t *testing.T, form Form, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(&b, form, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parsed(t *testing.T, doc []byte) *Document {
	t.Helper()
	d, err := Read(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("%v\n%.3000s", err, doc)
	}
	return d
}

// clean is the document without what the reader says about it.
func clean(d *Document) *Document {
	c := *d
	c.Form, c.Notes, c.MoreNotes = 0, nil, 0
	return &c
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(testkit.Shared(t, "data/iodef/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSamplesSurviveReadingAndWriting(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]Form{
		"v1_scan.xml": XML1, "v2_scan.xml": XML2, "v2_scan_aggregated.xml": XML2, "v2_scan.json": JSON,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := parsed(t, sample(t, "examples/"+name))
			if d.Form != form || len(d.Notes) > 0 || len(d.Incidents) != 1 || len(d.Incidents[0].EventData) == 0 {
				t.Errorf("read as %v with notes %v", d.Form, d.Notes)
			}
			doc := written(t, form, d)
			if bad := invalid(t, form, doc); bad != "" {
				t.Error(bad)
			}
			if diff := cmp.Diff(d, parsed(t, doc)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The same five events are in the sample of each form.
func TestSamplesSayTheSame(t *testing.T) {
	t.Parallel()
	want := parsed(t, sample(t, "examples/v2_scan.xml"))
	if diff := cmp.Diff(clean(want), clean(parsed(t, sample(t, "examples/v2_scan.json")))); diff != "" {
		t.Errorf("JSON differs from XML:\n%s", diff)
	}
	old := parsed(t, sample(t, "examples/v1_scan.xml"))
	if diff := cmp.Diff(want.Incidents[0].EventData, old.Incidents[0].EventData); diff != "" {
		t.Errorf("version 1 differs from version 2:\n%s", diff)
	}
}

// Every form of a sample can be written in every other one.
func TestSamplesTurnIntoEachForm(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"v1_scan.xml", "v2_scan.xml", "v2_scan_aggregated.xml", "v2_scan.json"} {
		for _, form := range []Form{XML1, XML2, JSON} {
			t.Run(name+" as "+form.String(), func(t *testing.T) {
				t.Parallel()
				d := parsed(t, sample(t, "examples/"+name))
				doc := written(t, form, d)
				if bad := invalid(t, form, doc); bad != "" {
					t.Fatalf("%s\n%s", bad, doc)
				}
				again := parsed(t, doc)
				if diff := cmp.Diff(d.Incidents[0].EventData, again.Incidents[0].EventData); diff != "" || len(again.Notes) > 0 {
					t.Error(diff, again.Notes)
				}
			})
		}
	}
}

func TestFaultsAreNoted(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"v1_no_assessment.xml":  "line 4, column 60: IODEF-Document/Incident: Assessment is missing",
		"v2_empty_node.xml":     "Flow/System/Node: DomainData or Address is missing",
		"v2_impact_recon.xml":   `Assessment/SystemImpact: type "recon" is no word of the standard`,
		"v2_service_order.xml":  "System/Service: ProtoType stands in the wrong place",
		"v2_v1_attribute.xml":   "System/Service: ip_protocol should be written ip-protocol",
		"json_empty_node.json":  "EventData/System/Node: DomainData or Address is missing",
		"json_flow_member.json": "IODEF-Document/Incident/EventData: Flow is not known here and was skipped",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := sample(t, "invalid/"+name)
			d := parsed(t, data)
			if len(d.Notes) == 0 || !strings.Contains(d.Notes[0].String(), want) {
				t.Errorf("notes %v, want one of %q", d.Notes, want)
			}
			if bad := invalid(t, d.Form, data); bad == "" {
				t.Error("the schema finds nothing")
			}
		})
	}
}

// The examples of the draft break its own schema in places; all of them are read.
func TestExamplesOfTheDraft(t *testing.T) {
	t.Parallel()
	for name, notes := range map[string]int{"draft14_example_7_1.json": 0, "draft14_example_7_2.json": 0, "draft14_example_long.json": 15} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := parsed(t, sample(t, "json/"+name))
			if len(d.Incidents) != 1 || d.Incidents[0].ID.ID == "" || len(d.Incidents[0].Contact) != 1 || len(d.Notes) != notes {
				t.Errorf("%d notes: %v", len(d.Notes), d.Notes)
			}
		})
	}
	d := parsed(t, sample(t, "json/draft14_example_7_2.json"))
	bulk := d.Incidents[0].Indicator[0].Observable.BulkObservable
	if bulk.Type != "fqdn" || len(bulk.List) != 4 || d.Incidents[0].Assessment[0].Impact[0].Business.Type != "breach-proprietary" {
		t.Errorf("read %+v", bulk)
	}
}
