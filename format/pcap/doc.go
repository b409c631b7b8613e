// Package pcap reads the two capture file formats of the field and writes the older one.
//
// A Reader takes any io.Reader, finds out by the first bytes which format it is, and gives one
// packet after the other without allocating: Data of a Packet lies in the reader's buffer and is
// valid until the next call. It reads as far as it must and no further, so it works on a pipe.
//
//   - pcap (draft-ietf-opsawg-pcap): microseconds and nanoseconds, both byte orders, and the
//     "modified" form of early Linux captures with its longer record header.
//   - pcapng (draft-ietf-opsawg-pcapng): several sections, each with its own byte order; several
//     interfaces, each with link type, if_tsresol and if_tsoffset; enhanced, simple and obsolete
//     packet blocks. Every other block is skipped.
//
// What is wrong is told by an Error with the byte offset of the record. A file whose last record
// was cut gives every packet before it and then an error for which errors.Is(err,
// io.ErrUnexpectedEOF) holds; a file that ends between two records ends with io.EOF.
package pcap
