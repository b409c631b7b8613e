// Package storage is the one door to the database: SQLite in one file by
// default, PostgreSQL by URL. Queries are written once, with ? for arguments.
//
//	Service --InTx--> Tx --+                      SQLite: one writer connection,
//	Service --Read--> Runner--> store functions           a pool of readers
//	                                              PostgreSQL: one pool
//
// # Durability
//
// When InTx returns nil, the transaction is on disk: SQLite commits with WAL and
// synchronous=FULL, PostgreSQL with its own synchronous_commit. When InTx returns
// an error of commit, the outcome is in doubt; a write carries an id made by us,
// so that a second try meets fault.Conflict instead of doubling.
//
// # Rules for those who write stores
//
//   - Below a Service only Tx and Runner are passed. SQLite has one writer
//     connection, so InTx inside InTx waits until its context ends.
//   - A write transaction is short: no network, no rendering, no hashing inside.
//   - A statement that failed ends the transaction on both databases: later
//     statements and the commit fail too. Use ON CONFLICT instead of trying.
//   - A question mark is an argument, never text: quoted ones are not supported.
//   - Rows of a Tx are read to the end before its next statement (List does it);
//     PostgreSQL has one conversation at a time on a connection.
//   - InTx runs its function again after a deadlock or a serialization failure,
//     so the function does nothing outside the database; use Tx.AfterCommit.
package storage
