package dtree

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestReadCSV(t *testing.T) {
	table, err := ReadCSV(strings.NewReader("\ufeffb,a,class\n2,?,no\n10,x,yes\n2,,?\n\"2\",y,no\n"), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d := table.Data
	if table.Total != 4 || table.Unruled != 1 || fmt.Sprint(table.Rows) != "[0 1 3]" {
		t.Errorf("%d rows, %d without class, %v", table.Total, table.Unruled, table.Rows)
	}
	if got := fmt.Sprint(d.Schema.Attributes, d.Schema.Classes, d.Columns, d.Class); got != "[{b [10 2] false 0} {a [x y] false 0}] [no yes] [[2 1 2] [0 1 2]] [0 1 0]" {
		t.Error(got)
	}
}

func TestReadCSVRefuses(t *testing.T) {
	wide := "a,class\n"
	for i := range 70 {
		wide += fmt.Sprintf("v%d,yes\nv0,no\n", i)
	}
	many := "class\n"
	for i := range 300 {
		many += fmt.Sprintf("c%d\n", i)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {"", "header"},
		"no rows":    {"a,class\n", "no row has a class"},
		"no classes": {"a,class\nx,?\n", "no row has a class"},
		"short line": {"a,b,class\nx,y,no\nx,no\n", "line 3"},
		"quote":      {"a,class\n\"x,no\n", "line"},
		"values":     {wide, `column 1 "a": 70 values`},
		"classes":    {many, "300 classes"},
	} {
		_, err := ReadCSV(strings.NewReader(c.text), CSVOptions{})
		if !errors.Is(err, ErrCSV) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadCSV(strings.NewReader("a,class\nx,y\nx,y\n"), CSVOptions{MaxRows: 1}); !errors.Is(err, ErrCSV) {
		t.Errorf("two rows of one: %v", err)
	}
	if _, err := ReadCSV(strings.NewReader("a,b,class\nx,y,z\n"), CSVOptions{MaxColumns: 2}); !errors.Is(err, ErrCSV) {
		t.Errorf("three columns of two: %v", err)
	}
	table, err := ReadCSV(strings.NewReader(wide), CSVOptions{GroupRare: true})
	if err != nil {
		t.Fatal(err)
	}
	values := table.Data.Schema.Attributes[0].Values
	if len(values) != MaxValues || values[MaxValues-1] != OtherValue || table.Grouped["a"] != 7 {
		t.Errorf("%d values, %d grouped", len(values), table.Grouped["a"])
	}
	train(t, table.Data, Options{})
}

func TestReadFolds(t *testing.T) {
	got, err := ReadFolds(strings.NewReader("3\n0\n 9 \n"), 3)
	if err != nil || fmt.Sprint(got) != "[3 0 9]" {
		t.Errorf("%v %v", got, err)
	}
	for _, c := range []struct {
		text, want string
		rows       int
	}{
		{"1\nx\n", "line 2", 2},
		{"10\n", "line 1", 1},
		{"1\n\n2\n", "line 2", 2},
		{"1\n2\n3\n", "line 3", 2},
		{"1\n", "1 folds for 2 rows", 2},
	} {
		if _, err := ReadFolds(strings.NewReader(c.text), c.rows); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestStratified(t *testing.T) {
	class := make([]uint8, 1003)
	for i := range class {
		class[i] = uint8(i % 7 / 3)
	}
	var size [10]int
	var per [10][3]int
	for i, f := range Stratified(class, 1) {
		size[f]++
		per[f][class[i]]++
	}
	for f := range size {
		if size[f] < 100 || size[f] > 101 || per[f][0] < 42 || per[f][0] > 44 {
			t.Errorf("fold %d: %d rows, %v", f, size[f], per[f])
		}
	}
}
