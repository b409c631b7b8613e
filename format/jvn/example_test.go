package jvn_test

import (
	"fmt"
	"os"
	"strings"

	"noroshi.dev/format/jvn"
)

func ExampleReadDetail() {
	doc := `<VULDEF-Document xmlns="http://jvn.jp/vuldef/" version="3.2"><Vulinfo><VulinfoID>JVNDB-2026-000001</VulinfoID><VulinfoData>
	<Affected><AffectedItem><Name>例社</Name><ProductName>例</ProductName><VersionNumber>1.05 およびそれ以前</VersionNumber></AffectedItem></Affected>
	<Related><RelatedItem type="advisory"><VulinfoID>CVE-2026-0001</VulinfoID></RelatedItem></Related></VulinfoData></Vulinfo></VULDEF-Document>`
	d, err := jvn.ReadDetail(strings.NewReader(doc))
	if err != nil {
		fmt.Println(err)
		return
	}
	v := d.Vulinfos[0]
	versions, ok := v.Data.Affected[0].Versions[0].Range()
	fmt.Println(v.ID, v.CVEs(), v.Data.Affected[0].Name, versions, ok)
	// Output: JVNDB-2026-000001 [CVE-2026-0001] 例社 <=1.05 true
}

func ExampleWriteDetail() {
	d := &jvn.Detail{Lang: "ja", Vulinfos: []jvn.Vulinfo{{Restriction: "public", ID: "JVN#12345678", Data: jvn.Data{Title: "例"}}}}
	var b strings.Builder
	if err := jvn.WriteDetail(&b, d); err != nil {
		fmt.Println(err)
		return
	}
	_, body, _ := strings.Cut(b.String(), `xml:lang="ja">`)
	fmt.Fprint(os.Stdout, body)
	// Output:
	// <Vulinfo restriction="public">
	//     <VulinfoID>JVN#12345678</VulinfoID>
	//     <VulinfoData>
	//       <Title>例</Title>
	//     </VulinfoData>
	//   </Vulinfo>
	// </VULDEF-Document>
}

func ExampleParseVersions() {
	for _, text := range []string{"バージョン 2.1.0以上 2.1.3未満", "7.6.2より前のバージョン", "詳しくはベンダ情報を参照"} {
		r, ok := jvn.ParseVersions(text)
		fmt.Println(r, ok)
	}
	// Output:
	// >=2.1.0|<2.1.3 true
	// <7.6.2 true
	// * false
}
