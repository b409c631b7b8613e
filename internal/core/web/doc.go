// Package web answers pages: routes with their permissions, languages, forms,
// lists, exports, errors, headers and the shell around every page.
//
// # A room's pages
//
//	func (s *Service) pages(rs *web.Routes) {
//		p := &pages{service: s}
//		rs.Get("/console/kengine", ReadReports, p.list)
//		rs.Get("/console/kengine/export", ReadReports, p.export)
//		rs.Get("/console/kengine/report/{id}", ReadReports, p.report)
//		rs.Post("/console/kengine/report/{id}/rule", Rule, p.rule)
//	}
//
// Patterns have no language: they are served below /ja and /en. Pages of
// signed-in people begin with /console/, public ones do not. Every route names its
// permission; web asks Actor.Can for it in the actor's current organisation before
// the handler runs, and the room's service checks again about the object. Nobody
// is sent to the sign-in page by a GET and refused by a POST.
//
//	func (p *pages) report(w http.ResponseWriter, r *http.Request) error {
//		v, err := p.service.Report(r.Context(), web.Actor(r), r.PathValue("id"))
//		if err != nil {
//			return err // a fault becomes its page: 404, 403, 409 …
//		}
//		return web.Render(w, r, http.StatusOK, ui.Page{Title: v.Title}, reportPage(v))
//	}
//
//	func (p *pages) rule(w http.ResponseWriter, r *http.Request) error {
//		var f ruleForm
//		err := web.Decode(r, &f)
//		if err == nil {
//			err = p.service.Rule(r.Context(), web.Actor(r), r.PathValue("id"), f.input())
//		}
//		if err != nil {
//			return p.ruleForm(w, r, f, err) // shows the form again
//		}
//		return web.SeeOther(w, r, web.URL(r, "/console/kengine/report/%s", r.PathValue("id")), "kengine.ruled")
//	}
//
//	func (p *pages) ruleForm(w http.ResponseWriter, r *http.Request, f ruleForm, err error) error {
//		trouble, err := web.FormError(r, err) // 422, 409 and 429 stay with the form
//		if err != nil {
//			return err
//		}
//		return web.Render(w, r, trouble.Status, ui.Page{Title: …}, ruleFormPage(f, trouble))
//	}
//
// # Lists
//
// List reads q, sort, limit, after and before of the address into a Query; the room
// translates Query.Filter by its allow-list into SQL (filter.Unknown and
// filter.NoValue are the answers to what it does not know), reads Query.Limit+1
// rows and calls Cut. The same query without a limit feeds Export.
//
//	q, err := web.List(r, "is:open", "priority", "due")
//	rows, err := p.service.List(ctx, web.Actor(r), q)          // []Report, at most q.Limit+1
//	page := web.Cut(q, rows, func(r Report) web.Cursor { return web.Cursor{r.At, r.ID} })
//
// A list page is, in this order (see package gallery for all of it):
//
//	@ui.Head(ui.Heading{…}) { @ui.Export("/console/kengine/export") }
//	@ui.Tabs(tabs)                                   // saved views
//	@ui.FilterBar(filters)                           // outside of what it swaps: the input keeps its focus
//	<form method="post" action={ … }>
//		<div id="list">
//			@templ.Fragment("list") {
//				@ui.Chips(filters)
//				@ui.SelectTable("list", caption, columns) { @ui.Row() { @ui.SelectCell(id, name) … } }
//				@ui.BulkBar(ui.Bulk{…})          // posts web.Selection to each deed's address
//				@ui.Pages(page.Pager())
//			}
//		</div>
//	</form>
//
// Render answers a request of htmx by the fragment that its target names, so that a
// handler never asks who is asking. A filter that cannot be read is shown by Chips
// (Filters.Error) with status 422.
//
// # Keys
//
// data-key="a" on a button or link gives it a letter, data-chord="g w" on a link a
// chord; Item.Chord does that for the menu. Rows answer to j k o x Shift+x.
//
// # Palette
//
// A room gives Finders; the palette asks those that the actor may use.
//
// # What every answer carries
//
// Content-Security-Policy without exceptions, nosniff, no framing, a request id;
// console pages no-store, public pages an ETag; http.CrossOriginProtection around
// all; bodies limited (DefaultLimit, or Limit of the route); gzip. A panic becomes
// the page of an internal error. An error after the first byte cuts the connection.
//
// SeeOther carries its message in a signed cookie of a minute, not in the address.
package web
