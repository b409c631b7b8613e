// Package telemetry tells operators what the house does: structured logs on
// standard error, a request id that ties the lines of one request together, and
// metrics in the Prometheus text form.
//
// Logs never hold what a reporter typed, secrets or addresses of people; their
// keys are room, op, id, err and request. Names of metrics are
// noroshi_<part>_<thing>_<unit>, labels have few values by construction: a route
// is its pattern, never its path.
package telemetry
