// Package csaf reads security advisories of the Common Security Advisory Framework 2.0 and 2.1
// (OASIS) as a flat, typed Document.
//
// The two versions become one shape. The product tree is a list of products by id, each with the
// vendor, product name and version that the branches above it give and with its identifiers;
// relationships (2.0) and product paths (2.1) are products with Parts. Groups are resolved, so
// that every product reference in a Vulnerability is a product id. Scores (2.0) and metrics (2.1)
// are Scores; EPSS, SSVC and qualitative ratings of 2.1 are with them.
//
// Reading is tolerant: it checks the form, not the profile or the mandatory tests of the standard.
// Unknown properties are left out.
package csaf
