// Package audit keeps the record of who did what: append-only, written inside
// the caller's transaction, and a transparency log, so that any later edit,
// deletion, reorder or truncation is found with a checkpoint kept elsewhere.
//
// The log is built as the Go checksum database is (golang.org/x/mod/sumdb/tlog
// and note). A leaf is canonical JSON: version, number, time, actor, room,
// operation, object, outcome, request, commitments. Personal or confidential
// details are never in the leaf: the leaf holds SHA-256(salt, value), and salt
// and value stand beside it in audit_detail, where they can be erased without
// harm to the tree.
//
//	audit_entry(n, at, …, leaf)   one row an entry, leaf is what is hashed
//	audit_detail(n, key, salt, value)
//	audit_hash(i, hash)           tree hashes by tlog.StoredHashIndex
//	audit_checkpoint(size, at, note)
//	audit_head(id, size)          one row: the lock that orders appends
//
// Checkpoints follow C2SP tlog-checkpoint: origin, size, base64 root, blank
// line, signatures. The signing key is a file of mode 0600 outside of the
// database. Rule of the house: no audit, no action.
package audit
