// Package osv reads vulnerability records in the Open Source Vulnerability format (OSV schema 1.x)
// and tells which versions of a package they affect, by the evaluation rule of that schema.
//
// Reading is tolerant: unknown properties are left out, dates that cannot be read are zero.
package osv
