-- Parcels counted by township, stage, hold and idleness (region_tally: now), and day by day of law (parcel_history_tally).
-- Both are kept by adding rows (tally.sql); areas are NUMERIC here, so that sums are exact to the last hundredth.

DROP FUNCTION parcel_tally_add(parcel_count[]);
DROP TYPE parcel_count;
CREATE TYPE parcel_count AS (i int, j int, jurisdiction_id int, region_id int, stage text, hold text, idle text, n bigint, area_m2 numeric);

CREATE FUNCTION parcel_tally_add(changes parcel_count[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH change AS (SELECT * FROM unnest(changes)),
  cells AS (
    INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM change, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5)
  INSERT INTO region_tally (region_id, jurisdiction_id, stage, hold, idle, n, area_m2)
  SELECT region_id, jurisdiction_id, stage, hold, idle, sum(n), sum(area_m2) FROM change GROUP BY 1, 2, 3, 4, 5
$$;

CREATE OR REPLACE FUNCTION parcel_tally_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  PERFORM parcel_tally_add(array_agg(change)) FROM (
    SELECT (cell_column(geom_web), cell_row(geom_web), jurisdiction_id, region_id, stage, hold, idle,
            sign * count(*), sign * sum(area_m2))::parcel_count AS change
    FROM moved WHERE retired_by IS NULL
    GROUP BY cell_column(geom_web), cell_row(geom_web), jurisdiction_id, region_id, stage, hold, idle) AS changes;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION parcel_tally_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM parcel_tally_add(array_agg(change)) FROM (
    SELECT unnest(CASE WHEN r.retired_by IS NULL THEN ARRAY[
        (cell_column(r.geom_web), cell_row(r.geom_web), r.jurisdiction_id, r.region_id, r.stage, r.hold, r.idle, -1, -r.area_m2)::parcel_count] END
      || CASE WHEN a.retired_by IS NULL THEN ARRAY[
        (cell_column(a.geom_web), cell_row(a.geom_web), a.jurisdiction_id, a.region_id, a.stage, a.hold, a.idle, 1, a.area_m2)::parcel_count] END) AS change
    FROM removed AS r JOIN added AS a USING (id)
    WHERE (r.jurisdiction_id, r.region_id, r.stage, r.hold, r.idle, r.area_m2, r.retired_by IS NULL)
          IS DISTINCT FROM (a.jurisdiction_id, a.region_id, a.stage, a.hold, a.idle, a.area_m2, a.retired_by IS NULL)
       OR r.geom_web::bytea <> a.geom_web::bytea) AS changes;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION parcel_tally_fold() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH cells AS (DELETE FROM parcel_tally RETURNING *),
  kept AS (
    INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i, j, jurisdiction_id, stage, sum(n), sum(area_m2) FROM cells GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0 RETURNING 1),
  areas AS (DELETE FROM region_tally RETURNING *),
  kept_areas AS (
    INSERT INTO region_tally (region_id, jurisdiction_id, stage, hold, idle, n, area_m2)
    SELECT region_id, jurisdiction_id, stage, hold, idle, sum(n), sum(area_m2) FROM areas GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0 RETURNING 1)
  SELECT (SELECT count(*) FROM cells) - (SELECT count(*) FROM kept) + (SELECT count(*) FROM areas) - (SELECT count(*) FROM kept_areas)
$$;

CREATE OR REPLACE FUNCTION parcel_tally_recount() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '256MB' AS $$
BEGIN
  DELETE FROM parcel_tally;
  DELETE FROM region_tally;
  CREATE TABLE pg_temp.counted AS
    SELECT cell_column(geom_web) AS i, cell_row(geom_web) AS j, jurisdiction_id, region_id, stage, hold, idle, count(*) AS n, sum(area_m2) AS area_m2
    FROM parcel WHERE retired_by IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7;
  INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM pg_temp.counted, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO region_tally (region_id, jurisdiction_id, stage, hold, idle, n, area_m2)
    SELECT region_id, jurisdiction_id, stage, hold, idle, sum(n), sum(area_m2) FROM pg_temp.counted GROUP BY 1, 2, 3, 4, 5;
  DROP TABLE pg_temp.counted;
END $$;

-- The days. A row says what a decade (span 0), year (1), month (2) or day (3) of law brought to a township and state. What
-- stood at the end of a day is the sum of the decades before its decade, the years of that before its year, its months and
-- its days: some dozens of spans, whatever the number of events. An event entered late adds rows to the spans of its own
-- day; nothing after it has to be counted again.

CREATE FUNCTION last_set_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $2';
CREATE AGGREGATE last_set(text) (SFUNC = last_set_step, STYPE = text, PARALLEL = SAFE);

-- How long each state of some parcels lasted, from their events without those in `unread`; `ends_on` null: it lasts.
CREATE FUNCTION parcel_spells(touched bigint[], unread bigint[])
RETURNS TABLE (parcel_id bigint, stage text, hold text, idle text, begins_on date, ends_on date)
LANGUAGE sql STABLE AS $$
  SELECT s.parcel_id, s.stage, s.hold, s.idle, s.effective_on, s.next_on FROM (
    SELECT e.parcel_id, e.effective_on, lead(e.effective_on) OVER w AS next_on,
           last_set(e.stage) OVER w AS stage, last_set(e.hold) OVER w AS hold, last_set(e.idle) OVER w AS idle
    FROM parcel_event e
    WHERE e.parcel_id = ANY (touched) AND NOT EXISTS (SELECT FROM unnest(unread) AS u WHERE u = e.id)
    WINDOW w AS (PARTITION BY e.parcel_id ORDER BY e.effective_on, e.id)) AS s
  WHERE s.next_on IS DISTINCT FROM s.effective_on AND s.stage IS NOT NULL
$$;

-- What a day brought to a township and state.
CREATE TYPE parcel_turn AS (day date, jurisdiction_id int, region_id int, stage text, hold text, idle text, n bigint, area_m2 numeric);
-- A parcel as counted, `sign` times: where it lies, and when a split or merge ended it.
CREATE TYPE parcel_place AS (id bigint, jurisdiction_id int, region_id int, area_m2 numeric, retired_by int, sign int);

CREATE FUNCTION parcel_turns(places parcel_place[], unread bigint[]) RETURNS SETOF parcel_turn
LANGUAGE sql STABLE AS $$
  SELECT d.day, p.jurisdiction_id, p.region_id, s.stage, coalesce(s.hold, 'none'), coalesce(s.idle, 'none'),
         p.sign * d.n, p.sign * d.n * p.area_m2
  FROM parcel_spells(ARRAY(SELECT DISTINCT id FROM unnest(places)), unread) AS s
  JOIN unnest(places) AS p ON p.id = s.parcel_id
  LEFT JOIN lineage_operation o ON o.id = p.retired_by
  CROSS JOIN LATERAL (VALUES (s.begins_on, 1), (least(s.ends_on, o.effective_on), -1)) AS d (day, n)
  WHERE d.day IS NOT NULL AND (o.effective_on IS NULL OR s.begins_on < o.effective_on)
$$;

CREATE FUNCTION parcel_history_add(turns parcel_turn[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO parcel_history_tally (span, begins_on, jurisdiction_id, region_id, stage, hold, idle, n, area_m2, folded)
  SELECT t.span, t.begins_on, jurisdiction_id, region_id, stage, hold, idle, sum(n), sum(area_m2), false
  FROM unnest(turns), LATERAL (VALUES (0, date_trunc('decade', day)::date), (1, date_trunc('year', day)::date),
                                      (2, date_trunc('month', day)::date), (3, day)) AS t (span, begins_on)
  GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0 OR sum(area_m2) <> 0 ORDER BY 1, 2
$$;

-- Events came in: what is counted of their parcels is what all events say, less what those before said. Their parcels are
-- locked, so that of two writers of one parcel the second counts what the first wrote.
CREATE FUNCTION parcel_history_entered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  fresh bigint[] := ARRAY(SELECT id FROM added);
  after_them parcel_place[];
  before_them parcel_place[];
BEGIN
  IF fresh = '{}' THEN RETURN NULL; END IF;
  WITH touched AS (
    SELECT id, jurisdiction_id, region_id, area_m2, retired_by FROM parcel WHERE id IN (SELECT parcel_id FROM added)
    ORDER BY id FOR NO KEY UPDATE)
  SELECT array_agg((t.*, 1)::parcel_place), array_agg((t.*, -1)::parcel_place) INTO after_them, before_them FROM touched AS t;
  PERFORM parcel_history_add(array_agg(turn)) FROM (
    SELECT t::parcel_turn AS turn FROM parcel_turns(after_them, '{}') AS t
    UNION ALL SELECT t::parcel_turn FROM parcel_turns(before_them, fresh) AS t) AS turns;
  RETURN NULL;
END $$;
CREATE TRIGGER history_entered AFTER INSERT ON parcel_event REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION parcel_history_entered();

-- A parcel moved, changed its area or was ended: its whole history is counted elsewhere.
CREATE FUNCTION parcel_history_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE places parcel_place[];
BEGIN
  SELECT array_agg(place) INTO places FROM (
    SELECT unnest(ARRAY[(r.id, r.jurisdiction_id, r.region_id, r.area_m2, r.retired_by, -1)::parcel_place,
                        (a.id, a.jurisdiction_id, a.region_id, a.area_m2, a.retired_by, 1)::parcel_place]) AS place
    FROM removed AS r JOIN added AS a USING (id)
    WHERE (r.jurisdiction_id, r.region_id, r.area_m2, r.retired_by) IS DISTINCT FROM (a.jurisdiction_id, a.region_id, a.area_m2, a.retired_by)) AS moved;
  IF places IS NOT NULL THEN
    PERFORM parcel_history_add(array_agg(t::parcel_turn)) FROM parcel_turns(places, '{}') AS t;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER history_moved AFTER UPDATE ON parcel REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION parcel_history_moved();

-- Folds the spans that rows were added to, and only those. Returns rows spared.
CREATE FUNCTION parcel_history_fold() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH fresh AS (SELECT DISTINCT span, begins_on FROM parcel_history_tally WHERE NOT folded),
  gone AS (
    DELETE FROM parcel_history_tally AS t USING fresh WHERE t.span = fresh.span AND t.begins_on = fresh.begins_on
    RETURNING t.*),
  kept AS (
    INSERT INTO parcel_history_tally (span, begins_on, jurisdiction_id, region_id, stage, hold, idle, n, area_m2, folded)
    SELECT span, begins_on, jurisdiction_id, region_id, stage, hold, idle, sum(n), sum(area_m2), true
    FROM gone GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0 OR sum(area_m2) <> 0 ORDER BY 1, 2 RETURNING 1)
  SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept)
$$;

-- Counts every history anew, some parcels at a time. The caller keeps writers of parcels and events away.
CREATE FUNCTION parcel_history_recount() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '256MB' AS $$
DECLARE
  past bigint := 0;
  places parcel_place[];
BEGIN
  DELETE FROM parcel_history_tally;
  CREATE TABLE pg_temp.turned (LIKE parcel_history_tally);
  LOOP
    SELECT array_agg((p.id, p.jurisdiction_id, p.region_id, p.area_m2, p.retired_by, 1)::parcel_place), max(p.id) INTO places, past
    FROM (SELECT * FROM parcel WHERE id > past ORDER BY id LIMIT 20000) AS p;
    EXIT WHEN places IS NULL;
    INSERT INTO pg_temp.turned (id, span, begins_on, jurisdiction_id, region_id, stage, hold, idle, n, area_m2, folded)
      SELECT 0, 3, day, jurisdiction_id, region_id, stage, hold, idle, sum(n), sum(area_m2), true
      FROM parcel_turns(places, '{}') GROUP BY 3, 4, 5, 6, 7, 8;
  END LOOP;
  INSERT INTO parcel_history_tally (span, begins_on, jurisdiction_id, region_id, stage, hold, idle, n, area_m2, folded)
    SELECT s.span, date_trunc(s.name, d.begins_on)::date, jurisdiction_id, region_id, stage, hold, idle, sum(n), sum(area_m2), true
    FROM pg_temp.turned AS d, (VALUES (0, 'decade'), (1, 'year'), (2, 'month'), (3, 'day')) AS s (span, name)
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0 OR sum(area_m2) <> 0 ORDER BY 1, 2;
  DROP TABLE pg_temp.turned;
END $$;
REVOKE EXECUTE ON FUNCTION parcel_history_recount() FROM PUBLIC;

CREATE OR REPLACE FUNCTION parcel_load_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  loaded regclass[] := ARRAY['parcel', 'parcel_event', 'parcel_survey', 'parcel_land_use', 'parcel_tally']::regclass[];
  what record;
BEGIN
  LOCK TABLE parcel, parcel_event, parcel_survey, parcel_land_use, parcel_tally, region_tally, parcel_history_tally IN ACCESS EXCLUSIVE MODE;
  DELETE FROM deferred_definition;
  -- Indexes first, so that keys are there again before the foreign keys that need them.
  INSERT INTO deferred_definition (statement)
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY (loaded) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid);
  INSERT INTO deferred_definition (statement)
    SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c WHERE c.conrelid = ANY (loaded) AND (c.contype = 'f' OR c.conname = 'uq_parcel_code') ORDER BY c.contype DESC;
  FOR what IN SELECT c.conrelid::regclass AS relation, c.conname FROM pg_constraint c
    WHERE c.conrelid = ANY (loaded) AND (c.contype = 'f' OR c.conname = 'uq_parcel_code')
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', what.relation, what.conname); END LOOP;
  FOR what IN SELECT i.indexrelid::regclass AS relation FROM pg_index i
    WHERE i.indrelid = ANY (loaded) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
  LOOP EXECUTE format('DROP INDEX %s', what.relation); END LOOP;
  ALTER TABLE parcel DISABLE TRIGGER tally_inserted;
  ALTER TABLE parcel_event DISABLE TRIGGER history_entered;
END $$;

CREATE OR REPLACE FUNCTION parcel_load_end() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '512MB' SET statement_timeout = 0 AS $$
DECLARE what text;
BEGIN
  ALTER TABLE parcel ENABLE TRIGGER tally_inserted;
  ALTER TABLE parcel_event ENABLE TRIGGER history_entered;
  PERFORM parcel_tally_recount();
  FOR what IN SELECT statement FROM deferred_definition ORDER BY position LOOP EXECUTE what; END LOOP;
  DELETE FROM deferred_definition;
  ANALYZE parcel, parcel_event;  -- the planner would know nothing of a million rows until the vacuum daemon comes by
  PERFORM parcel_history_recount();
END $$;

-- The dashboard shows plans, lots and contracts beside parcels: an answer is as old as the last change of any of them.
CREATE FUNCTION touch_supply(named text[]) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY named LOOP
    EXECUTE format('CREATE TRIGGER touch_supply AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION revision_touch(''supply'')', name);
  END LOOP;
END $$;
SELECT touch_supply(ARRAY['supply_plan', 'plan_item', 'lot', 'lot_parcel', 'lot_event', 'contract', 'contract_parcel', 'contract_event',
  'instalment', 'payment', 'parcel_event', 'lineage_operation']);
DROP FUNCTION touch_supply(text[]);

GRANT SELECT ON parcel_history_tally TO gongdi_app;
