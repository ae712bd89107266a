-- Three roles: the owner migrates and never serves; gongdi_app serves staff and programs, without DDL and only adding to the
-- record; gongdi_public serves anonymous callers and sees the schema `published` only.
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['gongdi_app', 'gongdi_public'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', role); END IF;
    IF NOT pg_has_role(current_user, role, 'MEMBER') THEN EXECUTE format('GRANT %I TO CURRENT_USER', role); END IF;
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM gongdi_app, gongdi_public;
REVOKE EXECUTE ON FUNCTION parcel_tally_fold(), parcel_load_begin(), parcel_load_end(), shape_meets(geometry, geometry), parcel_tile(int, int, int, int[]), parcel_tile_cells(int, int, int, int[]),
  parcel_tile_regions(int, int, int, int[]), parcel_tile_shapes(int, int, int, int[]), backdrop_tile(int, int, int), audit_hash(bytea, audit_entry) FROM PUBLIC;

GRANT USAGE ON SCHEMA public, jobs TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  user_account, user_session, api_key, login_attempt, jurisdiction, region, document, parcel, parcel_land_use, parcel_survey, import,
  import_finding, backdrop_feature, idempotency_key TO gongdi_app;
GRANT SELECT, INSERT ON audit_entry, parcel_event TO gongdi_app;
GRANT SELECT ON audit_head, revision, parcel_tally, region_tally, alembic_version TO gongdi_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gongdi_app;
GRANT EXECUTE ON FUNCTION parcel_tally_fold(), parcel_load_begin(), parcel_load_end(), shape_meets(geometry, geometry), parcel_tile(int, int, int, int[]), parcel_tile_cells(int, int, int, int[]),
  parcel_tile_regions(int, int, int, int[]), parcel_tile_shapes(int, int, int, int[]), backdrop_tile(int, int, int), audit_hash(bytea, audit_entry) TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO gongdi_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO gongdi_app;

CREATE SCHEMA published;
GRANT USAGE ON SCHEMA published TO gongdi_app, gongdi_public;
ALTER DEFAULT PRIVILEGES IN SCHEMA published GRANT SELECT ON TABLES TO gongdi_app, gongdi_public;
