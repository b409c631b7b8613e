package vrda_test

import (
	"fmt"
	"os"

	"noroshi.dev/format/vrda"
)

func ExampleWrite() {
	err := vrda.Write(os.Stdout, vrda.Data{
		Lang: "ja", Provider: vrda.Provider{ID: "csirt.example"}, SourceType: vrda.Advisory,
		Vulinfo: vrda.Vulinfo{ID: "CVE-2026-0001", Revision: 1, Title: "例", Facts: []vrda.Fact{
			{Namespace: "ssvc", Key: "E", Version: "1.1.0", Values: []vrda.Value{{Key: "A", Label: "悪用あり"}}},
		}},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <VrdaData xmlns="https://noroshi.dev/ns/vrda/1" version="1.0" xml:lang="ja">
	//   <VrdaDataProvider id="csirt.example"/>
	//   <VrdaDataSourceType>advisory</VrdaDataSourceType>
	//   <Vulinfo>
	//     <VulinfoID>CVE-2026-0001</VulinfoID>
	//     <VulinfoRevision>1</VulinfoRevision>
	//     <VulinfoData>
	//       <Title>例</Title>
	//       <FactAnalysis>
	//         <Fact namespace="ssvc" key="E" version="1.1.0">
	//           <Value label="悪用あり">A</Value>
	//         </Fact>
	//       </FactAnalysis>
	//     </VulinfoData>
	//   </Vulinfo>
	// </VrdaData>
}
