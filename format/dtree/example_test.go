package dtree_test

import (
	"fmt"
	"strings"

	"noroshi.dev/format/dtree"
)

// history is a small record of rulings.
func history() dtree.Data {
	text := "exploited,exposed,class\n" +
		strings.Repeat("yes,yes,now\n", 20) + strings.Repeat("yes,no,soon\n", 20) +
		strings.Repeat("no,yes,later\n", 20) + strings.Repeat("no,no,later\n", 20)
	table, err := dtree.ReadCSV(strings.NewReader(text), dtree.CSVOptions{})
	if err != nil {
		panic(err)
	}
	return table.Data
}

func ExampleTrain() {
	d := history()
	m, err := dtree.Train(d, dtree.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% right, %d leaves\n%s", 100*m.Report.Accuracy, m.Report.Leaves, m.Tree.Text())
	// Output:
	// 100 % right, 3 leaves
	// exploited = no
	//   -> later (40/40)
	// exploited = yes
	//   exposed = no
	//     -> soon (20/20)
	//   exposed = yes
	//     -> now (20/20)
}

func ExampleTree_Predict() {
	d := history()
	m, err := dtree.Train(d, dtree.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	exploited := m.Tree.Predict([]uint64{1 << 1, 0}) // exploited, exposure unknown
	for c, share := range exploited.Distribution {
		fmt.Printf("%s %.0f %%\n", d.Schema.Classes[c], 100*share)
	}
	// Output:
	// later 0 %
	// now 50 %
	// soon 50 %
}

func ExampleTree_Change() {
	d := history()
	m, err := dtree.Train(d, dtree.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	changes, class := m.Tree.Change([]uint64{1 << 0, 1 << 1}) // not exploited, exposed
	for _, c := range changes {
		a := d.Schema.Attributes[c.Attribute]
		fmt.Printf("%s = %s gives %s\n", a.Name, a.Values[c.To], d.Schema.Classes[class])
	}
	// Output:
	// exploited = yes gives now
}

func ExampleRevise() {
	s := history().Schema
	prior, err := dtree.FromFunc(s, func(v []int) int { return []int{0, 1}[v[0]] }) // later, or now if exploited
	if err != nil {
		fmt.Println(err)
		return
	}
	_, changes, err := dtree.Revise(prior, history(), dtree.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range changes {
		fmt.Printf("%s -> %s: %.0f for, %.0f against\n", s.Classes[c.From], s.Classes[c.To], c.For, c.Against)
	}
	// Output:
	// now -> soon: 20 for, 0 against
}
