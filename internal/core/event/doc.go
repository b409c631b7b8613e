// Package event carries news between rooms. A room tells what happened with a
// plain struct; whoever subscribed gets it, later and durably:
//
//	Publish(tx) -> event_outbox row + one event_delivery row and one job a
//	               subscriber, all in the teller's transaction
//	job         -> subscriber's function -> event_delivery.done
//
// A delivery that fails is tried again and stays visible in the queue and in
// Open. Delivery is at least once and in no promised order: a subscriber
// compares identity and version of what it hears with what it has. A delivery
// already marked as done is not repeated.
//
// Tables: event_outbox, event_delivery.
package event
