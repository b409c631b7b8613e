package kengine

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/identity"
)

// APIImport is one import.
type APIImport struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Kind    string    `json:"kind,omitempty"`
	State   string    `json:"state" enum:"running,done,failed,interrupted"`
	Failure string    `json:"failure,omitempty" doc:"Key of why it failed"`
	SHA256  string    `json:"sha256,omitempty"`
	Size    int64     `json:"size" doc:"Bytes received"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Actor   string    `json:"actor"`
	Counts
}

func importOf(v ImportView) APIImport {
	return APIImport{
		ID: v.ID, Name: v.Name, Kind: string(v.Kind), State: v.State, Failure: v.Failure, SHA256: v.SHA256, Size: v.Size,
		Started: v.Started, Ended: v.Ended, Actor: v.Actor, Counts: v.Counts,
	}
}

// apiRefusal is a part that could not be read.
type apiRefusal struct {
	N        int64          `json:"n"`
	Member   string         `json:"member,omitempty" doc:"File within the archive"`
	Position int64          `json:"position" doc:"Byte, or line; -1: not known"`
	ByLine   bool           `json:"by_line"`
	Reason   string         `json:"reason" doc:"Key of the reason"`
	Args     map[string]any `json:"args,omitempty"`
}

// apiImportFull is an import with what was refused.
type apiImportFull struct {
	APIImport
	Refusals []apiRefusal `json:"refusals" doc:"The first of the parts that could not be read"`
}

func fullImportOf(v ImportView, refusals []Refusal) apiImportFull {
	return apiImportFull{APIImport: importOf(v), Refusals: mapped(refusals, func(r Refusal) apiRefusal { return apiRefusal(r) })}
}

// answeredRefusals is how many refused parts an answer lists.
const answeredRefusals = 1000

// upload is a document as the body of a request, read as it arrives.
type upload struct {
	Name string `query:"name" maxLength:"200" default:"api" doc:"What the document is called in lists"`
	body io.Reader
}

// Resolve takes the body without reading it.
func (u *upload) Resolve(ctx huma.Context) []error {
	u.body = ctx.BodyReader()
	return nil
}

// importOperations declares importing and what was imported.
func (s *Service) importOperations(a *api.API) {
	apiRead(a, "kengine-imports", "/imports", "List the imports of the own organisation", PermImport(),
		func(ctx context.Context, in *api.PageInput) (*api.PageOutput[APIImport], error) {
			q, err := in.Query()
			if err != nil {
				return nil, err
			}
			rows, err := s.ListImports(ctx, api.Actor(ctx), q)
			if err != nil {
				return nil, err
			}
			return api.PageOf(rows, importOf), nil
		})
	apiRead(a, "kengine-import", "/imports/{id}", "One import and what was refused", PermImport(),
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		},
		) (*answer[apiImportFull], error) {
			v, refusals, err := s.ImportResult(ctx, api.Actor(ctx), in.ID, answeredRefusals)
			return answered(fullImportOf(v, refusals), err)
		})
	op := huma.Operation{
		OperationID: "kengine-import-file", Method: "POST", Path: "/kengine/imports", Summary: "Import a document or an archive",
		Description: "The body is the document itself: CVE records, KEV, EPSS, NVD, JVN, CSAF, VRDA, alone or in an archive. Its kind is found by its content. A part that cannot be read is refused and listed; the rest goes on.",
		RequestBody: document(),
	}
	api.Register(a, op, PermImport(), func(ctx context.Context, in *upload) (*answer[apiImportFull], error) {
		actor := api.Actor(ctx)
		v, err := s.Import(ctx, actor, in.Name, in.body, ImportOptions{})
		if err != nil {
			return nil, err
		}
		return s.importAfter(ctx, actor, v.ID)
	})
}

func (s *Service) importAfter(ctx context.Context, a identity.Actor, id string) (*answer[apiImportFull], error) {
	v, refusals, err := s.ImportResult(ctx, a, id, answeredRefusals)
	return answered(fullImportOf(v, refusals), err)
}
