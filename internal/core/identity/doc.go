// Package identity knows who acts and what they may do: people, organisations
// (tenants), memberships with roles, sessions, passwords, passkeys, one-time
// codes, outside identity providers (OIDC), API tokens, invitations and
// single-use links.
//
// Permissions are data: a room declares them with the roles that hold them, and
// every route and operation names one. Actor.Can answers from the actor alone;
// an actor is loaded anew for each request, so that a changed role counts at once.
//
//	nobody --password/passkey/OIDC/link--> (second factor) --> session --> actor
//	session: idle 12 h, at most 7 days; recent authentication 15 min for credentials
//
// Rules that tests hold: no default account; secrets are write-only and stored
// hashed (TOTP seeds sealed); no answer tells whether a name exists; a guesser
// is slowed by name and by address; no actor changes or reads a credential of a
// more privileged one; each change writes an audit leaf in its transaction.
package identity
