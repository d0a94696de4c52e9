-- What running the service needs: every attempt at a delivery, keys that are published before they sign, the service's health
-- minute by minute, incidents, and accounts whose owner had them erased.

-- One row for every attempt; the deliveries row shows the last. Attempts are numbered from 1; one whose worker came back after it
-- had lost its lease does not count and has its lease's end as a negative number.
CREATE TABLE delivery_attempts (
    endpoint_id     TEXT   NOT NULL,
    event_id        TEXT   NOT NULL,
    number          BIGINT NOT NULL,
    attempted_at    BIGINT NOT NULL,
    failure         TEXT,
    response_status BIGINT,
    response_body   TEXT,
    duration_ms     BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id, event_id, number)
);

-- A key signs from signs_from until retired_at, which may lie ahead: both are written when a rotation is ordered, so that every
-- verifier has met the new key before it signs. A withdrawn one is published no more.
ALTER TABLE issuer_keys ADD COLUMN signs_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE issuer_keys ADD COLUMN withdrawn_at BIGINT;

-- What was seen of each component in a minute, summed over all server processes; days once the minutes are old.
CREATE TABLE status_minutes (
    component     TEXT   NOT NULL,
    minute        BIGINT NOT NULL,
    probes_passed BIGINT NOT NULL,
    probes_failed BIGINT NOT NULL,
    requests      BIGINT NOT NULL,
    failures      BIGINT NOT NULL,
    PRIMARY KEY (component, minute)
);
CREATE TABLE status_days (
    component    TEXT   NOT NULL,
    day          BIGINT NOT NULL,
    minutes_up   BIGINT NOT NULL,
    minutes_down BIGINT NOT NULL,
    PRIMARY KEY (component, day)
);

-- Incidents and announced maintenance, and what was said about them.
CREATE TABLE incidents (
    id              TEXT   NOT NULL PRIMARY KEY,
    name            TEXT   NOT NULL,
    impact          TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    components      TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    started_at      BIGINT NOT NULL,
    resolved_at     BIGINT,
    scheduled_until BIGINT
);
CREATE INDEX incidents_started ON incidents (started_at);
CREATE TABLE incident_updates (
    id          TEXT   NOT NULL PRIMARY KEY,
    incident_id TEXT   NOT NULL REFERENCES incidents (id),
    status      TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX incident_updates_incident ON incident_updates (incident_id, id);

-- An account whose owner had it erased keeps its identifier, to which credentials and the audit log point, and nothing else.
ALTER TABLE wallet_users ADD COLUMN erased_at BIGINT;
