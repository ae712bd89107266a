-- What keeps supply schemes true behind the service's back, and what the serving role may do with their tables.

CREATE TRIGGER scheme_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON scheme_step
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A scheme holds its parcels as long as it is on its way or in force.
CREATE FUNCTION supply_scheme_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE scheme_parcel SET live = NEW.status IN ('draft', 'submitted', 'approved') WHERE scheme_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER supply_scheme_release AFTER UPDATE OF status ON supply_scheme FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION supply_scheme_release();

-- What was approved stays as it was approved.
CREATE FUNCTION supply_scheme_keep_approved() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'scheme % is approved', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_scheme_approved';
END $$;
CREATE TRIGGER supply_scheme_keep_approved BEFORE UPDATE ON supply_scheme FOR EACH ROW
  WHEN (OLD.status IN ('approved', 'spent', 'withdrawn')
    AND (OLD.method, OLD.level, OLD.benchmark_yuan_m2, OLD.floor_yuan, OLD.reserve_yuan, OLD.conditions_items, OLD.approved_on)
      IS DISTINCT FROM (NEW.method, NEW.level, NEW.benchmark_yuan_m2, NEW.floor_yuan, NEW.reserve_yuan, NEW.conditions_items, NEW.approved_on))
  EXECUTE FUNCTION supply_scheme_keep_approved();

-- Its parcels and uses change in drafts only (`live` follows the status).
CREATE FUNCTION scheme_part_keep_drafts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE kept int;
BEGIN
  SELECT s.id INTO kept FROM supply_scheme s WHERE s.status <> 'draft' AND s.id IN (SELECT scheme_id FROM touched) LIMIT 1;
  IF kept IS NOT NULL THEN
    RAISE EXCEPTION 'scheme % is no draft', kept USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_scheme_draft';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER scheme_parcel_added AFTER INSERT ON scheme_parcel REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();
CREATE TRIGGER scheme_parcel_removed AFTER DELETE ON scheme_parcel REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();
CREATE TRIGGER scheme_use_added AFTER INSERT ON scheme_use REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();
CREATE TRIGGER scheme_use_changed AFTER UPDATE ON scheme_use REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();
CREATE TRIGGER scheme_use_removed AFTER DELETE ON scheme_use REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();

GRANT SELECT, INSERT, UPDATE ON supply_scheme TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheme_parcel, scheme_use, scheme_evidence TO gongdi_app;
GRANT SELECT, INSERT ON scheme_step TO gongdi_app;
GRANT USAGE ON SEQUENCE supply_scheme_id_seq, scheme_evidence_id_seq, scheme_step_id_seq TO gongdi_app;
