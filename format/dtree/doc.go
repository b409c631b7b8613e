// Package dtree learns decision trees from a history of rulings: which class was ruled when which facts were known.
//
// Facts are nominal or ordinal, with at most 64 values each; what is known of a fact is a mask of the values that
// are still possible, so that "unknown" and "one of these two" are facts like any other. A tree asks questions with
// two answers: a threshold on an ordinal fact, a subset of the values of a nominal one. Subsets are found in
// polynomial time (exactly for two classes, by the order of one class's share; for several classes by those orders
// and by moving single values), never by trying all. Unknown is a branch of its own or goes to the side that gains
// more; at prediction it may also follow both branches, weighted, and the answer is then a distribution.
//
// A tree grows fully and is pruned by cost-complexity to the size that cross-validation chooses. The default rule
// takes the shortest tree that is as good as the best one, as far as one measurement can tell. Where the
// lower bound of what a tree saves against the majority's answer is not above zero, the model abstains: it gives
// the majority's answer and says why.
//
// Everything is determined: equal histories give equal bytes, whatever the order of their rows. Ties are decided by
// the order of attributes, of values, and by how common a class is. A row of weight w is like w rows.
//
// What this package does not do: numbers as facts (bin them), vote by many trees, or learn while it answers. It has
// no clock and reads no files; ReadCSV takes a reader.
//
// The path of a history: Data -> Train -> Model (Tree, Report); Tree.Predict, Explain, Change, Encode, Text; Revise
// changes a prior tree only where a history gives enough evidence; FromFunc makes a tree of a table.
package dtree
