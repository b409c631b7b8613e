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

// A table checks itself: what is missing, repeated, contradicted or out of order.
func ExampleDecisionTable_Check() {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	table, _ := reg.Table(ssvc.ID{Namespace: "ssvc", Key: "DT_U", Version: "1.0.0"})
	table.Rows = table.Rows[1:]
	findings, err := table.Check(1)
	if err != nil {
		panic(err)
	}
	fmt.Println(findings.Complete(), findings.Missing, "of", findings.Cells, findings.MissingRows, findings.Unreachable)
	// Output: false 1 of 4 [[0 0]] [L]
}

// A table by names; columns are found by their headers.
func ExampleReadCSV() {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	sheet := "row,Value Density v1.0.0,Automatable v2.0.0,Utility v1.0.1\n0,diffuse,no,laborious\n1,concentrated,perhaps,super effective\n"
	_, err = ssvc.ReadCSV([]byte(sheet), ssvc.ID{Namespace: "ssvc", Key: "DT_U", Version: "1.0.0"}, reg)
	fmt.Println(err)
	// Output: ssvc: csv of ssvc:DT_U:1.0.0 line 3: "perhaps" is not a value of ssvc:A:2.0.0; use a value name of the decision point
}

// The options of a CVE record carry names in any spelling; what has no known
// meaning is kept and not guessed.
func ExampleOptionMapper_Selections() {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	options, err := ssvc.ParseOptions([]byte(`{"options": [{"Exploitation": "PoC"}, {"Automatable": "SLOW"}]}`))
	if err != nil {
		panic(err)
	}
	mapper, err := ssvc.NewOptionMapper(reg, ssvc.ID{Namespace: "ssvc", Key: "E", Version: "1.1.0"}, ssvc.ID{Namespace: "ssvc", Key: "A", Version: "2.0.0"})
	if err != nil {
		panic(err)
	}
	selections, unmapped := mapper.Selections(options, reg)
	fmt.Println(selections[0].ID, selections[0].Values[0].Key, unmapped)
	// Output: ssvc:E:1.1.0 P [{Automatable SLOW value}]
}

// A vector of the older calculator.
func ExampleParseVector() {
	v, err := ssvc.ParseVector("SSVCv2/E:A/A:N/T:T/2021-09-29/&CVE-2014-0751&CISA-Coordinator")
	if err != nil {
		panic(err)
	}
	at, _ := v.At()
	fmt.Println(v.Pairs, at.Weekday(), v.Target)
	// Output: [{E A} {A N} {T T}] Wednesday CVE-2014-0751
}

// A tree of the older calculator becomes tables that chain.
func ExampleLegacyTree_Tables() {
	tree, err := ssvc.ParseLegacyTree([]byte(smallTree))
	if err != nil {
		panic(err)
	}
	tables, err := tree.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT_FIRE", Missing: "wait"})
	if err != nil {
		panic(err)
	}
	for _, t := range tables {
		fmt.Println(t.ID, len(t.Rows), t.OutcomePoint().ID.Key)
	}
	// Output:
	// x_example.test#old:DT_FIRE:1.0.0 4 F
	// x_example.test#old:DT_FIRE_BW:1.0.0 4 BW
}

// An error names the place and the remedy.
func ExampleParseID() {
	_, err := ssvc.ParseID("ssvc:E:1.1")
	fmt.Println(err)
	// Output: ssvc: id "ssvc:E:1.1": version "1.1" is not a semantic version; write three numbers like 1.0.0
}

// What was found out with an older version is read by a newer one where the
// meaning is the same.
func ExampleSelection_PositionsIn() {
	reg, err := ssvc.Builtin()
	if err != nil {
		panic(err)
	}
	old, _ := reg.Point(ssvc.ID{Namespace: "ssvc", Key: "SI", Version: "1.0.0"})
	now, _ := reg.Point(ssvc.ID{Namespace: "ssvc", Key: "SI", Version: "2.0.1"})
	for i := range old.Values {
		at, unmapped := ssvc.Select(old, i).PositionsIn(now, reg)
		fmt.Println(old.Values[i].Name, at, len(unmapped))
	}
	// Output:
	// None [] 1
	// Minor [] 1
	// Major [] 1
	// Hazardous [] 1
	// Catastrophic [3] 0
}
