package identity

// ManagePeople is the right to see and manage all people of the instance.
func ManagePeople() Permission {
	return Permission{Name: "identity.people", Scope: Instance, Roles: []Role{Admin}}
}

// ManageOrganisations is the right to make and close organisations.
func ManageOrganisations() Permission {
	return Permission{Name: "identity.organisations", Scope: Instance, Roles: []Role{Admin}}
}

// SeeMembers is the right to see who belongs to an organisation.
func SeeMembers() Permission {
	return Permission{Name: "identity.members.read", Scope: Organisation, Roles: []Role{Admin, Manager, Analyst, Reader}}
}

// ManageMembers is the right to invite people to an organisation and to set their roles.
func ManageMembers() Permission {
	return Permission{Name: "identity.members", Scope: Organisation, Roles: []Role{Admin, Manager}}
}

// ReadAudit is the right to read, export and verify the audit log.
func ReadAudit() Permission {
	return Permission{Name: "audit.read", Scope: Instance, Roles: []Role{Admin, Auditor}, Restricted: true}
}

// ManageJobs is the right to see the work in the background, to try it again and to cancel it.
func ManageJobs() Permission {
	return Permission{Name: "jobs.manage", Scope: Instance, Roles: []Role{Admin}}
}

// Permissions returns what this package declares.
func Permissions() []Permission {
	return []Permission{ManagePeople(), ManageOrganisations(), SeeMembers(), ManageMembers(), ReadAudit(), ManageJobs()}
}
