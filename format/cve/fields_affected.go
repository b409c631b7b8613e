package cve

func readAffected(s *scanner, a *Affected) { members(s, a, affectedField) }

func affectedField(s *scanner, a *Affected, name []byte) {
	switch string(name) {
	case "vendor":
		s.text(&a.Vendor)
	case "product":
		s.text(&a.Product)
	case "collectionURL":
		s.text(&a.CollectionURL)
	case "packageName":
		s.text(&a.PackageName)
	case "packageURL":
		s.text(&a.PackageURL)
	case "cpes":
		s.texts(&a.CPEs)
	case "modules":
		s.texts(&a.Modules)
	case "programFiles":
		s.texts(&a.ProgramFiles)
	case "platforms":
		s.texts(&a.Platforms)
	case "repo":
		s.text(&a.Repo)
	case "defaultStatus":
		s.text(&a.DefaultStatus)
	case "versions":
		list(s, &s.slabs.versions, &a.Versions, readVersion)
	default:
		s.skip()
	}
}

func readVersion(s *scanner, v *Version) { members(s, v, versionField) }

func versionField(s *scanner, v *Version, name []byte) {
	switch string(name) {
	case "version":
		s.text(&v.Version)
	case "status":
		s.text(&v.Status)
	case "versionType":
		s.text(&v.VersionType)
	case "lessThan":
		s.text(&v.LessThan)
	case "lessThanOrEqual":
		s.text(&v.LessThanOrEqual)
	case "changes":
		list(s, new([]Change), &v.Changes, readChange)
	default:
		s.skip()
	}
}

func readChange(s *scanner, c *Change) { members(s, c, changeField) }

func changeField(s *scanner, c *Change, name []byte) {
	switch string(name) {
	case "at":
		s.text(&c.At)
	case "status":
		s.text(&c.Status)
	default:
		s.skip()
	}
}
