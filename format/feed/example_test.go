package feed_test

import (
	"fmt"
	"os"
	"time"

	"noroshi.dev/format/feed"
)

func ExampleWrite() {
	at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	err := feed.Write(os.Stdout, feed.Feed{
		ID: feed.TagID("csirt.example", at, "tasks"), Lang: "ja", Title: "作業", Updated: at, Author: feed.Person{Name: "CSIRT"},
		Entries: []feed.Entry{{ID: feed.TagID("csirt.example", at, "task/1"), Title: "一", Updated: at, Content: "本文"}},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja">
	//   <id>tag:csirt.example,2026-04-01:tasks</id>
	//   <title>作業</title>
	//   <updated>2026-04-01T00:00:00Z</updated>
	//   <author>
	//     <name>CSIRT</name>
	//   </author>
	//   <entry>
	//     <id>tag:csirt.example,2026-04-01:task/1</id>
	//     <title>一</title>
	//     <updated>2026-04-01T00:00:00Z</updated>
	//     <content type="text">本文</content>
	//   </entry>
	// </feed>
}
