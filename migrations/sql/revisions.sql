-- A revision is a number that grows with every committed change of what it names; caches and ETags are made of it.
-- A statement only notes that it touched a name (a row of its own transaction, so nobody waits); the number itself grows at
-- commit, by a deferred trigger, so that its row is locked for that moment only.

CREATE TABLE revision (name text PRIMARY KEY, value bigint NOT NULL DEFAULT 1);
COMMENT ON TABLE revision IS 'grows at each commit that changed what it names';
CREATE UNLOGGED TABLE revision_touch (name text NOT NULL, xact xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY (name, xact));

CREATE FUNCTION revision_touch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN INSERT INTO revision_touch (name) VALUES (TG_ARGV[0]) ON CONFLICT DO NOTHING; RETURN NULL; END $$;

CREATE FUNCTION revision_advance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO revision AS r (name) VALUES (NEW.name) ON CONFLICT (name) DO UPDATE SET value = r.value + 1;
  DELETE FROM revision_touch WHERE name = NEW.name AND xact = NEW.xact;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER revision_advance AFTER INSERT ON revision_touch
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION revision_advance();

CREATE TRIGGER touch_parcels AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON parcel
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('parcels');
CREATE TRIGGER touch_regions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON region
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('backdrop');
CREATE TRIGGER touch_jurisdictions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON jurisdiction
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('access');
CREATE TRIGGER touch_backdrop AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON backdrop_feature
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('backdrop');
-- Sign-in changes counters only, use of a session or key only its last-seen column: neither ends what others may do.
CREATE TRIGGER touch_users AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF role, is_active, jurisdictions, lead_bureau, password_hash, display_name
  ON user_account FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('access');
CREATE TRIGGER touch_sessions AFTER DELETE OR TRUNCATE OR UPDATE OF expires_at ON user_session
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('access');
CREATE TRIGGER touch_keys AFTER DELETE OR TRUNCATE OR UPDATE OF revoked_at, expires_on, scopes, jurisdictions ON api_key
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('access');
