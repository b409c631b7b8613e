package rsit

import "strings"

// Class is one of the six classes in which incidents are counted since 1996, the view of 2007.
type Class string

// The classes of 2007.
const (
	Scan      Class = "scan"
	Abuse     Class = "abuse"  // third-party use of a mail server or a proxy
	Forged    Class = "forged" // mail with forged sender headers
	Intrusion Class = "intrusion"
	DoS       Class = "dos"
	Other     Class = "other"
)

// Classes returns the classes in the order of the reports.
func Classes() []Class { return []Class{Scan, Abuse, Forged, Intrusion, DoS, Other} }

// Category is one of the categories of today's reports.
type Category string

// The categories of today.
const (
	TodayPhishing    Category = "phishing"     // フィッシングサイト
	TodayDefacement  Category = "defacement"   // Webサイト改ざん
	TodayMalwareSite Category = "malware_site" // マルウェアサイト
	TodayScan        Category = "scan"         // スキャン
	TodayDoS         Category = "dos"          // DoS/DDoS
	TodayICS         Category = "ics"          // 制御システム関連
	TodayTargeted    Category = "targeted"     // 標的型攻撃
	TodayOther       Category = "other"        // その他
)

// Categories returns the categories in the order of the reports.
func Categories() []Category {
	return []Category{TodayPhishing, TodayDefacement, TodayMalwareSite, TodayScan, TodayDoS, TodayICS, TodayTargeted, TodayOther}
}

// Qualifiers are what a key does not say and a view needs.
type Qualifiers struct {
	RelayObserved     bool // a third party really used the service
	HeaderForged      bool // the report contains a mail with forged headers
	MailBorne         bool // the virus came by mail
	WebContentChanged bool // the content of a web page was altered
	ICS               bool // an industrial control system is concerned
	Targeted          bool // the attack was aimed at this organisation
}

// View2007 returns the class of 2007. A phishing site is an intrusion there, received spam and a virus by mail are
// Other. A key of another version of the taxonomy is Other.
func View2007(key Key, q Qualifiers) Class {
	switch {
	case key == InfectedSystem && q.MailBorne:
		return Other
	case key == Masquerade && q.HeaderForged:
		return Forged
	case (key == Amplifier || key == OpenService) && q.RelayObserved:
		return Abuse
	}
	if k, ok := Find(key); ok {
		return k.By2007
	}
	return Other
}

// ViewToday returns the category of today. A key of another version of the taxonomy is TodayOther.
func ViewToday(key Key, q Qualifiers) Category {
	switch {
	case q.Targeted:
		return TodayTargeted
	case q.ICS:
		return TodayICS
	case q.WebContentChanged && (key == ApplicationBroken || key == SystemBroken || key == DataChanged):
		return TodayDefacement
	}
	if k, ok := Find(key); ok {
		return k.ByToday
	}
	return TodayOther
}

// Counted reports whether incidents of a key are in statistics; tests are not.
func Counted(key Key) bool { return key != Test }

// OfClass is the first guess from the class that a reporter ticked; a person looks at it.
func OfClass(c Class) (Key, Qualifiers) {
	switch c {
	case Scan:
		return Scanner, Qualifiers{}
	case Abuse:
		return UnauthorisedUse, Qualifiers{}
	case Forged:
		return Masquerade, Qualifiers{HeaderForged: true}
	case Intrusion:
		return SystemBroken, Qualifiers{}
	case DoS:
		return DenialOfService, Qualifiers{}
	default:
		return Undetermined, Qualifiers{}
	}
}

// OfXARF is the first guess from category and type of X-ARF 4; cve tells whether the report names a CVE id.
func OfXARF(category, kind string, cve bool) Key {
	category, kind = strings.ToLower(category), strings.ToLower(kind)
	switch category {
	case "messaging":
		return Spam
	case "copyright":
		return Copyright
	case "connection":
		return ofConnection(kind, cve)
	case "content":
		return ofContent(kind)
	}
	switch category + "/" + kind {
	case "infrastructure/botnet":
		return InfectedSystem
	case "infrastructure/compromised_server":
		return SystemBroken
	case "vulnerability/cve", "vulnerability/misconfiguration":
		return VulnerableSystem
	case "vulnerability/open_service":
		return OpenService
	}
	return Undetermined
}

func ofConnection(kind string, cve bool) Key {
	switch kind {
	case "ddos":
		return DDoS
	case "infected_host":
		return InfectedSystem
	case "login_attack":
		return BruteForce
	case "port_scan", "reconnaissance", "vulnerability_scan":
		return Scanner
	case "scraping":
		return UnauthorisedUse
	case "sql_injection":
		if cve {
			return KnownExploit
		}
		return NewExploit
	}
	return Undetermined
}

func ofContent(kind string) Key {
	switch kind {
	case "phishing":
		return Phishing
	case "malware":
		return MalwareSite
	case "csam", "csem":
		return Violence
	case "exposed_data":
		return DataLeak
	case "brand_infringement", "suspicious_registration":
		return Masquerade
	case "fraud":
		return UnauthorisedUse
	case "remote_compromise":
		return ApplicationBroken
	}
	return Undetermined
}

// OfARF is the first guess from the Feedback-Type of RFC 5965.
func OfARF(feedback string) (Key, Qualifiers) {
	switch strings.ToLower(strings.TrimSpace(feedback)) {
	case "abuse":
		return Spam, Qualifiers{}
	case "fraud":
		return Phishing, Qualifiers{}
	case "virus":
		return InfectedSystem, Qualifiers{MailBorne: true}
	default:
		return Undetermined, Qualifiers{}
	}
}
