// Package sbom reads software bills of materials as a flat list of components: CycloneDX in JSON
// (1.2 to 1.6) and in XML, SPDX 2.2 and 2.3 in JSON. The format is told by the content.
//
// Only what names a component is read: name, version, vendor, package URLs and CPE names. The
// graph of dependencies, licences and hashes are left out. Names that cannot be read are kept as
// written; the caller decides what they are worth.
package sbom
