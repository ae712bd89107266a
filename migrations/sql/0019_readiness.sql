-- The map layer of parcels with a running checklist, coloured by how ready they are. `allowed` are the jurisdictions the
-- caller may see, null: all. Checklists are few beside parcels: far out they are looked up from the checklists' side.

CREATE FUNCTION readiness_tile(z int, x int, y int, allowed int[]) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  e geometry := ST_TileEnvelope(z, x, y);
  b geometry := ST_TileEnvelope(z, x, y, margin => 0.015625);
  shapes bytea;
  points bytea;
BEGIN
  SELECT ST_AsMVT(t, 'readiness', 4096, 'geom', 'id') INTO shapes FROM (
    SELECT p.id, c.id AS checklist, p.code, c.readiness, c.blocking, c.overdue, c.ready_on::text AS ready_on,
           ST_AsMVTGeom(p.geom_web, e, 4096, 64, true) AS geom
    FROM checklist c JOIN parcel p ON p.id = c.parcel_id
    WHERE c.status = 'running' AND p.geom_web && b AND (allowed IS NULL OR c.jurisdiction_id = ANY (allowed))) AS t
  WHERE geom IS NOT NULL;
  -- One point a parcel, in one tile only: what is too small to be seen from afar is a dot, and carries the label near by.
  SELECT ST_AsMVT(t, 'readiness_point', 4096, 'geom', 'id') INTO points FROM (
    SELECT p.id, c.id AS checklist, p.code, c.readiness, c.blocking, c.overdue, c.ready_on::text AS ready_on,
           ST_AsMVTGeom(ST_PointOnSurface(p.geom_web), e, 4096, 0, true) AS geom
    FROM checklist c JOIN parcel p ON p.id = c.parcel_id
    WHERE c.status = 'running' AND p.geom_web && e AND (allowed IS NULL OR c.jurisdiction_id = ANY (allowed))) AS t
  WHERE geom IS NOT NULL;
  RETURN shapes || points;
END $$;
REVOKE EXECUTE ON FUNCTION readiness_tile(int, int, int, int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION readiness_tile(int, int, int, int[]) TO gongdi_app;

CREATE TRIGGER touch_checklists_added AFTER INSERT ON checklist
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('checklists');
CREATE TRIGGER touch_checklists AFTER UPDATE OF readiness, blocking, overdue, ready_on, status ON checklist
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('checklists');

GRANT UPDATE (readiness, overdue, controlling_track, promised_workdays, sale_to_start_workdays) ON checklist TO gongdi_app;
