package account

import (
	"context"
	"maps"
	"slices"
	"strings"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

// roleName is a role in the reader's language.
func roleName(ctx context.Context, r identity.Role) string {
	return ui.T(ctx, "account.role."+string(r))
}

func roleNames(ctx context.Context, roles []identity.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = roleName(ctx, r)
	}
	return strings.Join(names, ui.T(ctx, "web.comma"))
}

func membershipNames(ctx context.Context, all []identity.Membership) string {
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.Name
	}
	return strings.Join(names, ui.T(ctx, "web.comma"))
}

// roleOptions are the choices of a select of one role; none adds the empty one.
func roleOptions(ctx context.Context, roles []identity.Role, none bool) []ui.Option {
	var out []ui.Option
	if none {
		out = append(out, ui.Option{Label: ui.T(ctx, "account.role.none")})
	}
	for _, r := range roles {
		out = append(out, ui.Option{Value: string(r), Label: roleName(ctx, r)})
	}
	return out
}

// memberRoleOptions are the roles of a member with the present one chosen.
func memberRoleOptions(ctx context.Context, has []identity.Role) []ui.Option {
	out := roleOptions(ctx, identity.Roles(), false)
	for i := range out {
		out[i].Chosen = len(has) > 0 && out[i].Value == string(has[0])
	}
	return append(out, ui.Option{Label: ui.T(ctx, "account.members.leave")})
}

// roleChoices are check boxes of roles.
func roleChoices(ctx context.Context, roles, has []identity.Role) []ui.Option {
	out := make([]ui.Option, len(roles))
	for i, r := range roles {
		out[i] = ui.Option{
			Value: string(r), Label: roleName(ctx, r), Hint: ui.T(ctx, "account.role."+string(r)+"_hint"), Chosen: slices.Contains(has, r),
		}
	}
	return out
}

func organisationOptions(all []identity.Tenant) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, o := range all {
		out[i] = ui.Option{Value: o.ID, Label: o.Name}
	}
	return out
}

func scopeOptions(scopes, chosen []string) []ui.Option {
	out := make([]ui.Option, len(scopes))
	for i, s := range scopes {
		out[i] = ui.Option{Value: s, Label: s, Chosen: slices.Contains(chosen, s)}
	}
	return out
}

func langs(ctx context.Context) []ui.Option {
	return []ui.Option{{Label: ui.T(ctx, "account.lang_page")}, {Value: "ja", Label: "日本語"}, {Value: "en", Label: "English"}}
}

func themes(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Label: ui.T(ctx, "account.theme_system")},
		{Value: "light", Label: ui.T(ctx, "account.theme_light")},
		{Value: "dark", Label: ui.T(ctx, "account.theme_dark")},
	}
}

// methodName says how a session began.
func methodName(ctx context.Context, method string) string {
	first, second, _ := strings.Cut(method, "+")
	name := ui.T(ctx, "account.method."+first)
	if second != "" {
		name += " + " + ui.T(ctx, "account.method."+second)
	}
	return name
}

// invited says who an invitation is for.
func invited(ctx context.Context, l identity.Link) string {
	if l.Login == "" {
		return ui.T(ctx, "account.invite.anybody")
	}
	return l.Login
}

// actorName is who did something: a name where it is known, else the id.
func actorName(ctx context.Context, a audit.Actor, names map[string]string) string {
	if name := names[a.ID]; name != "" {
		return name
	}
	kind := ui.T(ctx, "account.actor."+a.Kind)
	if a.ID == "" {
		return kind
	}
	return kind + " " + a.ID
}

// detailLines are the details of an entry, sorted by name.
func detailLines(details map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(details)) {
		if details[k] != "" {
			out = append(out, k+": "+details[k])
		}
	}
	return out
}

// auditFields are the fields of the audit page's filter.
func auditFields(ctx context.Context, f auditForm) []ui.Field {
	zone := ui.From(ctx).Zone
	field := func(name, value, kind string) ui.Field {
		return ui.Field{Name: name, Label: ui.T(ctx, "account.audit."+name), Value: value, Type: kind}
	}
	return []ui.Field{
		field("room", f.Room, "text"), field("op", f.Op, "text"), field("object", f.Object, "text"), field("actor", f.Actor, "text"),
		field("outcome", f.Outcome, "text"), field("request", f.Request, "text"),
		field("since", ui.Local(f.Since, zone), "datetime-local"), field("until", ui.Local(f.Until, zone), "datetime-local"),
	}
}

func signInLabels(ctx context.Context) []ui.Label {
	return []ui.Label{{Name: "login", Label: ui.T(ctx, "account.login")}, {Name: "password", Label: ui.T(ctx, "account.password.label")}}
}

func acceptLabels(ctx context.Context) []ui.Label {
	return []ui.Label{
		{Name: "login", Label: ui.T(ctx, "account.login")},
		{Name: "name", Label: ui.T(ctx, "account.name")},
		{Name: "current", Label: ui.T(ctx, "account.password.current")},
		{Name: "password", Label: ui.T(ctx, "account.password.new")},
		{Name: "again", Label: ui.T(ctx, "account.password.again")},
	}
}

func settingsLabels(ctx context.Context) []ui.Label {
	return []ui.Label{
		{Name: "name", Label: ui.T(ctx, "account.name")},
		{Name: "lang", Label: ui.T(ctx, "account.lang")},
		{Name: "zone", Label: ui.T(ctx, "account.zone")},
		{Name: "theme", Label: ui.T(ctx, "account.theme")},
	}
}

func inviteLabels(ctx context.Context) []ui.Label {
	return []ui.Label{{Name: "login", Label: ui.T(ctx, "account.login")}, {Name: "role", Label: ui.T(ctx, "account.role.label")}, {Name: "roles", Label: ui.T(ctx, "account.role.label")}}
}

func tokenLabels(ctx context.Context) []ui.Label {
	return []ui.Label{
		{Name: "name", Label: ui.T(ctx, "account.tokens.name")},
		{Name: "days", Label: ui.T(ctx, "account.tokens.days")},
		{Name: "scopes", Label: ui.T(ctx, "account.tokens.scopes")},
	}
}

// beginPath and finishPath are where a passkey ceremony begins and ends.
func beginPath(ctx context.Context, kind string) string {
	if kind == "add" {
		return ui.URL(ctx, "/console/account/security/passkey/begin")
	}
	return ui.URL(ctx, "/sign-in/passkey/begin")
}

func finishPath(ctx context.Context, kind string) string {
	if kind == "add" {
		return ui.URL(ctx, "/console/account/security/passkey/finish")
	}
	return ui.URL(ctx, "/sign-in/passkey/finish")
}
