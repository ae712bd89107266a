-- Parcels counted by map cell and by township (models: layers). A cell of zoom z is 1/32 of a tile's side; zooms 4–11 are kept.
-- Only additions: a statement adds its own rows, so that two writers never wait for one another; reading sums them, and the
-- sum is exact at every commit. The worker folds them together now and then (parcel_tally_fold).

-- Cell of zoom 11 (column and row from the upper left corner of the world) that holds a shape's centroid.
CREATE FUNCTION cell_column(shape geometry) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT floor((ST_X(ST_Centroid(shape)) + 20037508.342789244) / (40075016.685578488 / (32 << 11)))::int $$;
CREATE FUNCTION cell_row(shape geometry) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT floor((20037508.342789244 - ST_Y(ST_Centroid(shape))) / (40075016.685578488 / (32 << 11)))::int $$;

-- What a statement adds to or takes from one cell's count.
CREATE TYPE parcel_count AS (i int, j int, jurisdiction_id int, region_id int, stage text, n bigint, area_m2 float8);

CREATE FUNCTION parcel_tally_add(changes parcel_count[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH change AS (SELECT * FROM unnest(changes)),
  cells AS (
    INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM change, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5)
  INSERT INTO region_tally (region_id, jurisdiction_id, stage, n, area_m2)
  SELECT region_id, jurisdiction_id, stage, sum(n), sum(area_m2)
  FROM change WHERE region_id IS NOT NULL GROUP BY 1, 2, 3
$$;

-- For rows that came or went whole: both triggers call them `moved`.
CREATE FUNCTION parcel_tally_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  PERFORM parcel_tally_add(array_agg(change)) FROM (
    SELECT (cell_column(geom_web), cell_row(geom_web), jurisdiction_id, region_id, stage, sign * count(*), sign * sum(area_m2))::parcel_count AS change
    FROM moved GROUP BY cell_column(geom_web), cell_row(geom_web), jurisdiction_id, region_id, stage) AS changes;
  RETURN NULL;
END $$;

CREATE FUNCTION parcel_tally_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM parcel_tally_add(array_agg(change)) FROM (
    SELECT unnest(ARRAY[
      (cell_column(r.geom_web), cell_row(r.geom_web), r.jurisdiction_id, r.region_id, r.stage, -1, -r.area_m2)::parcel_count,
      (cell_column(a.geom_web), cell_row(a.geom_web), a.jurisdiction_id, a.region_id, a.stage, 1, a.area_m2)::parcel_count]) AS change
    FROM removed AS r JOIN added AS a USING (id)
    WHERE (r.jurisdiction_id, r.region_id, r.stage, r.area_m2) IS DISTINCT FROM (a.jurisdiction_id, a.region_id, a.stage, a.area_m2)
       OR r.geom_web::bytea <> a.geom_web::bytea) AS changes;
  RETURN NULL;
END $$;

CREATE TRIGGER tally_inserted AFTER INSERT ON parcel REFERENCING NEW TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION parcel_tally_moved();
CREATE TRIGGER tally_updated AFTER UPDATE ON parcel REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION parcel_tally_updated();
CREATE TRIGGER tally_deleted AFTER DELETE ON parcel REFERENCING OLD TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION parcel_tally_moved();

-- Replaces the rows of each key by one with their sum; rows added meanwhile are not seen and stay. Returns rows spared.
CREATE FUNCTION parcel_tally_fold() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH cells AS (DELETE FROM parcel_tally RETURNING *),
  kept AS (
    INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i, j, jurisdiction_id, stage, sum(n), sum(area_m2) FROM cells GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0 RETURNING 1),
  areas AS (DELETE FROM region_tally RETURNING *),
  kept_areas AS (
    INSERT INTO region_tally (region_id, jurisdiction_id, stage, n, area_m2)
    SELECT region_id, jurisdiction_id, stage, sum(n), sum(area_m2) FROM areas GROUP BY 1, 2, 3 HAVING sum(n) <> 0 RETURNING 1)
  SELECT (SELECT count(*) FROM cells) - (SELECT count(*) FROM kept) + (SELECT count(*) FROM areas) - (SELECT count(*) FROM kept_areas)
$$;
