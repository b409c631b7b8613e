// Package jobs runs work in the background: a thin face over the River queue,
// whose rows live in the same database and are written in the caller's
// transaction on SQLite and PostgreSQL alike.
//
//	Enqueue(tx) -> available -> running -> completed
//	    At ------> scheduled -^    |  error: retryable, later available again
//	                               +- attempts used up: discarded
//	                               +- Cancel or Drop: cancelled
//
// Delivery is at least once: a job whose process was killed is run again, so a
// handler is idempotent; an effect outside carries an identity. Rooms see only
// this package, so that the queue can be replaced.
//
// Register kinds before Start; New may come earlier, because services that
// enqueue are built before the handlers that need them.
package jobs
