// Package cve reads records of the CVE Record Format 5.0 to 5.2: the container of the naming
// authority (CNA), the containers of the authorised publishers (ADP), rejected records, and what
// CISA's Vulnrichment puts into them: SSVC 1.x selections and the listing in the catalogue of
// known exploited vulnerabilities.
//
// Decode reads one record. Fields that the house does not use (credits, impacts, tool data,
// copies of older formats) are passed over without being stored, which is most of the speed;
// metrics of unknown type are kept whole in Other.
//
// Affected.Status decides whether one version is affected, by the algorithm of the format's
// description of versions: the entries in order, the first that holds the version decides, its
// latest change at or before the version wins, and the default status answers for the rest.
//
// Source: https://github.com/CVEProject/cve-schema, schema versions 5.0.0 to 5.2.0.
package cve
