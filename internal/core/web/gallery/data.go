package gallery

import (
	"context"
	"math"
	"time"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// both is sample text in the reader's language.
func both(ctx context.Context, ja, en string) string {
	if ui.From(ctx).Lang == i18n.JA {
		return ja
	}
	return en
}

// day is the moment of the samples.
func day() time.Time { return time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC) }

// item is a row of the sample list.
type item struct {
	id, name, note, product string
	kind                    ui.Kind
	word, action, person    string
	facts                   []string
	due                     time.Time
}

// items are the rows of the sample list.
func items(ctx context.Context) []item {
	return []item{
		{
			"CVE-2026-40117", both(ctx, "ExampleDNS における DoS の脆弱性", "Denial of service in ExampleDNS"), "ExampleDNS 9.18", "exampledns",
			ui.Now, both(ctx, "即時", "At once"), both(ctx, "緊急パッチ適用", "Emergency patch"), both(ctx, "佐藤", "Sato"),
			[]string{both(ctx, "実証コード公開", "Proof of concept"), both(ctx, "対外公開系", "Exposed"), both(ctx, "認証不要", "No authentication")},
			day().AddDate(0, 0, -1),
		},
		{
			"NRS#90214502", both(ctx, "みなと電機製ルータに OS コマンドインジェクション", "OS command injection in Minato routers"), "MD-RX200", "md-rx200",
			ui.Soon, both(ctx, "重要", "Important"), both(ctx, "計画外パッチ適用", "Patch out of cycle"), both(ctx, "田中", "Tanaka"),
			[]string{both(ctx, "拠点 12 か所", "12 sites"), both(ctx, "要認証", "Authenticated")},
			day().AddDate(0, 0, 7),
		},
		{
			"CVE-2026-37001", both(ctx, "WebMailer にクロスサイトスクリプティング", "Cross-site scripting in WebMailer"), "WebMailer 5", "webmailer",
			ui.Plan, both(ctx, "通常", "Regular"), both(ctx, "定期パッチ", "Patch in cycle"), "—",
			[]string{both(ctx, "社内系", "Internal")},
			day().AddDate(0, 0, 20),
		},
		{
			"CVE-2026-33871", both(ctx, "DemoCMS プラグインに CSRF の脆弱性", "Request forgery in a DemoCMS plugin"), both(ctx, "該当資産なし", "no such asset"), "democms",
			ui.None, both(ctx, "対応不要", "None"), both(ctx, "記録のみ", "Record only"), both(ctx, "自動", "automatic"),
			[]string{both(ctx, "資産なし", "No asset")},
			time.Time{},
		},
	}
}

// columns are those of the sample list.
func columns(ctx context.Context) []ui.Column {
	return []ui.Column{
		{Label: both(ctx, "優先度", "Priority")},
		{Label: both(ctx, "脆弱性", "Vulnerability"), Sort: "title"},
		{Label: both(ctx, "主な分析値", "Main facts")},
		{Label: both(ctx, "推奨", "Recommendation")},
		{Label: both(ctx, "担当", "Person")},
		{Label: both(ctx, "期限", "Due"), Sort: "due", Sorted: "ascending"},
	}
}

// bar is the sample filter bar.
func bar(ctx context.Context) ui.Filters {
	text := "is:open assignee:*"
	e, err := filter.Parse(text)
	if err != nil {
		return ui.Filters{Text: text, Error: err.Error()}
	}
	return ui.Filters{
		Text: text, Expr: e, Placeholder: "severity:>=high product:bind is:open",
		Extra: []ui.Select{{Name: "organisation", Label: both(ctx, "組織", "Organisation"), Options: []ui.Option{{Value: "all", Label: both(ctx, "全社", "All")}}}},
		Sorts: []ui.Option{{Value: "priority", Label: both(ctx, "優先度", "Priority"), Chosen: true}, {Value: "due", Label: both(ctx, "期限", "Due")}},
	}
}

// broken is a form's trouble.
func broken(ctx context.Context) ui.Trouble {
	return ui.Trouble{Status: 422, Title: both(ctx, "1 か所を直してください。変更は保存されていません。", "Mend one field. Nothing was saved."), Fields: map[string]string{"public": ui.T(ctx, "i18n.field.past")}}
}

// fields are the controls of the sample form.
func fields(ctx context.Context) map[string]ui.Field {
	return map[string]ui.Field{
		"when": {Name: "public", Label: both(ctx, "公開日時", "Publication"), Required: true, Trouble: broken(ctx), Hint: both(ctx, "日本時間。全関係者に同じ時刻で示されます。", "Shown to everybody as the same hour.")},
		"name": {Name: "name", Label: both(ctx, "名前", "Name"), Required: true, Value: "ExampleDNS", Max: 80},
		"mail": {Name: "mail", Label: both(ctx, "連絡先", "Contact"), Type: "email", Complete: "email", Wide: true},
		"why":  {Name: "why", Label: both(ctx, "理由", "Reason")},
		"role": {Name: "role", Label: both(ctx, "役割", "Role"), Required: true, Options: []ui.Option{{Value: "reader", Label: both(ctx, "閲覧", "Reader")}, {Value: "analyst", Label: both(ctx, "分析", "Analyst")}}},
		"auth": {Name: "auth", Label: both(ctx, "認証の要否", "Authentication"), Required: true, Options: []ui.Option{{Value: "no", Label: both(ctx, "不要", "Not needed"), Chosen: true}, {Value: "yes", Label: both(ctx, "必要", "Needed"), Hint: both(ctx, "利用者の権限で足りる", "a user's right is enough")}}},
		"mark": {Name: "mark", Label: both(ctx, "知らせる相手", "Tell"), Options: []ui.Option{{Value: "a", Label: both(ctx, "管理者", "Administrators"), Chosen: true}, {Value: "b", Label: both(ctx, "利用部門", "Users")}}},
		"mute": {Name: "mute", Label: both(ctx, "通知しない", "Do not notify")},
		"file": {Name: "file", Label: both(ctx, "ファイル", "File"), Hint: both(ctx, "ここへドロップするか、選んでください。100 MB まで。", "Drop it here or choose one. At most 100 MB.")},
	}
}

// question is the sample question.
func question(ctx context.Context) ui.Question {
	return ui.Question{
		Name: "exploitation", Text: both(ctx, "攻撃に使われていますか", "Is it used in attacks?"),
		Why:   both(ctx, "この答えで「即時」か「重要」かが決まります。", "The answer decides between at once and important."),
		Known: both(ctx, "KEV: 実証コードあり (2026-11-17)", "KEV: proof of concept (2026-11-17)"),
		Options: []ui.Option{
			{Value: "none", Label: both(ctx, "なし", "None")},
			{Value: "poc", Label: both(ctx, "実証コード", "Proof of concept"), Chosen: true},
			{Value: "active", Label: both(ctx, "確認あり", "Active"), Hint: both(ctx, "信頼できる報告がある", "reported by a trusted source")},
		},
	}
}

// advice is the sample recommendation.
func advice(ctx context.Context) ui.Recommendation {
	return ui.Recommendation{
		Title: both(ctx, "推奨", "Recommendation"), Kind: ui.Now, Priority: both(ctx, "即時", "At once"), Action: both(ctx, "緊急パッチ適用", "Emergency patch"),
		Confidence: "0.94", Due: day().AddDate(0, 0, 3), Agree: ui.Here(ctx), Disagree: both(ctx, "違う判断をする", "Decide otherwise"),
		Reasons: []ui.Reason{
			{Question: both(ctx, "悪用状況", "Exploitation"), Answer: both(ctx, "確認あり", "active"), Source: "CISA KEV 2026-11-17", Href: "#"},
			{Question: both(ctx, "対外公開", "Exposure"), Answer: both(ctx, "はい", "yes"), Source: both(ctx, "製品タグ web-01", "product tag web-01")},
		},
		Nearest: both(ctx, "対外公開が「いいえ」なら、計画外パッチになります。", "With exposure no it would be a patch out of cycle."),
	}
}

// notes are the sample thread.
func notes(ctx context.Context) []ui.Note {
	return []ui.Note{
		{ID: "1", By: both(ctx, "みなと電機", "Minato"), At: day().AddDate(0, 0, -2), Body: both(ctx, "修正版は 11 月末の予定です。", "The fix is planned for the end of November."), Lang: string(ui.From(ctx).Lang)},
		{ID: "2", By: both(ctx, "佐藤", "Sato"), At: day(), Body: both(ctx, "公開日を 12 月 1 日 14:00 としたいと思います。\nご都合はいかがですか。", "We propose 1 December, 14:00.\nDoes that suit you?"), Lang: string(ui.From(ctx).Lang), Unread: true},
	}
}

// parties are the sample matrix.
func parties(ctx context.Context) []ui.Party {
	return []ui.Party{
		{Name: both(ctx, "Example 財団", "Example Foundation"), Href: "#", Kind: ui.Bad, Status: both(ctx, "該当製品あり", "Affected"), Seen: day(), Statement: both(ctx, "修正版の提供について", "On the fixed version")},
		{Name: both(ctx, "北斗ネットワークス株式会社", "Hokuto Networks"), Kind: ui.Open, Status: both(ctx, "該当製品あり: 調査中", "Affected: in work"), Seen: day().AddDate(0, 0, -1)},
		{Name: both(ctx, "みなと電機株式会社", "Minato Electric"), Kind: ui.Good, Status: both(ctx, "該当製品なし", "Not affected"), Seen: day().AddDate(0, 0, -3)},
		{Name: both(ctx, "山吹ソフトウェア", "Yamabuki Software"), Kind: ui.Unknown, Status: both(ctx, "回答なし", "No answer yet")},
	}
}

// span is the time of the sample charts: 14 days in steps of 10 minutes.
func span() chart.Span {
	return chart.Span{Start: time.Date(2026, 10, 31, 15, 0, 0, 0, time.UTC), Step: 10 * time.Minute}
}

// waves are sample series: a daily wave each, with noise that is always the same.
func waves(n int, names ...string) []chart.Series {
	out := make([]chart.Series, len(names))
	for i, name := range names {
		values := make([]float64, n)
		seed := uint32(i + 1)
		for j := range values {
			seed = seed*1664525 + 1013904223
			noise := float64(seed>>16&0xff)/255 - .5
			base := float64(60 + i*90)
			values[j] = math.Round(base * (1 + .35*math.Sin(float64(j)/22.9+float64(i)) + .25*noise))
			if j > n*6/10 && j < n*6/10+n/50 {
				values[j] = math.NaN()
			}
		}
		out[i] = chart.Series{Name: name, Values: values}
	}
	return out
}

// heat is a sample week of hours.
func heat(ctx context.Context) chart.Heat {
	h := chart.Heat{Title: both(ctx, "時間帯と曜日", "Hours by weekdays")}
	for _, d := range []string{"月Mon", "火Tue", "水Wed", "木Thu", "金Fri", "土Sat", "日Sun"} {
		h.Rows = append(h.Rows, both(ctx, d[:3], d[3:]))
		h.Values = append(h.Values, make([]float64, 24))
	}
	for i := range 24 {
		name := ""
		if i%6 == 0 {
			name = i18n.Number(i18n.EN, i)
		}
		h.Columns = append(h.Columns, name)
		for d := range h.Values {
			h.Values[d][i] = math.Max(0, math.Round(20*math.Sin(float64(i)/24*math.Pi)*float64(7-d)-15))
		}
	}
	return h
}

// tree is the sample decision tree with the path of one report.
func tree(ctx context.Context) chart.Tree {
	leaf := func(ja, en string, n int) chart.Node { return chart.Node{Text: both(ctx, ja, en), Seen: n} }
	node := func(ja, en string, n int, b ...chart.Branch) chart.Node {
		return chart.Node{Text: both(ctx, ja, en), Seen: n, Branches: b}
	}
	to := func(ja, en string, n chart.Node) chart.Branch { return chart.Branch{Answer: both(ctx, ja, en), To: n} }
	patch := leaf("緊急パッチ適用", "Emergency patch", 29)
	patch.Taken = true
	open := node("対外公開", "Exposed", 38, to("はい", "yes", patch), to("いいえ", "no", leaf("計画外パッチ", "Out of cycle", 9)))
	open.Taken = true
	worth := node("資産の重要度", "Criticality", 74, to("高", "high", leaf("計画外パッチ", "Out of cycle", 51)), to("中・低", "medium, low", leaf("定期パッチ", "In cycle", 23)))
	worth.Changed = true
	root := node("悪用状況", "Exploitation", 412, to("確認あり", "active", open),
		to("実証コード", "proof of concept", node("認証の要否", "Authentication", 121, to("不要", "none", worth), to("必要", "needed", leaf("定期パッチ", "In cycle", 47)))),
		to("なし", "none", node("資産の有無", "Asset", 253, to("あり", "yes", leaf("定期パッチ", "In cycle", 160)), to("なし", "no", leaf("記録のみ", "Record only", 93)))))
	root.Taken = true
	return chart.Tree{Title: both(ctx, "決定木 第 7 版", "Decision tree, version 7"), Root: root}
}
