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
    SELECT cell_column(geom_web) AS i, cell_row(geom_web) AS j, jurisdiction_id, region_id, stage, hold, idle, count(*) AS n, sum(area_m2) AS area_m2
    FROM parcel WHERE retired_by IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7;
  INSERT INTO parcel_tally (z, i, j, jurisdiction_id, stage, n, area_m2)
    SELECT z, i >> (11 - z), j >> (11 - z), jurisdiction_id, stage, sum(n), sum(area_m2)
    FROM pg_temp.counted, generate_series(4, 11) AS z GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO region_tally (region_id, jurisdiction_id, n, area_m2, states)
    SELECT region_id, jurisdiction_id, sum(n), sum(area_m2), json_object_agg(state, json_build_array(n, (area_m2 * 100)::bigint))
    FROM (SELECT region_id, jurisdiction_id, concat_ws(' ', stage, hold, idle) AS state, sum(n) AS n, sum(area_m2) AS area_m2
          FROM pg_temp.counted GROUP BY 1, 2, 3) AS s
    GROUP BY 1, 2;
  DROP TABLE pg_temp.counted;
END $$;
