-- What stands in a township is one row of region_tally, not one for each state: the dashboard reads some dozens of rows
-- instead of a thousand. Still only added to (tally.sql): a statement adds a row for each township it touched, its states with plus
-- and minus; the sum over the rows is exact at every commit, and the worker folds a township's rows into one.
-- `states`: {"sold none none": [parcels, hundredths of m²]}, by stage, hold and idleness; integers, so that sums are exact anywhere.

CREATE OR REPLACE FUNCTION parcel_tally_add(changes parcel_count[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH change AS (SELECT * FROM unnest(changes)),
  cells AS (
    INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM change, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5)
  INSERT INTO region_tally (region_id, jurisdiction_id, n, area_m2, states)
  SELECT region_id, jurisdiction_id, sum(n), sum(area_m2), json_object_agg(state, json_build_array(n, (area_m2 * 100)::bigint))
  FROM (SELECT region_id, jurisdiction_id, concat_ws(' ', stage, hold, idle) AS state, sum(n) AS n, sum(area_m2) AS area_m2
        FROM change GROUP BY 1, 2, 3) AS s
  GROUP BY 1, 2
$$;

CREATE OR REPLACE FUNCTION parcel_tally_fold() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH cells AS (DELETE FROM parcel_tally RETURNING *),
  kept AS (
    INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i, j, jurisdiction_id, stage, sum(n), sum(area_m2) FROM cells GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0 RETURNING 1),
  areas AS (DELETE FROM region_tally RETURNING *),
  kept_areas AS (
    INSERT INTO region_tally (region_id, jurisdiction_id, n, area_m2, states)
    SELECT region_id, jurisdiction_id, sum(n), sum(area) / 100, json_object_agg(state, json_build_array(n, area))
    FROM (SELECT region_id, jurisdiction_id, key AS state, sum((value ->> 0)::bigint) AS n, sum((value ->> 1)::bigint) AS area
          FROM areas, json_each(states) GROUP BY 1, 2, 3 HAVING sum((value ->> 0)::bigint) <> 0) AS s
    GROUP BY 1, 2 RETURNING 1)
  SELECT (SELECT count(*) FROM cells) - (SELECT count(*) FROM kept) + (SELECT count(*) FROM areas) - (SELECT count(*) FROM kept_areas)
$$;

CREATE OR REPLACE FUNCTION parcel_tally_recount() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '256MB' AS $$
BEGIN
  DELETE FROM parcel_tally;
  DELETE FROM region_tally;
  CREATE TABLE pg_temp.counted AS
    SELECT cell_column(geom_web) AS i, cell_row(geom_web) AS j, jurisdiction_id, region_id, stage, hold, idle, count(*)::int AS n, sum(area_m2) AS area_m2
    FROM parcel WHERE retired_by IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7;
  INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2::float8)
    FROM pg_temp.counted, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO region_tally (region_id, jurisdiction_id, n, area_m2, states)
    SELECT region_id, jurisdiction_id, sum(n), sum(area_m2), json_object_agg(state, json_build_array(n, (area_m2 * 100)::bigint))
    FROM (SELECT region_id, jurisdiction_id, concat_ws(' ', stage, hold, idle) AS state, sum(n) AS n, sum(area_m2) AS area_m2
          FROM pg_temp.counted GROUP BY 1, 2, 3) AS s
    GROUP BY 1, 2;
  DROP TABLE pg_temp.counted;
END $$;

-- The days, counted anew by the same rule as parcel_spells and parcel_turns, but all parcels at once.
CREATE OR REPLACE FUNCTION parcel_history_recount() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '256MB' AS $$
  DELETE FROM parcel_history_tally;
  INSERT INTO parcel_history_tally (span, begins_on, jurisdiction_id, region_id, stage, hold, idle, n, area_m2, folded)
  WITH spell AS (
    SELECT e.parcel_id, e.effective_on AS begins_on, lead(e.effective_on) OVER w AS ends_on,
           last_set(e.stage) OVER w AS stage, last_set(e.hold) OVER w AS hold, last_set(e.idle) OVER w AS idle
    FROM parcel_event e WINDOW w AS (PARTITION BY e.parcel_id ORDER BY e.effective_on, e.id)),
  turned AS MATERIALIZED (
    SELECT d.day, p.jurisdiction_id, p.region_id, s.stage, coalesce(s.hold, 'none') AS hold, coalesce(s.idle, 'none') AS idle,
           sum(d.n) AS n, sum(d.n * p.area_m2) AS area_m2
    FROM spell s JOIN parcel p ON p.id = s.parcel_id LEFT JOIN lineage_operation o ON o.id = p.retired_by
    CROSS JOIN LATERAL (VALUES (s.begins_on, 1), (least(s.ends_on, o.effective_on), -1)) AS d (day, n)
    WHERE s.ends_on IS DISTINCT FROM s.begins_on AND s.stage IS NOT NULL
      AND d.day IS NOT NULL AND (o.effective_on IS NULL OR s.begins_on < o.effective_on)
    GROUP BY 1, 2, 3, 4, 5, 6)
  SELECT s.span, date_trunc(s.name, t.day)::date, jurisdiction_id, region_id, stage, hold, idle, sum(n), sum(area_m2), true
  FROM turned t, (VALUES (0, 'decade'), (1, 'year'), (2, 'month'), (3, 'day')) AS s (span, name)
  GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0 OR sum(area_m2) <> 0 ORDER BY 1, 2
$$;

-- The triggers that count are dropped, not switched off: rows are put aside even for one that is off.
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
  INSERT INTO deferred_definition (statement)
    SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = ANY (loaded) AND t.tgname IN ('tally_inserted', 'history_entered');
  FOR what IN SELECT c.conrelid::regclass AS relation, c.conname FROM pg_constraint c
    WHERE c.conrelid = ANY (loaded) AND (c.contype = 'f' OR c.conname = 'uq_parcel_code')
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', what.relation, what.conname); END LOOP;
  FOR what IN SELECT i.indexrelid::regclass AS relation FROM pg_index i
    WHERE i.indrelid = ANY (loaded) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
  LOOP EXECUTE format('DROP INDEX %s', what.relation); END LOOP;
  DROP TRIGGER tally_inserted ON parcel;
  DROP TRIGGER history_entered ON parcel_event;
END $$;

CREATE OR REPLACE FUNCTION parcel_load_end() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '512MB' SET statement_timeout = 0 AS $$
DECLARE what text;
BEGIN
  PERFORM parcel_tally_recount();
  FOR what IN SELECT statement FROM deferred_definition ORDER BY position LOOP EXECUTE what; END LOOP;
  DELETE FROM deferred_definition;
  ANALYZE parcel, parcel_event;  -- the planner would know nothing of a million rows until the vacuum daemon comes by
  PERFORM parcel_history_recount();
END $$;
