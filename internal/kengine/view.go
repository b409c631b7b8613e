package kengine

import (
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/intake"
)

// DefaultLimit and MaxLimit bound the rows of one page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Query asks for a part of a list, as web.List reads it from an address; for fields of the filter
// and orders see TaskFields, TaskSorts, ReportFields and ReportSorts.
type Query = web.Query

// Page is one part of a list and the places before and after it.
type Page[T any] = web.Rows[T]

// Outcome is one outcome of a decision, in words.
type Outcome struct {
	Key  string
	Name decide.Text
	Do   decide.Text
	Mark decide.Mark
	Due  decide.Due
}

// ReportRow is a report as lists show it.
type ReportRow struct {
	ID        string
	Key       string // "CVE-2024-1234", "JVNDB-2022-000097"
	Kind      intake.Kind
	State     string // published, rejected, reserved
	Title     decide.Text
	Summary   string
	Products  string
	CVSS      float64 // 0.0 to 10.0; -1: none
	Vector    string
	KEV       bool
	Conflicts int // open contradictions among the sources
	Published time.Time
	Modified  time.Time
	Received  time.Time
	Updated   time.Time
}

// TaskRow is a task as lists show it.
type TaskRow struct {
	ID           string
	Organisation string
	ReportID     string
	Report       string // key
	Title        decide.Text
	Products     string
	CVSS         float64 // -1: none
	KEV          bool

	Decision     string
	DecisionName decide.Text
	Role         decide.Text
	Model        string    // id of the model version that decided
	Possible     []Outcome // outcomes still possible; one: decided; none: the model does not say
	Ruled        *Outcome  // what a person ruled, nil while nobody did
	Facts        []RowFact // what is known of the inputs, the value nearest to its highest first
	Asks         int       // questions that can still change the outcome
	Deviates     bool      // the ruling is not among the possible outcomes
	Changed      bool      // new facts changed the outcome since the last ruling

	Rank     int  // 3 now, 2 soon, 1 plan, 0 none
	Priority *int // set by hand, wins over Rank
	State    State
	Cause    string // of a closed task: CauseNoAction, CauseNoAsset, CauseRejected, or the words of a person
	Owner    string // id of a person, may be empty
	Due      time.Time
	DueSet   bool // set by hand
	Overdue  bool
	Created  time.Time
	Updated  time.Time
	Version  int64
}

// RowFact is what is known of one input of a decision.
type RowFact struct {
	Fact decide.Fact
	Set  decide.Set // some of its values
}

// Decided reports whether one outcome is left.
func (t *TaskRow) Decided() bool { return len(t.Possible) == 1 }

// Weight returns the priority that orders the list: the one set by hand or the rank.
func (t *TaskRow) Weight() int {
	if t.Priority != nil {
		return *t.Priority
	}
	return t.Rank
}

// Causes of closed tasks that no person gave.
const (
	CauseNoAction = "no_action" // decided: nothing to do
	CauseNoAsset  = "no_asset"  // no product tag matches and the policy closes these
	CauseRejected = "rejected"  // the report was rejected by its source
	CauseNoModel  = "no_model"  // no model in force makes this decision any more
)

// FactView is a fact with its current value and what else is said about it.
type FactView struct {
	Fact      decide.Fact // zero Values when no model and no catalogue knows it
	ID        string      // namespace:KEY:version
	Value     Value       // Values empty: nobody says anything
	Possible  decide.Set  // Value as a set of positions of Fact.Values
	Matters   bool        // another value could change an open decision of the organisation
	Conflict  bool        // sources exclude each other
	Assumed   bool        // nothing is said: the default of the fact is taken
	Assertion *Assertion  // nil for filled-in values
}

// ReportView is one report with everything known about it.
type ReportView struct {
	ReportRow
	Aliases        []string
	Descriptions   []intake.Text
	References     []intake.Reference
	Scores         []intake.Score
	CWEs           []string
	Affected       []ProductView
	Unmapped       []intake.Unmapped
	Origins        []OriginView
	Facts          []FactView
	Assertions     []Assertion // newest first, those of other organisations left out
	Contradictions []ConflictView
	Matches        []TagMatch
	Tasks          []TaskRow // of the actor's organisation
}

// ProductView is one affected product of a report.
type ProductView struct {
	Source, Vendor, Product, Package, PURL string
	CPEs                                   []string
	DefaultStatus                          string
	Versions                               []cve.Entry
}

// OriginView is one kind of document that speaks about a report.
type OriginView struct {
	Kind     intake.Kind
	Modified time.Time
}

// ConflictView is a contradiction among sources.
type ConflictView struct {
	ReportID     string
	Report       string // key
	Title        decide.Text
	Fact         string
	FactName     decide.Text
	Organisation string // empty: for everybody
	Sides        []Value
	State        string // "open" or "accepted"
	Note         string
	Actor        string
	Updated      time.Time
	Version      int64
}

// TagMatch says that a report is about a product of an organisation, and why; or that a default set
// with a condition applies to it.
type TagMatch struct {
	Tag    string // id of the tag, empty for a default set
	Set    string // id of the default set, empty for a tag
	Name   string
	Reason string // which pattern matched which product, see ReadWhy; of a set its condition
}

// TaskView is one task with the recommendation and its reasons.
type TaskView struct {
	TaskRow
	Of          ReportRow
	Inputs      []FactView         // input facts of the decision, in the order of the model
	Compiled    *decide.Compiled   // writes Explanation in words: Compiled.Lines(Explanation, lang)
	Explanation decide.Explanation // path and facts that still matter
	Changes     []decide.Change    // smallest changes of facts that alter the outcome
	Outcomes    []Outcome          // all outcomes of the decision, low to high
	Support     Support
	Similar     []Similar
	Rulings     []Ruling  // newest first, undone ones marked
	History     []History // newest first
	Notes       []Note    // oldest first
	Allowed     []Act
}

// Similar is a past report with a ruling about the same decision.
type Similar struct {
	Task    string
	Report  string // key
	Title   decide.Text
	Outcome Outcome
	Reason  Reason
	At      time.Time
	Same    bool     // all inputs are equal
	Differs []string // ids of the facts that differ
}

// Ruling is what a person decided about a task.
type Ruling struct {
	ID          string
	Task        string
	Recommended []string // outcomes that were possible
	Outcome     string
	Reason      Reason
	Note        string
	Model       string
	Actor       string
	At          time.Time
	Undone      time.Time // zero: it holds
}

// History is one thing that happened to a task.
type History struct {
	ID     string
	At     time.Time
	Actor  string // id of a person, "system:…" for the engine
	What   string // an Act, "assign", "due", "priority" or "undo"
	Before Snapshot
	After  Snapshot
	Undone bool
}

// Snapshot is what acts change of a task.
type Snapshot struct {
	State    State     `json:"state,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	DueSet   bool      `json:"due_set,omitempty"`
	Priority *int      `json:"priority,omitempty"`
	Outcomes []string  `json:"outcomes,omitempty"`
	Ruled    string    `json:"ruled,omitempty"`
	Ruling   string    `json:"ruling,omitempty"`
	Deviates bool      `json:"deviates,omitempty"`
	Changed  bool      `json:"changed,omitempty"`
	Cause    string    `json:"cause,omitempty"`
}

// Note is a remark of a person on a task.
type Note struct {
	ID    string
	At    time.Time
	Actor string
	Text  string
}

// Reason says why a ruling is as it is.
type Reason string

// The reasons. Confirmed is that of a confirmation; the other four are the causes of deviation
// that the VRDA effectiveness study of 2009 sorted by hand.
const (
	Confirmed   Reason = "confirmed"
	DataMissing Reason = "data_missing" // the facts were insufficient or wrong
	LogicWrong  Reason = "logic_wrong"  // the model does not say what we want
	Judgement   Reason = "judgement"    // the analyst's own weighing
	Exception   Reason = "exception"    // an unforeseen circumstance
)

// Reasons returns the reasons for overruling.
func Reasons() []Reason { return []Reason{DataMissing, LogicWrong, Judgement, Exception} }
