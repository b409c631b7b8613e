package pcap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/pcap"
)

func Example() {
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file, pcap.WriterOptions{Link: pcap.LinkRaw})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"first", "second"} {
		if err := w.Write(&pcap.Packet{Time: 1_700_000_000e9, Data: []byte(text), Link: pcap.LinkRaw}); err != nil {
			fmt.Println(err)
			return
		}
	}
	file.Truncate(file.Len() - 2) // the disk was full

	r, err := pcap.NewReader(&file, pcap.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var p pcap.Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
		fmt.Printf("%s\n", p.Data)
	}
	fmt.Println(err)
	fmt.Println(errors.Is(err, io.ErrUnexpectedEOF))
	// Output:
	// first
	// pcap: at byte 45: record cut after 20 bytes: unexpected EOF
	// true
}
