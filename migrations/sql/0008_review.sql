-- Takes back the parcels that an import made, with their first events: the one way past "events are only added". Only for
-- an import that is being undone, and only while nothing was built on them; the serving role has no other way to delete
-- an event. Returns how many parcels went.
CREATE FUNCTION parcel_withdraw(undone int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET statement_timeout = 0 AS $$
DECLARE made bigint[]; events bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM import WHERE id = undone AND status = 'undoing') THEN
    RAISE EXCEPTION 'import % is not being undone', undone USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT coalesce(array_agg(id), '{}') INTO made FROM (SELECT id FROM parcel WHERE import_id = undone FOR UPDATE) AS own;
  SELECT count(*) INTO events FROM parcel_event WHERE parcel_id = ANY (made);
  IF events <> cardinality(made) OR EXISTS (SELECT FROM parcel WHERE id = ANY (made) AND version <> 1) THEN
    RAISE EXCEPTION 'import % has been built on', undone USING ERRCODE = 'insufficient_privilege';
  END IF;
  ALTER TABLE parcel_event DISABLE TRIGGER parcel_event_append_only;
  DELETE FROM parcel_event WHERE parcel_id = ANY (made);
  ALTER TABLE parcel_event ENABLE TRIGGER parcel_event_append_only;
  DELETE FROM parcel WHERE id = ANY (made);
  RETURN cardinality(made);
END $$;
REVOKE EXECUTE ON FUNCTION parcel_withdraw(int) FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON staged_parcel, import_change, field_map TO gongdi_app;
GRANT USAGE ON SEQUENCE field_map_id_seq TO gongdi_app;
GRANT EXECUTE ON FUNCTION parcel_withdraw(int) TO gongdi_app;
