-- Tables of the order desk, on every site. Whoever comes first makes them; the lock keeps replicas that start at once from
-- stumbling over each other (CREATE TABLE IF NOT EXISTS races with itself).
BEGIN;
SELECT pg_advisory_xact_lock(1111);
-- The site that took an order is part of its key: an id that was taken at both sites is seen as duplicate and stops no replication.
CREATE TABLE IF NOT EXISTS orders (
  id bigint NOT NULL,
  site text NOT NULL,
  channel text NOT NULL,
  amount integer NOT NULL DEFAULT 0,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  pod text NOT NULL,
  PRIMARY KEY (id, site)
);
-- What was sold where, summed up by each pod once a second: the batch carries it to the other site.
CREATE TABLE IF NOT EXISTS inventory (
  site text NOT NULL,
  pod text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sold integer NOT NULL,
  PRIMARY KEY (site, pod, at)
);
-- One row per site, rewritten all the time: its age at the other site is the lag.
CREATE TABLE IF NOT EXISTS heartbeat (
  site text PRIMARY KEY,
  at timestamptz NOT NULL
);
COMMIT;
