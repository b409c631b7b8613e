package iodef

// The enumerations of RFC 5070 and RFC 7970, in the order of their schemas.
var (
	// Incident/@purpose.
	wordsPurpose = &words{
		v1:   "traceback mitigation reporting other",
		v2:   "traceback mitigation reporting watch other",
		ext1: true,
		ext2: true,
	}
	// Incident/@status.
	wordsStatus = &words{
		v2:   "new in-progress forwarded resolved future",
		ext2: true,
	}
	// @restriction.
	wordsRestriction = &words{
		v1:   "default public need-to-know private",
		v2:   "default public partner need-to-know private white green amber red",
		ext2: true,
	}
	// Contact/@role.
	wordsRole = &words{
		v1: "creator admin tech irt cc",
		v2: "creator reporter admin tech provider user billing legal abuse irt cc cc-irt leo vendor vendor-support victim " +
			"victim-notified",
		ext1: true,
		ext2: true,
	}
	// Contact/@type.
	wordsContact = &words{
		v1:   "person organization",
		v2:   "person organization",
		ext1: true,
		ext2: true,
	}
	// RegistryHandle/@registry.
	wordsRegistry = &words{
		v1:   "internic apnic arin lacnic ripe afrinic local",
		v2:   "internic apnic arin lacnic ripe afrinic local",
		ext1: true,
		ext2: true,
	}
	// PostalAddress/@type.
	wordsPostal = &words{
		v2:   "street mailing",
		ext2: true,
	}
	// Telephone/@type.
	wordsTelephone = &words{
		v2:   "wired mobile fax hotline",
		ext2: true,
	}
	// Email/@type.
	wordsEmail = &words{
		v2:   "direct hotline",
		ext2: true,
	}
	// Discovery/@source.
	wordsDiscovery = &words{
		v2: "nidps hips siem av third-party-monitoring incident os-log application-log device-log network-flow passive-dns " +
			"investigation audit internal-notification external-notification leo partner actor unknown",
		ext2: true,
	}
	// Assessment/@occurrence.
	wordsOccurrence = &words{
		v1: "actual potential",
		v2: "actual potential",
	}
	// @severity.
	wordsSeverity = &words{
		v1: "low medium high",
		v2: "low medium high",
	}
	// SystemImpact/@completion.
	wordsCompletion = &words{
		v1: "failed succeeded",
		v2: "failed succeeded",
	}
	// SystemImpact/@type, in version 1 Impact/@type.
	wordsImpact = &words{
		v1: "admin dos extortion file info-leak misconfiguration recon policy social-engineering user unknown",
		v2: "takeover-account takeover-service takeover-system cps-manipulation cps-damage availability-data " +
			"availability-account availability-service availability-system damaged-system damaged-data breach-proprietary " +
			"breach-privacy breach-credential breach-configuration integrity-data integrity-configuration integrity-hardware " +
			"traffic-redirection monitoring-traffic monitoring-host policy unknown",
		ext1: true,
		ext2: true,
	}
	// BusinessImpact/@severity.
	wordsBusinessSeverity = &words{
		v2:   "none low medium high unknown",
		ext2: true,
	}
	// BusinessImpact/@type.
	wordsBusiness = &words{
		v2: "breach-proprietary breach-privacy breach-credential loss-of-integrity loss-of-service theft-financial " +
			"theft-service degraded-reputation asset-damage asset-manipulation legal extortion unknown",
		ext2: true,
	}
	// TimeImpact/@metric.
	wordsMetric = &words{
		v1:   "labor elapsed downtime",
		v2:   "labor elapsed downtime",
		ext1: true,
		ext2: true,
	}
	// @duration.
	wordsDuration = &words{
		v1:   "second minute hour day month quarter year",
		v2:   "second minute hour day month quarter year",
		ext1: true,
		ext2: true,
	}
	// Confidence/@rating.
	wordsRating = &words{
		v1:   "low medium high numeric unknown",
		v2:   "low medium high numeric unknown",
		ext2: true,
	}
	// Expectation/@action, HistoryItem/@action.
	wordsAction = &words{
		v1: "nothing contact-source-site contact-target-site contact-sender investigate block-host block-network block-port " +
			"rate-limit-host rate-limit-network rate-limit-port remediate-other status-triage status-new-info other",
		v2: "nothing contact-source-site contact-target-site contact-sender investigate block-host block-network block-port " +
			"rate-limit-host rate-limit-network rate-limit-port redirect-traffic honeypot upgrade-software rebuild-asset " +
			"harden-asset remediate-other status-triage status-new-info watch-and-report training defined-coa other",
		ext1: true,
		ext2: true,
	}
	// System/@category.
	wordsSystem = &words{
		v1:   "source target intermediate sensor infrastructure",
		v2:   "source target intermediate sensor infrastructure",
		ext1: true,
		ext2: true,
	}
	// System/@spoofed, @virtual.
	wordsYesNo = &words{
		v1: "unknown yes no",
		v2: "yes no unknown",
	}
	// System/@ownership.
	wordsOwnership = &words{
		v2:   "organization personal partner customer no-relationship unknown",
		ext2: true,
	}
	// Address/@category.
	wordsAddress = &words{
		v1:   "asn atm e-mail mac ipv4-addr ipv4-net ipv4-net-mask ipv6-addr ipv6-net ipv6-net-mask",
		v2:   "asn atm e-mail mac ipv4-addr ipv4-net ipv4-net-masked ipv4-net-mask ipv6-addr ipv6-net ipv6-net-masked site-uri",
		ext1: true,
		ext2: true,
	}
	// NodeRole/@category.
	wordsNodeRole = &words{
		v1: "client server-internal server-public www mail messaging streaming voice file ftp p2p name directory credential " +
			"print application database infra log",
		v2: "client client-enterprise client-partner client-remote client-kiosk client-mobile server-internal server-public " +
			"www mail webmail messaging streaming voice file ftp p2p name directory credential print application database " +
			"backup dhcp assessment source-control config-management monitoring infra infra-firewall infra-router " +
			"infra-switch camera proxy remote-access log virtualization pos scada scada-supervisory sinkhole honeypot " +
			"anonymization c2-server malware-distribution drop-server hop-point reflector phishing-site spear-phishing-site " +
			"recruiting-site fraudulent-site",
		ext1: true,
		ext2: true,
	}
	// Counter/@type.
	wordsCounter = &words{
		v2:   "count peak average",
		ext2: true,
	}
	// Counter/@unit, in version 1 Counter/@type.
	wordsUnit = &words{
		v1:   "byte packet flow session event alert message host site organization",
		v2:   "byte mbit packet flow session event alert message host site organization",
		ext1: true,
		ext2: true,
	}
	// DomainData/@system-status.
	wordsSystemStatus = &words{
		v2:   "spoofed fraudulent innocent-hacked innocent-hijacked unknown",
		ext2: true,
	}
	// DomainData/@domain-status.
	wordsDomainStatus = &words{
		v2: "reservedDelegation assignedAndActive assignedAndInactive assignedAndOnHold revoked transferPending registryLock " +
			"registrarLock other unknown",
		ext2: true,
	}
	// RecordPattern/@type.
	wordsPattern = &words{
		v1:   "regex binary xpath",
		v2:   "regex binary xpath",
		ext1: true,
		ext2: true,
	}
	// RecordPattern/@offsetunit.
	wordsOffsetUnit = &words{
		v1:   "line byte",
		v2:   "line byte",
		ext1: true,
		ext2: true,
	}
	// Key/@registryaction.
	wordsKeyAction = &words{
		v2:   "add-key add-value delete-key delete-value modify-key modify-value",
		ext2: true,
	}
	// HashData/@scope.
	wordsScope = &words{
		v2: "file-contents file-pe-section file-pe-iat file-pe-resource file-pdf-object email-hash email-headers-hash " +
			"email-body-hash",
		ext2: true,
	}
	// BulkObservable/@type.
	wordsBulk = &words{
		v2: "asn atm e-mail ipv4-addr ipv4-net ipv4-net-mask ipv6-addr ipv6-net ipv6-net-mask mac site-uri domain-name " +
			"domain-to-ipv4 domain-to-ipv6 domain-to-ipv4-timestamp domain-to-ipv6-timestamp ipv4-port ipv6-port " +
			"windows-reg-key file-hash email-x-mailer email-subject http-user-agent http-request-uri mutex file-path " +
			"user-name",
		ext2: true,
	}
	// IndicatorExpression/@operator.
	wordsOperator = &words{
		v2: "not and or xor",
	}
	// SoftwareReference/@spec-name.
	wordsSpecName = &words{
		v2:   "custom cpe swid",
		ext2: true,
	}
	// SoftwareReference/@dtype.
	wordsSoftwareDType = &words{
		v2:   "bytes integer real string xml",
		ext2: true,
	}
	// @dtype.
	wordsDType = &words{
		v1: "boolean byte character date-time integer ntpstamp portlist real string file path frame packet ipv4-packet " +
			"ipv6-packet url csv winreg xml",
		v2: "boolean byte bytes character date-time integer ntpstamp portlist real string file path frame packet ipv4-packet " +
			"ipv6-packet url csv winreg xml json",
		ext1: true,
		ext2: true,
	}
)
