// Package account is the pages of core/identity and core/audit: signing in,
// accepting invitations, one's own account and the administration of people,
// organisations, members and the audit record.
//
// It is a room without tables: each page calls one method of identity.Service or
// audit.Log, which check the right, write and audit.
//
//	/sign-in                 password, passkey, outside providers -> /sign-in/code
//	/link/{secret}           first admin, invitation, sign-in link
//	/console/account         settings; security, codes, tokens, prove below it
//	/console/people          accounts of the instance            identity.people
//	/console/organisations   organisations of the instance       identity.organisations
//	/console/members         members of the current organisation identity.members.read
//	/console/audit           the audit record                    audit.read
//
// A change of credentials needs a recent proof: the page /console/account/prove
// asks for it and leads back. All pages work without scripts, except passkeys,
// which browsers offer to scripts only (assets/passkey.js).
package account
