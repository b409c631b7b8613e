// Package scanlog reads what other sensors and monitors wrote down as scan events, and writes the lines of DShield:
//
//	DShield    tab-separated lines of the DShield client
//	ZeekTSV    conn.log of Zeek with its head of #fields; ZeekJSON: the same, one JSON object a line
//	Suricata   EVE: one JSON object a line, events of type flow and alert
//	Netfilter  lines of the LOG target of iptables and nftables
//
// The kind is told by the content, and gzip is recognised. A line that tells of several packets becomes one event, that
// of the first packet; how many more there were is counted as folded and never turned into made-up times. What a log
// does not say is zero: only one packet's length is a length.
//
// A line that cannot be read is refused with its number and the reason, and reading goes on: see Report.
//
// Sources: https://docs.zeek.org/en/master/logs/conn.html, https://docs.suricata.io/en/latest/output/eve/eve-json-format.html,
// https://www.dshield.org/specs.html, net/netfilter/nf_log_syslog.c of Linux.
package scanlog
