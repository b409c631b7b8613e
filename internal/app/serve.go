package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"noroshi.dev/internal/core/fault"
)

// Limits of one connection that no setting changes. A body may be a large
// upload over a slow line, so reading has minutes; a header has seconds.
const (
	readTime    = 10 * time.Minute
	writeTime   = 10 * time.Minute
	idleTime    = 2 * time.Minute
	headerBytes = 64 << 10
)

// Serve answers requests and runs jobs until ctx ends, then stops in order: no
// new connections, running requests are finished, jobs end or go back to the
// queue, a last checkpoint of the audit record is signed. ready is called with
// the address once requests are answered. Two processes cannot serve one data
// folder: the second gets fault.Conflict "app.running".
func (h *House) Serve(ctx context.Context, ready func(net.Addr)) (err error) {
	unlock, err := h.lock()
	if err != nil {
		return err
	}
	defer unlock()
	handler, err := h.Handler()
	if err != nil {
		return err
	}
	l, err := h.listen(ctx)
	if err != nil {
		return err
	}
	if err := h.jobs.Start(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() {
		h.audit.Run(background, func(err error) { h.config.Log.Error("audit checkpoint", "room", "audit", "err", err) })
	})
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: h.config.HTTP.ReadHeaderTimeout.Std(), ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(h.config.Log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- h.accept(server, l) }()
	ready(l.Addr())
	select {
	case err = <-served: // it could not go on
	case <-ctx.Done():
		err = h.drain(server, served)
	}
	err = errors.Join(err, h.stopJobs())
	stop()
	running.Wait()
	return err
}

// accept answers connections until the server is shut down.
func (h *House) accept(server *http.Server, l net.Listener) error {
	var err error
	if t := h.config.TLS; t.Certificate != "" {
		err = server.ServeTLS(l, t.Certificate, t.Key)
	} else {
		err = server.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("app: serve: %w", err)
}

// drain lets running requests end within the stop time and cuts the rest off.
func (h *House) drain(server *http.Server, served <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), h.config.HTTP.StopTimeout.Std())
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		h.config.Log.Warn("requests were cut off", "op", "stop", "err", err)
		_ = server.Close() // its error is that of connections that are being cut off
	}
	return <-served
}

func (h *House) stopJobs() error {
	ctx, cancel := context.WithTimeout(context.Background(), h.config.HTTP.StopTimeout.Std())
	defer cancel()
	return h.jobs.Stop(ctx)
}

// listen opens the address of the settings with its caps.
func (h *House) listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", h.config.Addr)
	if err != nil {
		return nil, hinted(fmt.Errorf("app: listen: %w", err), "another program may use the address; set NOROSHI_ADDR")
	}
	c := h.config.HTTP
	return limit(l, c.MaxConnections, c.MaxConnectionsPerAddress, c.TrustedProxies.Prefixes()), nil
}

// lock takes the data folder for this process; the kernel gives it back when the
// process ends, however it ends. PostgreSQL serves several replicas, each with a
// data folder of its own.
func (h *House) lock() (func(), error) {
	path := filepath.Join(h.config.Data, "serve.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("app: lock %s: %w", path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fault.New(fault.Conflict, "app.running", h.config.Data).Hinted("app.running_hint")
	}
	return func() { _ = f.Close() }, nil
}
