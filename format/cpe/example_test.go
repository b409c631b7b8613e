package cpe_test

import (
	"fmt"

	"noroshi.dev/format/cpe"
)

func ExampleParse() {
	n, err := cpe.Parse("cpe:/a:v:notepad%2b%2b:8.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n)
	fmt.Println(n.Text(cpe.Product), n.VersionText())
	fmt.Println(n.WithoutVersion().URI())
	// Output:
	// cpe:2.3:a:v:notepad\+\+:8.1:*:*:*:*:*:*:*
	// notepad++ 8.1
	// cpe:/a:v:notepad%2b%2b
}

func ExampleCovers() {
	tag := cpe.New("a", "Example", "Web Server", "")
	record := cpe.New("a", "example", "web_server", "2.1")
	fmt.Println(cpe.Covers(tag, record), cpe.Compare(record, tag))
	// Output: true subset
}
