// Package kengine is the room that decides: what to do about a vulnerability report, for each
// organisation by its own model, and why.
//
//	bytes -> blob -> intake -> report + assertions -> current values -> decisions -> tasks
//	                            ^ analyst's answers, product tags, default sets
//
// A report is one vulnerability, the same for everybody. An assertion is what one source said at
// one time about some facts of it: append-only, never changed. The current value of a fact is
// chosen among the assertions by the policy of the organisation; sources that exclude each other
// are a conflict, kept and listed. A decision of a model takes the current values, each a set of
// what is still possible, and gives the set of outcomes that are still possible: nothing is guessed.
//
// A task is one decision about one report for one organisation:
//
//	           recommend          rule (confirm, overrule)         start        finish
//	(report) ----------> open ----------------------------> todo ------> doing ------> done
//	                      |  \_ rule: no action --> closed   |  \_______finish_________^ |
//	                      |                                  |             |             |
//	                      |                                  +--drop------>+             |
//	                      +- no action, decided: closed      |          closed           |
//	                      ^                                  |             |             |
//	                      +--- outcome changed by new facts -+-------------+-------------+
//	   reopen: done -> todo, closed -> open.  Every act of a person can be undone.
//
// New facts decide again in the transaction that brings them; only a changed set of outcomes
// writes a task, its history and the news.
//
// # Tables
//
// World: kengine_report, kengine_origin (what one kind of document says), kengine_alias,
// kengine_affected, kengine_assertion, kengine_conflict, kengine_import, kengine_refusal,
// kengine_source, kengine_report_fts. Of one organisation: kengine_task, kengine_ruling,
// kengine_history, kengine_note, kengine_model, kengine_policy, kengine_tag, kengine_tag_match,
// kengine_set, kengine_fact, kengine_redecide, kengine_drift; and those rows of kengine_assertion and
// kengine_conflict whose organisation is not empty. Every statement about an organisation's rows
// names the organisation of the actor.
//
// # Events out
//
// OutcomeChanged (kengine.outcome_changed): the outcomes of a live task changed.
// Drifted (kengine.drift): recommendations of a decision are confirmed less often than before.
package kengine
