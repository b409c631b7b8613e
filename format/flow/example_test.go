package flow_test

import (
	"fmt"

	"noroshi.dev/format/flow"
	"noroshi.dev/format/pcap"
)

func ExampleDecode() {
	p := pcap.Packet{Time: 1_700_000_000_000_000_000, Link: pcap.LinkRaw, Data: []byte{
		0x45, 0, 0, 40, 0xd4, 0x31, 0, 0, 250, 6, 0xad, 0xaf, 192, 0, 2, 1, 198, 51, 100, 9, // IPv4
		0x9c, 0x40, 0, 23, 0, 0, 0, 5, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0, // TCP
	}}
	var e flow.Event
	if flow.Decode(&p, &e) == flow.Decoded {
		fmt.Println(e.At().Format("15:04:05"), e.Source(), "asks for port", e.DstPort)
		fmt.Println("zmap:", e.Fingerprint&flow.ZMap != 0, "without options:", e.Fingerprint&flow.Bare != 0)
	}
	// Output:
	// 22:13:20 192.0.2.1 asks for port 23
	// zmap: true without options: true
}

func ExampleEncoder() {
	block := flow.Block{
		Header: flow.Header{Sensor: [16]byte{1}, Epoch: 7, Sequence: 1},
		Events: []flow.Event{{Time: 1_700_000_000_000_000, DstPort: 23, Proto: flow.ProtoTCP, Flags: flow.SYN}},
		Losses: []flow.Loss{{Reason: flow.LostInKernel, From: 1_700_000_000_000_000, To: 1_700_000_060_000_000}},
	}
	var x flow.Encoder
	data, err := x.Append(nil, &block)
	if err != nil {
		fmt.Println(err)
		return
	}
	var d flow.Decoder
	var back flow.Block
	fmt.Println(d.Decode(data, &back), back.Sequence, back.Events[0] == block.Events[0], back.Losses[0].Count)

	data[70] ^= 1
	_, err = flow.Check(data)
	fmt.Println(err != nil)
	// Output:
	// <nil> 1 true 0
	// true
}
