-- What a first load cost most was counting its parcels by cell (migrations 0001: tally, bulk): a third of the whole. So the
-- cell is that of the middle of a shape's box, which needs no centroid, and a first load counts once, at its end.

CREATE OR REPLACE FUNCTION cell_column(shape geometry) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT floor(((ST_XMin(shape) + ST_XMax(shape)) / 2 + 20037508.342789244) / (40075016.685578488 / (32 << 11)))::int $$;
CREATE OR REPLACE FUNCTION cell_row(shape geometry) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT floor((20037508.342789244 - (ST_YMin(shape) + ST_YMax(shape)) / 2) / (40075016.685578488 / (32 << 11)))::int $$;

-- Counts every parcel anew. The caller keeps writers of parcels away. Two statements, so that the first, which only reads,
-- may use several processes.
CREATE FUNCTION parcel_tally_recount() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '256MB' AS $$
BEGIN
  DELETE FROM parcel_tally;
  DELETE FROM region_tally;
  CREATE TABLE pg_temp.counted AS
    SELECT cell_column(geom_web) AS i, cell_row(geom_web) AS j, jurisdiction_id, region_id, stage, count(*) AS n, sum(area_m2::float8) AS area_m2
    FROM parcel GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM pg_temp.counted, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO region_tally (region_id, jurisdiction_id, stage, n, area_m2)
    SELECT region_id, jurisdiction_id, stage, sum(n), sum(area_m2) FROM pg_temp.counted WHERE region_id IS NOT NULL GROUP BY 1, 2, 3;
  DROP TABLE pg_temp.counted;
END $$;
REVOKE EXECUTE ON FUNCTION parcel_tally_recount() FROM PUBLIC;

CREATE OR REPLACE FUNCTION parcel_load_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  loaded regclass[] := ARRAY['parcel', 'parcel_event', 'parcel_survey', 'parcel_land_use', 'parcel_tally']::regclass[];
  what record;
BEGIN
  LOCK TABLE parcel, parcel_event, parcel_survey, parcel_land_use, parcel_tally, region_tally IN ACCESS EXCLUSIVE MODE;
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
END $$;

CREATE OR REPLACE FUNCTION parcel_load_end() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '512MB' SET statement_timeout = 0 AS $$
DECLARE what text;
BEGIN
  ALTER TABLE parcel ENABLE TRIGGER tally_inserted;
  PERFORM parcel_tally_recount();
  FOR what IN SELECT statement FROM deferred_definition ORDER BY position LOOP EXECUTE what; END LOOP;
  DELETE FROM deferred_definition;
  ANALYZE parcel, parcel_event;  -- the planner would know nothing of a million rows until the vacuum daemon comes by
END $$;

SELECT parcel_tally_recount();
