// Package chart draws charts and decision trees as SVG on the server: lines,
// columns over time, bars, stacked areas, sparklines, heat strips and trees.
//
// Each drawing is a struct that is a templ.Component, so that a page writes
//
//	@chart.Figure{Chart: chart.Line{…}, Caption: …, Data: …}
//
// Drawings carry no style attribute, because the content security policy refuses
// them: colours come by class from the stylesheet, which has a set for each ground.
// Each has a title and a description for those who do not see it, and Figure adds
// the link to its data. At most six series are drawn; the rest is summed as
// "other". Gaps (NaN) stay gaps: nothing measured is not zero.
package chart
