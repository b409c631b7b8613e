package rsit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/testkit"
)

// TestKindsAreThoseOfTheTaxonomy compares with the machine-readable form.
func TestKindsAreThoseOfTheTaxonomy(t *testing.T) {
	t.Parallel()
	var file struct {
		Version int
		Values  []struct {
			Predicate string
			Entry     []struct{ Value, Expanded string }
		}
	}
	data, err := os.ReadFile(testkit.Shared(t, "data/rsit/rsit_machinev1.json"))
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, v := range file.Values {
		for _, e := range v.Entry {
			want = append(want, v.Predicate+"/"+e.Value+" "+e.Expanded)
		}
	}
	for _, k := range Kinds() {
		got = append(got, string(k.Key)+" "+k.English)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(got) != 39 || len(file.Values) != 11 || file.Version != Version {
		t.Errorf("version %d, %d classes:\n got %q\nwant %q", file.Version, len(file.Values), got, want)
	}
}

// every calls each with every set of qualifiers.
func every(each func(Qualifiers)) {
	for n := range 64 {
		each(Qualifiers{n&1 > 0, n&2 > 0, n&4 > 0, n&8 > 0, n&16 > 0, n&32 > 0})
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	classes, today := map[Class]int{}, map[Category]int{}
	for _, k := range Kinds() {
		classes[View2007(k.Key, Qualifiers{})]++
		today[ViewToday(k.Key, Qualifiers{})]++
		every(func(q Qualifiers) {
			if c := View2007(k.Key, q); !slices.Contains(Classes(), c) {
				t.Errorf("%s %+v is of class %q", k.Key, q, c)
			}
			c := ViewToday(k.Key, q)
			if !slices.Contains(Categories(), c) {
				t.Errorf("%s %+v is of category %q", k.Key, q, c)
			}
			if q.Targeted != (c == TodayTargeted) || !q.Targeted && q.ICS != (c == TodayICS) {
				t.Errorf("%s %+v is of category %q", k.Key, q, c)
			}
		})
		if k.Japanese == "" || k.English == "" {
			t.Errorf("%s has no caption", k.Key)
		}
	}
	if got, want := fmt.Sprint(classes), "map[abuse:1 dos:2 intrusion:13 other:17 scan:6]"; got != want {
		t.Errorf("classes of 2007: %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(today), "map[dos:2 malware_site:2 other:30 phishing:1 scan:4]"; got != want {
		t.Errorf("categories of today: %s, want %s", got, want)
	}
}

func TestQualifiersChangeAView(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key   Key
		q     Qualifiers
		by    Class
		today Category
	}{
		{Phishing, Qualifiers{}, Intrusion, TodayPhishing},
		{InfectedSystem, Qualifiers{}, Intrusion, TodayOther},
		{InfectedSystem, Qualifiers{MailBorne: true}, Other, TodayOther},
		{Masquerade, Qualifiers{}, Other, TodayOther},
		{Masquerade, Qualifiers{HeaderForged: true}, Forged, TodayOther},
		{OpenService, Qualifiers{RelayObserved: true}, Abuse, TodayOther},
		{Amplifier, Qualifiers{}, Other, TodayOther},
		{Amplifier, Qualifiers{RelayObserved: true}, Abuse, TodayOther},
		{SystemBroken, Qualifiers{WebContentChanged: true}, Intrusion, TodayDefacement},
		{DataChanged, Qualifiers{WebContentChanged: true}, Intrusion, TodayDefacement},
		{Phishing, Qualifiers{WebContentChanged: true}, Intrusion, TodayPhishing},
		{Scanner, Qualifiers{ICS: true}, Scan, TodayICS},
		{Scanner, Qualifiers{ICS: true, Targeted: true}, Scan, TodayTargeted},
		{"intrusion/newer-kind", Qualifiers{}, Other, TodayOther},
	} {
		if by, today := View2007(c.key, c.q), ViewToday(c.key, c.q); by != c.by || today != c.today {
			t.Errorf("%s %+v: %s, %s, want %s, %s", c.key, c.q, by, today, c.by, c.today)
		}
	}
	if Counted(Test) || !Counted(Spam) {
		t.Error("tests are counted, or spam is not")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		class, kind, _ := strings.Cut(string(k.Key), "/")
		for _, form := range []string{"%s/%s", " rsit:%s/%s ", `rsit:%s="%s"`, "%s:%s", "RSIT:%s/%s"} {
			text := fmt.Sprintf(form, class, kind)
			for _, text := range []string{text, strings.ToUpper(text)} {
				if got, err := Parse(text); got != k.Key || err != nil {
					t.Errorf("Parse(%q) = %q, %v", text, got, err)
				}
			}
		}
	}
	for text, want := range map[string]string{"fraud/fishing": "fraud/phishing", "": "not a type", "fraud": "not a type", "phishing/fraud": "not a type", "/": "not a type"} {
		if got, err := Parse(text); got != "" || !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %q, %v", text, got, err)
		}
	}
}

// TestXARF: every category and type of X-ARF has a key, and only what says nothing of an incident is undetermined.
func TestXARF(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Key{
		"messaging/spam": Spam, "messaging/bulk_messaging": Spam,
		"connection/ddos": DDoS, "connection/infected_host": InfectedSystem, "connection/login_attack": BruteForce,
		"connection/port_scan": Scanner, "connection/reconnaissance": Scanner, "connection/scraping": UnauthorisedUse,
		"connection/sql_injection": NewExploit, "connection/vulnerability_scan": Scanner,
		"content/phishing": Phishing, "Content/Malware": MalwareSite, "content/csam": Violence, "content/csem": Violence,
		"content/exposed_data": DataLeak, "content/brand_infringement": Masquerade, "content/fraud": UnauthorisedUse,
		"content/remote_compromise": ApplicationBroken, "content/suspicious_registration": Masquerade,
		"copyright/p2p": Copyright, "infrastructure/botnet": InfectedSystem, "infrastructure/compromised_server": SystemBroken,
		"reputation/blocklist": Undetermined, "reputation/threat_intelligence": Undetermined,
		"vulnerability/cve": VulnerableSystem, "vulnerability/misconfiguration": VulnerableSystem, "vulnerability/open_service": OpenService,
		"content/else": Undetermined, "connection/else": Undetermined, "else/else": Undetermined,
	} {
		category, kind, _ := strings.Cut(text, "/")
		got := OfXARF(category, kind, false)
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
		if _, ok := Find(got); !ok {
			t.Errorf("%s is no key", got)
		}
	}
	if got := OfXARF("connection", "sql_injection", true); got != KnownExploit {
		t.Errorf("with a CVE: %s", got)
	}
}

func TestFirstGuesses(t *testing.T) {
	t.Parallel()
	for _, c := range Classes() {
		key, q := OfClass(c)
		if got := View2007(key, q); got != c {
			t.Errorf("%s is guessed as %s, which is %s", c, key, got)
		}
	}
	for feedback, want := range map[string]Class{"abuse": Other, "fraud": Intrusion, " Virus": Other, "not-spam": Other} {
		if key, q := OfARF(feedback); View2007(key, q) != want {
			t.Errorf("%s is %s %+v", feedback, key, q)
		}
	}
	if key, _ := OfARF("opt-out"); key != Undetermined {
		t.Errorf("an unknown feedback is %s", key)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("rsit:fraud=\"phishing\"")
	f.Add("fraud/fishing")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := Parse(text)
		if _, ok := Find(key); ok != (err == nil) {
			t.Errorf("Parse(%q) = %q, %v", text, key, err)
		}
	})
}

func ExampleViewToday() {
	key, err := Parse(`rsit:intrusions="system-compromise"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key, View2007(key, Qualifiers{}), ViewToday(key, Qualifiers{WebContentChanged: true}))
	// Output: intrusions/system-compromise intrusion defacement
}
