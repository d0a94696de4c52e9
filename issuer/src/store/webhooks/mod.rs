//! Webhook endpoints, the events they are told of, and the queue of deliveries.

mod deliveries;
mod endpoints;
mod events;
mod queue;

pub use deliveries::{Position, attempts, cancel_pending, events_since, find_delivery, list_deliveries, queue_again, send_again};
pub use endpoints::{
    DestinationRow, EndpointRow, SecretsRow, Subscriber, count_endpoints, disable_endpoint, enable_endpoint, find_destination, find_endpoint, insert_endpoint,
    list_endpoints, mark_failing, mark_working, remove_endpoint, secrets, set_secrets, subscribers, update_endpoint,
};
pub use events::{EventRow, event_body, insert_deliveries, insert_events};
pub use queue::{AttemptRow, Leased, LeasedDelivery, count_pending, due_endpoints, lease_due, record_attempt, release_leases, waiting_since};
