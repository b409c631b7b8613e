// Package outbound is the one HTTP client by which the house calls the outside:
// webhooks, fetched sources, identity providers.
//
// The address is checked when the connection is made, after the name was
// resolved, so that neither a redirect nor a name that resolves differently the
// second time (rebinding) leads into the house's own networks: loopback, private,
// link-local and with it metadata services, multicast, unspecified, reserved, and
// all of these inside IPv4-mapped, NAT64, 6to4 and Teredo addresses. Networks that
// an operator lists are allowed nevertheless. No proxy, no cookies, few redirects,
// no credentials carried to another host, limits on time and size.
package outbound
