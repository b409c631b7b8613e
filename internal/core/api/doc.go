// Package api is the one HTTP API of all rooms, below /api/v1: OpenAPI 3.1 from
// the same Go types that answer, problems after RFC 9457 in the reader's language,
// keyset paging, bearer tokens.
//
//	func (s *Service) api(a *api.API) {
//		api.Register(a, huma.Operation{OperationID: "kengine-report", Method: http.MethodGet, Path: "/kengine/reports/{id}",
//			Summary: "One report"}, ReadReports,
//			func(ctx context.Context, in *struct{ ID string `path:"id" maxLength:"64"` }) (*reportOutput, error) {
//				v, err := s.Report(ctx, api.Actor(ctx), in.ID)
//				…
//			})
//	}
//
// Paths are given without /api/v1. Every operation names its permission, which is
// asked of the actor before the handler runs; the service asks again about the
// object. Handlers return faults; nothing else reaches the reader.
//
// A list takes PageInput and returns PageOutput: q= is the filter grammar of the
// pages, after= the place that the answer's "next" gave.
//
// Who asks: a bearer token ("Authorization: Bearer …"), or for GET from this
// site's own pages the session cookie.
//
// The page /docs/api is drawn from the OpenAPI document. The summary of an
// operation is there in the reader's language if the catalogue has the key
// "<room>.api.<operation id, - as _>", for example kengine.api.kengine_report; or,
// where its parameters have texts as well, <that key>.summary and <that key>.<name
// of the parameter>.
package api
