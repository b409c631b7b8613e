package ssvc_test

import (
	"fmt"
	"time"

	"noroshi.dev/format/ssvc"
)

// A decision by the embedded CISA table, by id and never by position.
func ExampleDecisionTable_Evaluate() {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	table, _ := reg.Table(ssvc.ID{Namespace: "cisa", Key: "DT_CO", Version: "2.0.3"})
	index, err := table.Index()
	if err != nil {
		panic(err)
	}
	key, ok := table.Evaluate(index, map[ssvc.ID]string{
		{Namespace: "ssvc", Key: "E", Version: "1.1.0"}:   "A",
		{Namespace: "ssvc", Key: "A", Version: "2.0.0"}:   "Y",
		{Namespace: "ssvc", Key: "TI", Version: "1.0.0"}:  "T",
		{Namespace: "ssvc", Key: "MWI", Version: "1.0.0"}: "M",
	})
	fmt.Println(key, ok)
	// Output: AC true
}

// What is not certain is said as the set of values still possible.
func ExampleSelectionList_JSON() {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	exploitation, _ := reg.Point(ssvc.ID{Namespace: "ssvc", Key: "E", Version: "1.1.0"})
	list := ssvc.SelectionList{
		TargetIDs:  []string{"CVE-2099-0001"},
		Timestamp:  time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Selections: []ssvc.Selection{ssvc.Select(exploitation, 1, 2)},
	}
	out, err := list.JSON()
	if err != nil {
		panic(err)
	}
	fmt.Print(string(out))
	// Output:
	// {
	//   "target_ids": [
	//     "CVE-2099-0001"
	//   ],
	//   "timestamp": "2026-01-02T03:04:05Z",
	//   "schemaVersion": "2.0.0",
	//   "selections": [
	//     {
	//       "namespace": "ssvc",
	//       "key": "E",
	//       "version": "1.1.0",
	//       "name": "Exploitation",
	//       "values": [
	//         {
	//           "name": "Public PoC",
	//           "key": "P"
	//         },
	//         {
	//           "name": "Active",
	//           "key": "A"
	//         }
	//       ]
	//     }
	//   ]
	// }
}
