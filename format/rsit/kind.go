package rsit

import (
	"errors"
	"fmt"
	"strings"
)

// Version is the version of the taxonomy that Kinds follows.
const Version = 1003

// Key names a kind of incident: "class/type" in small letters.
type Key string

// Keys that code names. All of them are in Kinds.
const (
	Spam              Key = "abusive-content/spam"
	Violence          Key = "abusive-content/violence"
	InfectedSystem    Key = "malicious-code/infected-system"
	MalwareSite       Key = "malicious-code/malware-distribution"
	Scanner           Key = "information-gathering/scanner"
	KnownExploit      Key = "intrusion-attempts/ids-alert"
	BruteForce        Key = "intrusion-attempts/brute-force"
	NewExploit        Key = "intrusion-attempts/exploit"
	ApplicationBroken Key = "intrusions/application-compromise"
	SystemBroken      Key = "intrusions/system-compromise"
	DenialOfService   Key = "availability/dos"
	DDoS              Key = "availability/ddos"
	DataChanged       Key = "information-content-security/unauthorised-information-modification"
	DataLeak          Key = "information-content-security/data-leak"
	UnauthorisedUse   Key = "fraud/unauthorised-use-of-resources"
	Copyright         Key = "fraud/copyright"
	Masquerade        Key = "fraud/masquerade"
	Phishing          Key = "fraud/phishing"
	Amplifier         Key = "vulnerable/ddos-amplifier"
	OpenService       Key = "vulnerable/potentially-unwanted-accessible"
	VulnerableSystem  Key = "vulnerable/vulnerable-system"
	Undetermined      Key = "other/undetermined"
	Test              Key = "test/test"
)

// Kind is one type of incident with its captions and what the two views make of it without a qualifier.
type Kind struct {
	Key      Key
	English  string // the taxonomy's own caption
	Japanese string // ours
	Coarse   bool   // the views follow a rule, not a published table: a person should look
	By2007   Class
	ByToday  Category
}

// ErrKey is returned for a text that is no key of the taxonomy.
var ErrKey = errors.New("not a type of the Reference Security Incident Taxonomy")

// Kinds returns the 39 types in the order of the taxonomy.
func Kinds() []Kind {
	return []Kind{
		{"abusive-content/spam", "Spam", "迷惑メール（スパム）", false, Other, TodayOther},
		{"abusive-content/harmful-speech", "Harmful Speech", "嫌がらせ・脅迫", false, Other, TodayOther},
		{"abusive-content/violence", "(Child) Sexual Exploitation/Sexual/Violent Content", "児童の性的搾取・暴力的な内容", false, Other, TodayOther},
		{"malicious-code/infected-system", "Infected System", "マルウェア感染", false, Intrusion, TodayOther},
		{"malicious-code/c2-server", "C2 Server", "C2 サーバー", false, Intrusion, TodayOther},
		{"malicious-code/malware-distribution", "Malware Distribution", "マルウェア配布", false, Intrusion, TodayMalwareSite},
		{"malicious-code/malware-configuration", "Malware Configuration", "マルウェア設定ファイルの設置", true, Other, TodayMalwareSite},
		{"information-gathering/scanner", "Scanning", "スキャン・探索", false, Scan, TodayScan},
		{"information-gathering/sniffing", "Sniffing", "通信の盗聴", true, Scan, TodayOther},
		{"information-gathering/social-engineering", "Social Engineering", "ソーシャルエンジニアリング", true, Scan, TodayOther},
		{"intrusion-attempts/ids-alert", "Exploitation of Known Vulnerabilities", "既知の脆弱性の悪用の試み", false, Scan, TodayScan},
		{"intrusion-attempts/brute-force", "Login Attempts", "ログインの試行", false, Scan, TodayScan},
		{"intrusion-attempts/exploit", "New Attack Signature", "未知の手法による攻撃の試み", false, Scan, TodayScan},
		{"intrusions/privileged-account-compromise", "Privileged Account Compromise", "特権アカウントの侵害", false, Intrusion, TodayOther},
		{"intrusions/unprivileged-account-compromise", "Unprivileged Account Compromise", "一般アカウントの侵害", false, Intrusion, TodayOther},
		{"intrusions/application-compromise", "Application Compromise", "アプリケーションの侵害", false, Intrusion, TodayOther},
		{"intrusions/system-compromise", "System Compromise", "システムへの侵入", false, Intrusion, TodayOther},
		{"intrusions/burglary", "Burglary", "物理的な侵入", true, Intrusion, TodayOther},
		{"availability/dos", "Denial of Service", "サービス運用妨害 (DoS)", false, DoS, TodayDoS},
		{"availability/ddos", "Distributed Denial of Service", "分散型サービス運用妨害 (DDoS)", false, DoS, TodayDoS},
		{"availability/misconfiguration", "Misconfiguration", "設定誤りによる停止", false, Other, TodayOther},
		{"availability/sabotage", "Sabotage", "妨害・破壊行為", false, Other, TodayOther},
		{"availability/outage", "Outage", "障害による停止", false, Other, TodayOther},
		{"information-content-security/unauthorised-information-access", "Unauthorised Access to Information", "情報への不正アクセス", false, Intrusion, TodayOther},
		{"information-content-security/unauthorised-information-modification", "Unauthorised Modification of Information", "情報の不正な改変", false, Intrusion, TodayOther},
		{"information-content-security/data-loss", "Data Loss", "データの消失", true, Intrusion, TodayOther},
		{"information-content-security/data-leak", "Leak of Confidential Information", "機密情報の漏えい", false, Intrusion, TodayOther},
		{"fraud/unauthorised-use-of-resources", "Unauthorised Use of Resources", "資源の不正利用（不正中継など）", false, Abuse, TodayOther},
		{"fraud/copyright", "Copyright", "著作権侵害", false, Other, TodayOther},
		{"fraud/masquerade", "Masquerade", "なりすまし・詐称", false, Other, TodayOther},
		{"fraud/phishing", "Phishing", "フィッシング", false, Intrusion, TodayPhishing},
		{"vulnerable/weak-crypto", "Weak Cryptography", "弱い暗号", false, Other, TodayOther},
		{"vulnerable/ddos-amplifier", "DDoS Amplifier", "DDoS の踏み台になりうるサービス", false, Other, TodayOther},
		{"vulnerable/potentially-unwanted-accessible", "Potentially Unwanted Accessible Services", "意図しない公開サービス", false, Other, TodayOther},
		{"vulnerable/information-disclosure", "Information Disclosure", "情報が漏れうる公開サービス", false, Other, TodayOther},
		{"vulnerable/vulnerable-system", "Vulnerable System", "脆弱なシステム", false, Other, TodayOther},
		{"other/other", "Uncategorised", "分類外", false, Other, TodayOther},
		{"other/undetermined", "Undetermined", "未分類（判断前）", false, Other, TodayOther},
		{"test/test", "Test", "テスト（統計外）", false, Other, TodayOther},
	}
}

// Find returns the kind of a key, false for a key of another version.
func Find(key Key) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Key == key {
			return k, true
		}
	}
	return Kind{}, false
}

// Parse reads a key in any case, with or without "rsit:" before it and with a colon or an equals sign for the slash
// (the form of MISP: rsit:fraud="phishing"). Where the text is no key the error names the nearest ones of its class.
func Parse(text string) (Key, error) {
	t := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "rsit:")
	t = strings.ReplaceAll(t, `"`, "")
	class, kind, ok := strings.Cut(t, "/")
	if !ok {
		class, kind, ok = strings.Cut(strings.ReplaceAll(t, "=", ":"), ":")
	}
	key := Key(class + "/" + kind)
	if _, found := Find(key); found && ok {
		return key, nil
	}
	var near []string
	for _, k := range Kinds() {
		if strings.HasPrefix(string(k.Key), class+"/") {
			near = append(near, string(k.Key))
		}
	}
	if len(near) == 0 {
		return "", fmt.Errorf("%.80q: %w", text, ErrKey)
	}
	return "", fmt.Errorf("%.80q: %w; of this class there are %s", text, ErrKey, strings.Join(near, ", "))
}
