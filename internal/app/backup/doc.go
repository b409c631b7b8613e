// Package backup writes the whole state of a house into one file and reads it
// back, on the same kind of database or the other one.
//
//	age( zstd( tar ) )            age only if a recipient is set
//	  header.json                 form, version, time, schema versions
//	  table/NAME/0001.jsonl …     rows in the order of the primary key
//	  jobs.jsonl                  work that has still to be done
//	  blob/SHA256 …               content-addressed things
//	  audit/checkpoint.txt        the signed state of the audit record
//	  audit/key.pub               who vouches for it; the key itself is kept apart
//	  config.yaml                 settings without secrets
//	  manifest.json               size and SHA-256 of each member, rows and digest of each table
//
// All tables are read from one snapshot, blobs after it: a blob is stored before
// the row that names it, so every blob of the snapshot is there. The manifest is
// the last member, so a file that was cut off has none and is refused. A table
// that this package does not understand ends the backup with its name: nothing
// is left out silently. Left out on purpose are search indexes, which are made
// again from the data, the queue's own tables, whose waiting jobs are kept in
// jobs.jsonl, and the version tables of the migrations, kept in header.json.
package backup
