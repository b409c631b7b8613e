// Package decide is the decision engine of KENGINE: what a model says about a
// report, why, what would change it, and what to ask next. It is pure: no
// clock, no storage, no network; every function gives the same answer for the
// same arguments.
//
// # Knowledge
//
// A Fact is one item of analysis with ordered values. What is known of it is a
// Set: the values that are still possible. Knowing nothing is the full set,
// knowing the value is a set of one. SSVC decision points are facts.
//
//	Exploitation   none  poc  active
//	unknown         1     1     1      = 0b111
//	at least poc    0     1     1      = 0b110
//	active          0     0     1      = 0b100
//
// # Model
//
// A Model is an acyclic graph of nodes. Each node decides one fact from others
// by a table (one row per combination) or a tree (questions within questions);
// the fact it decides may be an input of another node. Facts that no node
// decides are the inputs of the model. A Decision exposes one decided fact
// with what to do, until when, and who.
//
//	Safety Impact --+
//	                +--[table]--> Human Impact --+
//	Mission Impact -+                            |
//	Exploitation --------------------------------+--[table]--> priority => decision
//	System Exposure -----------------------------+             "patch"
//	Automatable ---------------------------------+
//
// # From model to answer
//
//	Model --Check--> findings (missing rows, order, unreachable, cycles)
//	  |
//	Compile           dense mixed-radix tables, nodes in order, joint tables
//	  |
//	Compiled --Decide------> per decision the Set of outcomes still possible
//	  |        --Explain----> steps, smallest changes, facts that still matter
//	  |        --Questions--> open facts by expected information
//	  +--NewEvaluator--DecideAll--> columns of reports at once, memoised
//
// # Exactness
//
// The outcome set is exact: a value is in it if and only if some completion of
// the unknown inputs gives it. Where an input reaches a decision by more than
// one way (Automatable above may also feed Utility), combining the sets node by
// node would admit outcomes that no completion gives. Such inputs are fixed one
// combination at a time, and the rest, now independent, is combined node by
// node:
//
//	A in {no, yes}:   A = no:  {…} -> {track}      union = exact
//	                  A = yes: {…} -> {attend}
//
// Only when there are more than maxFixed combinations to fix, or fixing them
// would look at more than maxWork cells, is the node-wise superset returned, and
// then Exact is false.
//
// A combination without a row decides nothing and adds nothing to the set; an
// empty outcome set means that the model does not say. Check finds such rows.
//
// # Formats
//
// Models are read and written as strict YAML (Parse, Format; see yaml.go and
// data/starter.yaml), as SSVC 2.0.0 decision tables (FromTables, Model.Table)
// and from trees of the older SSVC calculator (FromLegacy).
package decide
