package telemetry

import (
	"database/sql"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the registry of the house with the metrics that core itself keeps.
// A room registers its own on Registry. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	active   prometheus.Gauge
	jobs     *prometheus.HistogramVec
}

// NewMetrics returns a registry of its own with the process, Go and house metrics.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "noroshi_http_request_duration_seconds", Help: "Time to answer a request, by route pattern.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
		active: prometheus.NewGauge(prometheus.GaugeOpts{Name: "noroshi_http_requests_active", Help: "Requests being answered now."}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "noroshi_jobs_run_duration_seconds", Help: "Time that a job ran, by kind and outcome.",
			Buckets: []float64{.005, .02, .1, .5, 1, 5, 30, 120, 600},
		}, []string{"kind", "outcome"}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "noroshi_build_info", Help: "Always 1; the version is a label."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.registry.MustRegister(m.requests, m.active, m.jobs, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registry returns the registry, for the metrics of a room.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Request records one answered request: its method, the pattern of its route
// (never its path), its status and how long the answer took.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(knownMethod(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Active counts n more requests being answered; n is 1 or -1.
func (m *Metrics) Active(n int) { m.active.Add(float64(n)) }

// Job records one run of a job: its kind, whether it failed, how long it ran.
func (m *Metrics) Job(kind string, failed bool, took time.Duration) {
	outcome := "done"
	if failed {
		outcome = "failed"
	}
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

// Pool keeps the statistics of a database pool under a name (writer, reader).
func (m *Metrics) Pool(name string, db *sql.DB) error {
	return m.registry.Register(collectors.NewDBStatsCollector(db, "noroshi_storage_"+name))
}

// Gauge keeps a value that is asked for whenever metrics are read; name begins
// with noroshi_ and names the unit.
func (m *Metrics) Gauge(name, help string, value func() float64) error {
	return m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// Handler serves the metrics to loopback and to the networks of allow, and 404
// to everyone else, so that a scan learns nothing. It looks at the address of
// the connection and never at a header: behind a proxy on the same machine the
// proxy must not pass /metrics on.
func (m *Metrics) Handler(allow []netip.Prefix) http.Handler {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || !allowed(r.RemoteAddr, allow) {
			http.NotFound(w, r)
			return
		}
		serve.ServeHTTP(w, r)
	})
}

// allowed reports whether a connection's address is loopback or in allow.
func allowed(remote string, allow []netip.Prefix) bool {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	a := at.Addr().Unmap().WithZone("")
	return a.IsLoopback() || slices.ContainsFunc(allow, func(p netip.Prefix) bool { return p.Contains(a) })
}

// knownMethod keeps a made-up method from becoming a label of its own.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}
