package kengine

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/api"
)

// TagBody is what a program says about a product; the embedded part of inputs and answers.
type TagBody struct {
	Name        string     `json:"name,omitempty" maxLength:"200" doc:"Absent: made from the names of the product"`
	Vendor      string     `json:"vendor,omitempty" maxLength:"200" doc:"Without case, * stands for any text"`
	Product     string     `json:"product,omitempty" maxLength:"200" doc:"Like vendor"`
	CPE         string     `json:"cpe,omitempty" maxLength:"1000"`
	PURL        string     `json:"purl,omitempty" maxLength:"1000"`
	Release     string     `json:"release,omitempty" maxLength:"200" doc:"Absent: every version is used"`
	Criticality string     `json:"criticality,omitempty" enum:",low,medium,high"`
	Exposure    string     `json:"exposure,omitempty" enum:",small,controlled,open"`
	Owner       string     `json:"owner,omitempty" maxLength:"200" doc:"Id of a person or name of a team"`
	Facts       []apiClaim `json:"facts,omitempty" maxItems:"100" doc:"Further facts that it gives"`
	Active      bool       `json:"active"`
}

func (b *TagBody) input() TagInput {
	return TagInput{
		Name: b.Name, Vendor: b.Vendor, Product: b.Product, CPE: b.CPE, PURL: b.PURL, Release: b.Release, Criticality: b.Criticality,
		Exposure: b.Exposure, Owner: b.Owner, Facts: claimsIn(b.Facts), Active: b.Active,
	}
}

func claimsIn(list []apiClaim) []Claim {
	return mapped(list, func(c apiClaim) Claim { return Claim{Fact: c.Fact, Values: c.Values} })
}

func claimsOut(list []Claim) []apiClaim {
	return mapped(list, func(c Claim) apiClaim { return apiClaim{Fact: c.Fact, Values: append([]string{}, c.Values...)} })
}

// apiTag is a product tag.
type apiTag struct {
	TagBody
	ID      string    `json:"id"`
	Origin  string    `json:"origin,omitempty" doc:"Document that listed it; absent: made by hand"`
	Gone    time.Time `json:"gone,omitzero" doc:"Since when its document does not list it"`
	Reports int64     `json:"reports" doc:"Reports that match now"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	Version int64     `json:"version"`
}

func tagOf(t Tag) apiTag {
	return apiTag{
		TagBody: TagBody{
			Name: t.Name, Vendor: t.Vendor, Product: t.Product, CPE: t.CPE, PURL: t.PURL, Release: t.Release, Criticality: t.Criticality,
			Exposure: t.Exposure, Owner: t.Owner, Facts: claimsOut(t.Facts), Active: t.Active,
		},
		ID: t.ID, Origin: t.Origin, Gone: t.Gone, Reports: t.Reports, Created: t.Created, Updated: t.Updated, Version: t.Version,
	}
}

// apiTagReport is a report that matches a tag.
type apiTagReport struct {
	APIReport
	Reason string `json:"reason" doc:"Which pattern matched which product"`
}

func tagReportOf(r TagReport) apiTagReport {
	return apiTagReport{APIReport: reportOf(r.ReportRow), Reason: r.Why.String()}
}

// apiTagPreview is what a tag would match.
type apiTagPreview struct {
	Total   int            `json:"total" doc:"All that match among those looked at"`
	More    bool           `json:"more" doc:"Older reports were not looked at"`
	Reports []apiTagReport `json:"reports" doc:"The newest of them"`
}

// apiTagImport tells what became of a document of products.
type apiTagImport struct {
	Origin  string `json:"origin"`
	Format  string `json:"format"`
	Read    int    `json:"read"`
	Added   int    `json:"added"`
	Updated int    `json:"updated"`
	Same    int    `json:"same"`
	Gone    int    `json:"gone" doc:"Not listed any more: switched off and marked"`
	Skipped []skip `json:"skipped" doc:"The first of those that were not taken"`
	More    int    `json:"more" doc:"Further ones that were not taken"`
}

// skip is a product of a document that was not taken.
type skip struct {
	Line   int    `json:"line"`
	Name   string `json:"name"`
	Reason string `json:"reason" doc:"Key of the reason"`
}

func tagImportOf(r TagImport) apiTagImport {
	return apiTagImport{
		Origin: r.Origin, Format: r.Format, Read: r.Read, Added: r.Added, Updated: r.Updated, Same: r.Same, Gone: r.Gone, More: r.More,
		Skipped: mapped(r.Skipped, func(s TagSkip) skip { return skip{Line: s.Line, Name: s.Name, Reason: s.Reason} }),
	}
}

// Versioned is the version of a thing that the caller saw.
type Versioned struct {
	Version int64 `json:"version" minimum:"0" doc:"As it was read; another one is refused"`
}

// TagPath names a product tag.
type TagPath struct {
	ID string `path:"id" maxLength:"64"`
}

// tagOperations declares product tags.
func (s *Service) tagOperations(a *api.API) {
	apiRead(a, "kengine-tags", "/tags", "List the product tags of the own organisation", PermTaskRead(),
		func(ctx context.Context, in *api.PageInput) (*api.PageOutput[apiTag], error) {
			q, err := in.Query()
			if err != nil {
				return nil, err
			}
			rows, err := s.Tags(ctx, api.Actor(ctx), q)
			if err != nil {
				return nil, err
			}
			return api.PageOf(rows, tagOf), nil
		})
	apiRead(a, "kengine-tag", "/tags/{id}", "One product tag", PermTaskRead(),
		func(ctx context.Context, in *TagPath) (*answer[apiTag], error) { return s.tagAfter(ctx, in.ID, nil) })
	type reports struct {
		TagPath
		api.PageInput
	}
	apiRead(a, "kengine-tag-reports", "/tags/{id}/reports", "The reports that match a product tag, and why", PermReportRead(),
		func(ctx context.Context, in *reports) (*api.PageOutput[apiTagReport], error) {
			q, err := in.Query()
			if err != nil {
				return nil, err
			}
			rows, err := s.TagReports(ctx, api.Actor(ctx), in.ID, q)
			if err != nil {
				return nil, err
			}
			return api.PageOf(rows, tagReportOf), nil
		})
	s.tagDeeds(a)
}

// tagAfter answers a tag as it is after a change.
func (s *Service) tagAfter(ctx context.Context, id string, err error) (*answer[apiTag], error) {
	if err != nil {
		return nil, err
	}
	t, err := s.Tag(ctx, api.Actor(ctx), id)
	return answered(tagOf(t), err)
}

// tagDeeds declares what can be done to product tags.
func (s *Service) tagDeeds(a *api.API) {
	type tagCreate struct{ Body TagBody }
	apiDeed(a, "kengine-tag-create", "/tags", "Add a product tag", PermTagEdit(), func(ctx context.Context, in *tagCreate) (*answer[apiTag], error) {
		id, err := s.CreateTag(ctx, api.Actor(ctx), in.Body.input())
		return s.tagAfter(ctx, id, err)
	})
	apiDeed(a, "kengine-tag-preview", "/tags/preview", "Tell what a product tag would match", PermTagEdit(),
		func(ctx context.Context, in *tagCreate) (*answer[apiTagPreview], error) {
			v, err := s.PreviewTag(ctx, api.Actor(ctx), in.Body.input())
			return answered(apiTagPreview{Total: v.Total, More: v.More, Reports: mapped(v.Reports, tagReportOf)}, err)
		})
	type tagUpdate struct {
		TagPath
		Body struct {
			TagBody
			Versioned
		}
	}
	apiDeed(a, "kengine-tag-update", "/tags/{id}", "Change a product tag", PermTagEdit(), func(ctx context.Context, in *tagUpdate) (*answer[apiTag], error) {
		return s.tagAfter(ctx, in.ID, s.UpdateTag(ctx, api.Actor(ctx), in.ID, in.Body.Version, in.Body.input()))
	})
	type tagRemove struct {
		TagPath
		Body Versioned
	}
	apiDeed(a, "kengine-tag-delete", "/tags/{id}/delete", "Remove a product tag", PermTagEdit(), func(ctx context.Context, in *tagRemove) (*struct{}, error) {
		return nothing(s.DeleteTag(ctx, api.Actor(ctx), in.ID, in.Body.Version))
	})
	s.products(a, "kengine-tags-sbom", "/tags/sbom", "Make product tags of a bill of materials (CycloneDX or SPDX)", func(ctx context.Context, name string, r io.Reader) (TagImport, error) {
		return s.ImportSBOM(ctx, api.Actor(ctx), name, r, TagInput{})
	})
	s.products(a, "kengine-tags-csv", "/tags/csv", "Make product tags of a CSV file", func(ctx context.Context, name string, r io.Reader) (TagImport, error) {
		return s.ImportTags(ctx, api.Actor(ctx), name, r)
	})
}

// products declares an operation whose body is a document of products.
func (s *Service) products(a *api.API, id, path, summary string, take func(context.Context, string, io.Reader) (TagImport, error)) {
	op := huma.Operation{OperationID: id, Method: "POST", Path: "/kengine" + path, Summary: summary, RequestBody: document()}
	api.Register(a, op, PermTagEdit(), func(ctx context.Context, in *upload) (*answer[apiTagImport], error) {
		v, err := take(ctx, in.Name, in.body)
		return answered(tagImportOf(v), err)
	})
}

// document is a body that is the document itself.
func document() *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
}

// nothing is the answer of a deed that leaves nothing to tell.
func nothing(err error) (*struct{}, error) {
	if err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}
