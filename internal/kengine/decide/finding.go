package decide

import (
	"fmt"
	"strings"
)

// Severity grades a finding.
type Severity string

// Severities: an Error keeps a model from being compiled, a Gap from being
// activated, a Warning is for the author to weigh.
const (
	Error   Severity = "error"
	Gap     Severity = "gap"
	Warning Severity = "warning"
)

// Finding is one thing about a model that its author should know.
type Finding struct {
	Severity Severity
	// Key is the message key, kengine.check.….
	Key string
	// Place is the node, fact or decision, as an id or key.
	Place string
	// Args fill the message in order; what they are is said at Findings' keys.
	Args []string
}

// String gives the finding in English for logs and errors.
func (f Finding) String() string { return f.Text("en") }

// Text gives the finding in words.
func (f Finding) Text(lang string) string {
	t, ok := findingTexts()[f.Key]
	if !ok {
		return f.Key + " " + f.Place + " " + strings.Join(f.Args, " ")
	}
	args := make([]any, 0, len(f.Args)+1)
	args = append(args, f.Place)
	for _, a := range f.Args {
		args = append(args, a)
	}
	return fmt.Sprintf(t.In(lang), args...)
}

// Invalid is the error of a model that cannot be compiled.
type Invalid struct{ Findings []Finding }

// Error lists the findings.
func (e *Invalid) Error() string {
	texts := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		texts[i] = f.String()
	}
	return "decide: " + strings.Join(texts, "; ")
}

// Keys of findings, all of them with Place as the first argument.
const (
	KeyFactInvalid     = "kengine.check.fact_invalid"     // reason
	KeyFactTwice       = "kengine.check.fact_twice"       //
	KeyFactUnknown     = "kengine.check.fact_unknown"     // id
	KeyFactUnused      = "kengine.check.fact_unused"      //
	KeyNodeTwice       = "kengine.check.node_twice"       //
	KeyNodeEmpty       = "kengine.check.node_empty"       //
	KeyNodeLarge       = "kengine.check.node_large"       // limit
	KeyNodeUnused      = "kengine.check.node_unused"      //
	KeyCycle           = "kengine.check.cycle"            // path
	KeyValueUnknown    = "kengine.check.value_unknown"    // row or path, value, fact
	KeyRowWidth        = "kengine.check.row_width"        // row, have, want
	KeyMissing         = "kengine.check.missing"          // count, example
	KeyDuplicate       = "kengine.check.duplicate"        // row, combination
	KeyContradiction   = "kengine.check.contradiction"    // row, combination
	KeyOrder           = "kengine.check.order"            // count, low combination, its outcome, high combination, its outcome
	KeyUnreachable     = "kengine.check.unreachable"      // value
	KeyDeadBranch      = "kengine.check.dead_branch"      // path
	KeyAnswerTwice     = "kengine.check.answer_twice"     // path, value
	KeyAnswerMissing   = "kengine.check.answer_missing"   // path, values
	KeyIdle            = "kengine.check.idle"             // fact
	KeyDecisionInvalid = "kengine.check.decision_invalid" // reason
	KeyActionMissing   = "kengine.check.action_missing"   // outcome
	KeyTextMissing     = "kengine.check.text_missing"     // what, language
)

func findingTexts() map[string]Text {
	return map[string]Text{
		KeyFactInvalid:     {"項目 %s が正しくありません：%s", "fact %s is not valid: %s"},
		KeyFactTwice:       {"項目 %s が二度定義されています", "fact %s is described twice"},
		KeyFactUnknown:     {"%s が、定義のない項目 %s を使っています", "%s uses the fact %s, which is not described"},
		KeyFactUnused:      {"項目 %s はどこにも使われていません", "fact %s is not used"},
		KeyNodeTwice:       {"%s を決める節が二つあります", "two nodes decide %s"},
		KeyNodeEmpty:       {"%s を決める節に、表か木のどちらか一つが必要です", "the node of %s needs either a table or a tree"},
		KeyNodeLarge:       {"%s の組合せが %s を超えています。表を分けてください", "%s has more than %s combinations; split the table"},
		KeyNodeUnused:      {"%s を決める節は、どの判断にも使われていません", "the node of %s serves no decision"},
		KeyCycle:           {"%s は自分自身に戻ります：%s", "%s leads back to itself: %s"},
		KeyValueUnknown:    {"%s の %s：値 %s は項目 %s にありません", "%s, %s: %s is not a value of %s"},
		KeyRowWidth:        {"%s の行 %s：値が %s 個です（%s 個必要）", "%s, row %s: %s values instead of %s"},
		KeyMissing:         {"%s に %s 個の組合せがありません（例：%s）", "%s lacks %s combinations, such as %s"},
		KeyDuplicate:       {"%s の行 %s は前の行の繰り返しです：%s", "%s, row %s repeats an earlier row: %s"},
		KeyContradiction:   {"%s の行 %s は前の行と食い違います：%s", "%s, row %s contradicts an earlier row: %s"},
		KeyOrder:           {"%s で順序が %s 箇所逆転しています（例：%s は %s、%s は %s）", "%s is out of order at %s places: %s gives %s, but %s gives %s"},
		KeyUnreachable:     {"%s の値 %s になる組合せがありません", "no combination gives %s the value %s"},
		KeyDeadBranch:      {"%s の枝 %s には決して届きません", "%s: the branch %s is never reached"},
		KeyAnswerTwice:     {"%s の %s：値 %s の答えが二つあります", "%s, %s: the value %s has two answers"},
		KeyAnswerMissing:   {"%s の %s：値 %s の答えがありません", "%s, %s: no answer for %s"},
		KeyIdle:            {"%s は項目 %s を見ていますが、結果は変わりません", "%s reads %s, which never changes the outcome"},
		KeyDecisionInvalid: {"判断 %s が正しくありません：%s", "decision %s is not valid: %s"},
		KeyActionMissing:   {"判断 %s：結果 %s の対応が書かれていません", "decision %s has no action for %s"},
		KeyTextMissing:     {"%s：%s の文がありません（言語：%s）", "%s: the text of %s is missing in %s"},
	}
}
