package version_test

import (
	"fmt"

	"noroshi.dev/format/version"
)

func ExampleCompare() {
	fmt.Println(version.Compare(version.Semver, "1.10.0", "1.9.0"))
	fmt.Println(version.Compare(version.Generic, "1.0-rc1", "1.0"))
	fmt.Println(version.Compare(version.Deb, "2:1.0-1", "1.5-3"))
	// Output:
	// 1
	// -1
	// 1
}

func ExampleRange_Contains() {
	r := version.Range{Kind: version.Semver, Start: "1.0.0", End: "1.0.6", EndExcluded: true}
	fmt.Println(r, r.Contains("1.0.5"), r.Contains("1.0.6"))
	// Output: >=1.0.0|<1.0.6 true false
}

func ExampleParseVers() {
	ranges, err := version.ParseVers("vers:npm/1.2.3|>=2.0.0|<5.0.0")
	fmt.Println(ranges, err)
	// Output: [=1.2.3 >=2.0.0|<5.0.0] <nil>
}
