// Package learn makes a better version of a decision model out of what was ruled.
//
//	Case (facts as sets, the ruling) -> Subject (one decision of a model) -> dtree -> decide.Branch
//	                                          |                                          |
//	                                          +---- revision of the present tree --------+-> Result
//
// The new tree takes the place of the node that decides the fact; everything else of the model stays.
// There are two ways to it. A revision keeps the present tree and changes only those leaves against which
// enough was ruled (a one-sided sign test); it is the way of a small history. A new tree is learnt from
// the whole history, and taken only where it answers cases it has not seen better than the revision
// does. Where neither has evidence on its side, there is no candidate, and the Result says why.
//
// All answers are measured as the engine gives them: an unknown fact leaves every outcome possible that
// it may lead to, and only a single outcome that is the one ruled counts as right.
//
// The package is pure: no clock, no store, no chance. Equal histories give equal bytes, in whatever order
// their cases come.
package learn
