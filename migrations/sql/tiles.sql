-- Vector tiles of the parcels and of the bureau's own base map. `allowed` are the jurisdictions the caller may see, null: all.
-- The envelope is a variable: as an expression of the parameters it would be evaluated again for every row.

CREATE FUNCTION parcel_tile_cells(tz int, x int, y int, allowed int[]) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  e geometry := ST_TileEnvelope(tz, x, y);
  side float8 := 40075016.685578488 / (32 * (1 << tz));
BEGIN
  RETURN (SELECT ST_AsMVT(t, 'cells', 4096, 'geom') FROM (
    SELECT sum(n)::int AS n, round((sum(area_m2) / 1e4)::numeric, 1)::float4 AS ha, (array_agg(stage ORDER BY area_m2 DESC))[1] AS stage,
           ST_AsMVTGeom(ST_MakeEnvelope(i * side - 20037508.342789244, 20037508.342789244 - (j + 1) * side,
                                        (i + 1) * side - 20037508.342789244, 20037508.342789244 - j * side, 3857), e, 4096, 0, false) AS geom
    FROM (SELECT i, j, stage, sum(n) AS n, sum(area_m2) AS area_m2 FROM parcel_tally
          WHERE z = tz AND i BETWEEN x * 32 AND x * 32 + 31 AND j BETWEEN y * 32 AND y * 32 + 31
            AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))
          GROUP BY 1, 2, 3 HAVING sum(n) > 0) AS by_stage
    GROUP BY i, j) AS t);
END $$;

CREATE FUNCTION parcel_tile_regions(z int, x int, y int, allowed int[]) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE e geometry := ST_TileEnvelope(z, x, y);
BEGIN
  RETURN (SELECT ST_AsMVT(t, 'regions', 4096, 'geom', 'id') FROM (
    SELECT r.id, r.code, r.name, c.n, c.ha, ST_AsMVTGeom(ST_Transform(r.geom, 3857), e, 4096, 64, true) AS geom
    FROM region r JOIN LATERAL (
      SELECT sum(n)::int AS n, round((sum(area_m2) / 1e4)::numeric, 1)::float4 AS ha FROM region_tally
      WHERE region_id = r.id AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS c ON c.n > 0
    WHERE r.geom && ST_Transform(e, 4490)) AS t WHERE geom IS NOT NULL);
END $$;

CREATE FUNCTION parcel_tile_shapes(z int, x int, y int, allowed int[]) RETURNS bytea
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
      FROM parcel WHERE geom_web && b AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL);
  END IF;
  SELECT ST_AsMVT(t, 'parcels', 4096, 'geom', 'id') INTO shapes FROM (
    SELECT id, code, name, stage, nullif(hold, 'none') AS hold, nullif(idle, 'none') AS idle, (area_m2 * 0.0015)::float4 AS mu,
           ST_AsMVTGeom(geom_web, e, 4096, 64, true) AS geom
    FROM parcel WHERE geom_web && b AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL;
  -- One point a parcel, in one tile only: a label on a shape would stand again in every tile that the shape touches.
  SELECT ST_AsMVT(t, 'parcel_label', 4096, 'geom', 'id') INTO labels FROM (
    SELECT id, code, stage, nullif(hold, 'none') AS hold, nullif(idle, 'none') AS idle, (area_m2 * 0.0015)::float4 AS mu,
           ST_AsMVTGeom(ST_PointOnSurface(geom_web), e, 4096, 0, true) AS geom
    FROM parcel WHERE geom_web && e AND (allowed IS NULL OR jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL;
  RETURN shapes || labels;
END $$;

-- Far out, a tile of many parcels shows cells; one of few (a district's usual case) shows the parcels themselves.
CREATE FUNCTION parcel_tile(tz int, x int, y int, allowed int[]) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE parcels bigint;
BEGIN
  IF tz >= 12 THEN RETURN parcel_tile_shapes(tz, x, y, allowed); END IF;
  SELECT sum(n) INTO parcels FROM parcel_tally
  WHERE z = tz AND i BETWEEN x * 32 AND x * 32 + 31 AND j BETWEEN y * 32 AND y * 32 + 31
    AND (allowed IS NULL OR jurisdiction_id = ANY (allowed));
  IF parcels <= 4000 THEN
    RETURN parcel_tile_shapes(tz, x, y, allowed) || parcel_tile_regions(tz, x, y, allowed);
  END IF;
  RETURN parcel_tile_cells(tz, x, y, allowed) || parcel_tile_regions(tz, x, y, allowed);
END $$;

CREATE FUNCTION backdrop_tile(z int, x int, y int) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  e geometry := ST_TileEnvelope(z, x, y);
  b geometry := ST_TileEnvelope(z, x, y, margin => 0.0625);
  l geometry := ST_Transform(b, 4490);
  finest float8 := 40075016.685578488 / (4096 * (1 << z));
  answer bytea := '';
  part bytea;
  layer text;
BEGIN
  FOREACH layer IN ARRAY ARRAY['water', 'green', 'road'] LOOP
    SELECT ST_AsMVT(t, layer, 4096, 'geom', 'id') INTO part FROM (
      SELECT id, name, rank, ST_AsMVTGeom(ST_Simplify(geom, finest, true), e, 4096, 256, true) AS geom
      FROM backdrop_feature WHERE kind = layer AND geom && b AND rank <= greatest(z - 9, 1)) AS t WHERE geom IS NOT NULL;
    answer := answer || part;
  END LOOP;
  SELECT ST_AsMVT(t, 'township', 4096, 'geom', 'id') INTO part FROM (
    SELECT id, code, name, ST_AsMVTGeom(ST_Transform(geom, 3857), e, 4096, 256, true) AS geom
    FROM region WHERE level = 'township' AND geom && l) AS t WHERE geom IS NOT NULL;
  answer := answer || part;
  SELECT ST_AsMVT(t, 'township_label', 4096, 'geom', 'id') INTO part FROM (
    SELECT id, name, name_en, ST_AsMVTGeom(ST_Transform(ST_PointOnSurface(geom), 3857), e, 4096, 0, true) AS geom
    FROM region WHERE level = 'township' AND geom && l) AS t WHERE geom IS NOT NULL;
  RETURN answer || part;
END $$;
