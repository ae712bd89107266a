-- Control layers on the map, their revision, and what the serving role may do with their tables.
-- Only layers in force are shown; `allowed` are the jurisdictions the caller may see, null: all.

CREATE FUNCTION control_tile(z int, x int, y int, allowed int[]) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  e geometry := ST_TileEnvelope(z, x, y);
  b geometry := ST_TileEnvelope(z, x, y, margin => 0.0625);
  finest float8 := 40075016.685578488 / (4096 * (1 << z));
BEGIN
  RETURN (SELECT ST_AsMVT(t, 'control', 4096, 'geom', 'id') FROM (
    SELECT f.id, l.type, l.name AS layer, f.name, ST_AsMVTGeom(ST_Simplify(f.geom_web, finest, true), e, 4096, 256, true) AS geom
    FROM control_feature f JOIN control_layer l ON l.id = f.layer_id
    WHERE f.geom_web && b AND l.superseded_at IS NULL AND (allowed IS NULL OR l.jurisdiction_id = ANY (allowed))) AS t WHERE geom IS NOT NULL);
END $$;
REVOKE EXECUTE ON FUNCTION control_tile(int, int, int, int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control_tile(int, int, int, int[]) TO gongdi_app;

CREATE TRIGGER touch_control_layers AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON control_layer
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('control');

GRANT SELECT, INSERT, UPDATE, DELETE ON control_layer, control_feature, control_piece, overlay_check, overlay_result, overlay_run TO gongdi_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gongdi_app;
