// Package cpe reads, writes and compares Common Platform Enumeration names.
//
// Two bindings are known (NISTIR 7695): the URI of CPE 2.2, "cpe:/a:vendor:product:1.0", with the
// packed edition that carries the attributes of 2.3, and the formatted string of CPE 2.3,
// "cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*". Names are compared attribute by attribute as
// NISTIR 7696 section 6 demands; Relation tells how the sets of products they stand for lie.
//
// Names are lower case. Reading is tolerant where real feeds are: characters that ought to be
// percent-encoded in a URI or escaped in a formatted string are taken as themselves.
package cpe
