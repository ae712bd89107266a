-- The first load of a register: a file with more rows than the tables hold is copied in without secondary indexes and foreign
-- keys, which are then built in one go: building an index is several times cheaper than growing it row by row. All within the
-- caller's transaction; nobody reads the four tables meanwhile, so it is for loads into an empty or nearly empty register.
-- The definitions wait in a table that the serving role can't touch: it never hands SQL to the owner.

CREATE TABLE deferred_definition (position int GENERATED ALWAYS AS IDENTITY, statement text NOT NULL);

CREATE FUNCTION parcel_load_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  loaded regclass[] := ARRAY['parcel', 'parcel_event', 'parcel_survey', 'parcel_land_use']::regclass[];
  what record;
BEGIN
  LOCK TABLE parcel, parcel_event, parcel_survey, parcel_land_use IN ACCESS EXCLUSIVE MODE;
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
END $$;

CREATE FUNCTION parcel_load_end() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '512MB' SET statement_timeout = 0 AS $$
DECLARE what text;
BEGIN
  FOR what IN SELECT statement FROM deferred_definition ORDER BY position LOOP EXECUTE what; END LOOP;
  DELETE FROM deferred_definition;
END $$;
