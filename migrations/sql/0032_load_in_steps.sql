-- What a first load puts off (bulk.sql) is caught up on step by step, so that the import can tell how far it has come, and end
-- at once when its rows turn out to be wrong. A transaction that put something off can't end before it has caught up.

DROP FUNCTION parcel_load_end();

CREATE OR REPLACE FUNCTION parcel_load_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  loaded regclass[] := ARRAY['parcel', 'parcel_event', 'parcel_survey', 'parcel_land_use', 'parcel_tally']::regclass[];
  unneeded text[] := ARRAY['tally_inserted', 'history_entered'];
  what record;
BEGIN
  LOCK TABLE parcel, parcel_event, parcel_survey, parcel_land_use, parcel_tally, region_tally, parcel_history_tally IN ACCESS EXCLUSIVE MODE;
  IF NOT EXISTS (SELECT FROM checklist_policy) THEN unneeded := unneeded || 'parcel_enters_sold'::text; END IF;  -- it would refuse nothing
  DELETE FROM deferred_definition;
  INSERT INTO deferred_definition (statement) VALUES ('SELECT parcel_tally_recount()');
  -- Indexes first, so that keys are there again before the foreign keys that need them.
  INSERT INTO deferred_definition (statement)
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY (loaded) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid);
  INSERT INTO deferred_definition (statement)
    SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c WHERE c.conrelid = ANY (loaded) AND (c.contype = 'f' OR c.conname = 'uq_parcel_code') ORDER BY c.contype DESC;
  INSERT INTO deferred_definition (statement)
    SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = ANY (loaded) AND t.tgname = ANY (unneeded);
  INSERT INTO deferred_definition (statement) VALUES
    ('ANALYZE parcel, parcel_event'),  -- the planner would know nothing of a million rows until the vacuum daemon comes by
    ('SELECT parcel_history_recount()');
  FOR what IN SELECT c.conrelid::regclass AS relation, c.conname FROM pg_constraint c
    WHERE c.conrelid = ANY (loaded) AND (c.contype = 'f' OR c.conname = 'uq_parcel_code')
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', what.relation, what.conname); END LOOP;
  FOR what IN SELECT i.indexrelid::regclass AS relation FROM pg_index i
    WHERE i.indrelid = ANY (loaded) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
  LOOP EXECUTE format('DROP INDEX %s', what.relation); END LOOP;
  FOR what IN SELECT t.tgrelid::regclass AS relation, t.tgname FROM pg_trigger t WHERE t.tgrelid = ANY (loaded) AND t.tgname = ANY (unneeded)
  LOOP EXECUTE format('DROP TRIGGER %I ON %s', what.tgname, what.relation); END LOOP;
END $$;

-- Does the next of what was put off; returns how many are left (null: there was nothing to do).
CREATE FUNCTION parcel_load_step() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '512MB' SET statement_timeout = 0 AS $$
DECLARE what text;
BEGIN
  DELETE FROM deferred_definition WHERE position = (SELECT min(position) FROM deferred_definition) RETURNING statement INTO what;
  IF what IS NULL THEN RETURN NULL; END IF;
  EXECUTE what;
  RETURN count(*) FROM deferred_definition;
END $$;

CREATE FUNCTION parcel_load_caught_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM deferred_definition) THEN
    RAISE EXCEPTION 'a first load must end before its transaction does (parcel_load_step)' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER caught_up AFTER INSERT ON deferred_definition
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION parcel_load_caught_up();

REVOKE EXECUTE ON FUNCTION parcel_load_step(), parcel_load_caught_up() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parcel_load_step() TO gongdi_app;
