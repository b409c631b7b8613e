// Package blob keeps large things by the SHA-256 of their content: evidence,
// specimens, imported archives. A name of a file never reaches it.
//
// Put is durable when it returns: written under a temporary name, synced, renamed,
// the folder synced. What is stored is never changed, so equal content is stored
// once. Open checks the content while it is read and ends with an error instead of
// the end if a byte differs. Blobs may be encrypted to age recipients; the name is
// the hash of the plain content all the same.
//
//	DIR/ab/cd/abcd…ef        a blob (abcd…ef.age if it is encrypted)
//	DIR/.tmp-…               being written; swept by Open after a day
//
// A Store lies in a folder (Dir) or in a bucket (S3).
package blob
