// Package browser drives Chromium in tests: one browser for a test binary, a tab
// with its own cookies for each test.
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		chrome.Close()
//		os.Exit(code)
//	}
//
//	var chrome browser.Browser // starts with the first tab
//
//	func TestPage(t *testing.T) {
//		tab := chrome.Tab(t, browser.Options{Theme: "dark", Width: 390})
//		tab.Open(server.URL + "/ja/console/kengine")
//		tab.Check("kengine-list")
//	}
//
// Check holds what every page promises: no violation found by axe, nothing wider
// than the window, no breach of the content security policy, no error on the
// console, and it takes a picture where NOROSHI_PICTURES names a folder.
//
// Chromium is found by NOROSHI_CHROMIUM or the path; axe comes from node_modules
// ("make assets"). What is missing is skipped loudly and fails where CI=true.
package browser
