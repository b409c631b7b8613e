// Package rsit is the Reference Security Incident Taxonomy (machine version 1003, 2021-05-26) and two other views of the
// same stored code: the six classes in which JPCERT/CC counts since 1996, and its categories of today.
//
//	key "class/type" + qualifiers --> View2007, ViewToday
//
// A key is stored, never a caption: captions have changed upstream. What a key does not say and a view needs is a
// qualifier of the incident, set by a rule or a person.
//
// Sources: https://github.com/enisaeu/Reference-Security-Incident-Taxonomy-Task-Force (CC0); the classes of 2007 and the
// categories of today from the published reports of JPCERT/CC.
package rsit
