package kengine

import "noroshi.dev/internal/core/identity"

// PermReportRead is the right to read reports, their facts and contradictions.
func PermReportRead() identity.Permission {
	return organisation("kengine.report.read", identity.Manager, identity.Analyst, identity.Reader)
}

// PermReportWrite is the right to state facts about a report, to add reports by hand and to
// accept contradictions.
func PermReportWrite() identity.Permission {
	return organisation("kengine.report.write", identity.Manager, identity.Analyst)
}

// PermImport is the right to import documents and to read what was imported.
func PermImport() identity.Permission {
	return organisation("kengine.import", identity.Manager, identity.Analyst)
}

// PermTaskRead is the right to read the tasks of an organisation.
func PermTaskRead() identity.Permission {
	return organisation("kengine.task.read", identity.Manager, identity.Analyst, identity.Reader)
}

// PermTaskWork is the right to assign, date, start, finish, drop and note tasks.
func PermTaskWork() identity.Permission {
	return organisation("kengine.task.work", identity.Manager, identity.Analyst)
}

// PermRule is the right to confirm and overrule recommendations.
func PermRule() identity.Permission {
	return organisation("kengine.rule", identity.Manager, identity.Analyst)
}

// PermModelRead is the right to read decision models.
func PermModelRead() identity.Permission {
	return organisation("kengine.model.read", identity.Manager, identity.Analyst, identity.Reader)
}

// PermModelEdit is the right to make and change drafts of decision models.
func PermModelEdit() identity.Permission {
	return organisation("kengine.model.edit", identity.Manager, identity.Analyst)
}

// PermModelActivate is the right to put a decision model into force or out of it, and to set the policy.
func PermModelActivate() identity.Permission {
	return organisation("kengine.model.activate", identity.Manager)
}

// PermTagEdit is the right to change product tags and default fact sets.
func PermTagEdit() identity.Permission {
	return organisation("kengine.tag.edit", identity.Manager, identity.Analyst)
}

// PermSourceEdit is the right to change from where documents are fetched.
func PermSourceEdit() identity.Permission {
	return organisation("kengine.source.edit", identity.Manager)
}

// PermStatisticsRead is the right to read the statistics of an organisation.
func PermStatisticsRead() identity.Permission {
	return organisation("kengine.statistics.read", identity.Manager, identity.Analyst, identity.Reader)
}

// PermFeed is the permission of the public feed of world-scope facts.
func PermFeed() identity.Permission {
	return identity.Permission{Name: "kengine.feed", Scope: identity.Public}
}

// Permissions returns all permissions of the room.
func Permissions() []identity.Permission {
	return []identity.Permission{
		PermReportRead(), PermReportWrite(), PermImport(), PermTaskRead(), PermTaskWork(), PermRule(),
		PermModelRead(), PermModelEdit(), PermModelActivate(), PermTagEdit(), PermSourceEdit(),
		PermStatisticsRead(), PermFeed(),
	}
}

func organisation(name string, roles ...identity.Role) identity.Permission {
	return identity.Permission{Name: name, Scope: identity.Organisation, Roles: roles}
}
