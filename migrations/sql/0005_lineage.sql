-- Parcels that were split or merged away stay, with the operation that ended them (`retired_by`); counts and tiles of today leave
-- them out. Whole new texts of what `tally`, `0002_first_load` and `tiles` brought.

CREATE OR REPLACE FUNCTION parcel_tally_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  PERFORM parcel_tally_add(array_agg(change)) FROM (
    SELECT (cell_column(geom_web), cell_row(geom_web), jurisdiction_id, region_id, stage, sign * count(*), sign * sum(area_m2))::parcel_count AS change
    FROM moved WHERE retired_by IS NULL GROUP BY cell_column(geom_web), cell_row(geom_web), jurisdiction_id, region_id, stage) AS changes;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION parcel_tally_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM parcel_tally_add(array_agg(change)) FROM (
    SELECT unnest(CASE WHEN r.retired_by IS NULL THEN ARRAY[
        (cell_column(r.geom_web), cell_row(r.geom_web), r.jurisdiction_id, r.region_id, r.stage, -1, -r.area_m2)::parcel_count] END
      || CASE WHEN a.retired_by IS NULL THEN ARRAY[
        (cell_column(a.geom_web), cell_row(a.geom_web), a.jurisdiction_id, a.region_id, a.stage, 1, a.area_m2)::parcel_count] END) AS change
    FROM removed AS r JOIN added AS a USING (id)
    WHERE (r.jurisdiction_id, r.region_id, r.stage, r.area_m2, r.retired_by IS NULL)
          IS DISTINCT FROM (a.jurisdiction_id, a.region_id, a.stage, a.area_m2, a.retired_by IS NULL)
       OR r.geom_web::bytea <> a.geom_web::bytea) AS changes;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION parcel_tally_recount() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '256MB' AS $$
BEGIN
  DELETE FROM parcel_tally;
  DELETE FROM region_tally;
  CREATE TABLE pg_temp.counted AS
    SELECT cell_column(geom_web) AS i, cell_row(geom_web) AS j, jurisdiction_id, region_id, stage, count(*) AS n, sum(area_m2::float8) AS area_m2
    FROM parcel WHERE retired_by IS NULL GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM pg_temp.counted, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO region_tally (region_id, jurisdiction_id, stage, n, area_m2)
    SELECT region_id, jurisdiction_id, stage, sum(n), sum(area_m2) FROM pg_temp.counted WHERE region_id IS NOT NULL GROUP BY 1, 2, 3;
  DROP TABLE pg_temp.counted;
END $$;

CREATE OR REPLACE FUNCTION parcel_tile_shapes(z int, x int, y int, allowed int[]) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  e geometry := ST_TileEnvelope(z, x, y);
  b geometry := ST_TileEnvelope(z, x, y, margin => 0.015625);
  shapes bytea;
  labels bytea;
BEGIN
  IF z < 14 THEN
    RETURN (SELECT ST_AsMVT(t, 'parcels', 2048, 'geom', 'id') FROM (
      SELECT id, stage, nullif(hold, 'none') AS hold, nullif(idle, 'none') AS idle, ST_AsMVTGeom(geom_web, e, 2048, 32, true) AS geom
      FROM parcel WHERE geom_web && b AND retired_by IS NULL AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL);
  END IF;
  SELECT ST_AsMVT(t, 'parcels', 4096, 'geom', 'id') INTO shapes FROM (
    SELECT id, code, name, stage, nullif(hold, 'none') AS hold, nullif(idle, 'none') AS idle, (area_m2 * 0.0015)::float4 AS mu,
           ST_AsMVTGeom(geom_web, e, 4096, 64, true) AS geom
    FROM parcel WHERE geom_web && b AND retired_by IS NULL AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL;
  -- One point a parcel, in one tile only: a label on a shape would stand again in every tile that the shape touches.
  SELECT ST_AsMVT(t, 'parcel_label', 4096, 'geom', 'id') INTO labels FROM (
    SELECT id, code, stage, nullif(hold, 'none') AS hold, nullif(idle, 'none') AS idle, (area_m2 * 0.0015)::float4 AS mu,
           ST_AsMVTGeom(ST_PointOnSurface(geom_web), e, 4096, 0, true) AS geom
    FROM parcel WHERE geom_web && e AND retired_by IS NULL AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL;
  RETURN shapes || labels;
END $$;

-- What made a parcel and what ended it is written once: nobody splits a parcel twice, or brings one back unseen.
CREATE FUNCTION refuse_new_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the lineage of parcel % is written once', OLD.code USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER lineage_written_once BEFORE UPDATE OF made_by, retired_by ON parcel FOR EACH ROW
  WHEN (OLD.made_by IS DISTINCT FROM NEW.made_by OR (OLD.retired_by IS NOT NULL AND OLD.retired_by IS DISTINCT FROM NEW.retired_by))
  EXECUTE FUNCTION refuse_new_lineage();
CREATE TRIGGER lineage_operation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_operation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON lineage_operation TO gongdi_app;
GRANT USAGE ON SEQUENCE lineage_operation_id_seq TO gongdi_app;
