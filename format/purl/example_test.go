package purl_test

import (
	"fmt"

	"noroshi.dev/format/purl"
)

func ExampleParse() {
	p, err := purl.Parse("pkg:npm/@angular/animation@12.3.1?Arch=x64")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Namespace, p.Name, p.Version, p.Qualifier("arch"))
	fmt.Println(p)
	// Output:
	// @angular animation 12.3.1 x64
	// pkg:npm/%40angular/animation@12.3.1?arch=x64
}

func ExampleCovers() {
	tag, _ := purl.Parse("pkg:pypi/Django")
	used, _ := purl.Parse("pkg:pypi/django@4.2")
	fmt.Println(purl.Covers(tag, used), purl.Covers(used, tag))
	// Output: true false
}
