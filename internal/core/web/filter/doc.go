// Package filter reads the one filter grammar of lists, of the API and of the
// command line:
//
//	is:open assignee:* severity:>=high product:bind "exact phrase" -word (a OR b)
//
//	filter = any { "OR" any } ;  any = term { term } ;
//	term   = [ "-" ] ( "(" filter ")" | field ":" [ "<" | "<=" | ">" | ">=" ] value | value ) ;
//	value  = quoted | word ;      field:* asks for any value, field:a,b for one of both
//
// The text is folded by NFKC first, so that full-width letters, colons and spaces
// of a Japanese keyboard mean the same. Limits: 1,000 characters, 64 terms, 8
// levels of parentheses. A text outside of the grammar is a fault.Invalid of the
// field "q" that names the place.
//
// Parse gives an Expr; a room translates the fields that it knows by an
// allow-list into SQL conditions and answers Unknown for the others. String
// writes an Expr in its one canonical form.
package filter
