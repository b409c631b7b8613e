// Package trust measures how far the recommendations of a model can be trusted, on the rulings that
// people made, and what a model would cost in work. It knows nothing of databases and words: a ruling
// is a Case, an outcome a position in the order of the outcomes, low to high.
//
//	Measure     exact, within-one and cost-weighted accuracy, coverage
//	Course      the same by week or month
//	Drift       has it become worse? Exact test of blocks of rulings against all before
//	Agreement   do analysts rule alike on equal facts? Krippendorff's alpha, conflicts
//	Causes      why rulings deviate, by what was said and by what the record shows
//	Calibrate   is a confidence of 80 percent right in 80 of 100? Reliability table, Brier score
//	Simulate    what is overdue when so much work meets so many hours a day
//
// All functions are pure and give the same for the same cases in the same order.
package trust
