-- What keeps supply schemes true behind the service's back, and what the serving role may do with their tables.

CREATE TRIGGER scheme_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON scheme_step
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A scheme holds its parcels as long as it is on its way or in force.
CREATE FUNCTION supply_scheme_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE scheme_parcel SET live = NEW.status IN ('draft', 'submitted', 'approved')
  WHERE scheme_id = NEW.id AND live <> (NEW.status IN ('draft', 'submitted', 'approved'));
  RETURN NULL;
END $$;
CREATE TRIGGER supply_scheme_release AFTER UPDATE OF status ON supply_scheme FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION supply_scheme_release();

-- A scheme goes its course only, and stays what it was when it was handed in: afterwards only the status, the version,
-- the number (given with the approval) and the day of the approval change.
CREATE FUNCTION supply_scheme_keep_course() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['status', 'version'];
BEGIN
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
      ('draft', 'submitted'), ('draft', 'withdrawn'), ('submitted', 'draft'), ('submitted', 'approved'),
      ('submitted', 'withdrawn'), ('approved', 'spent')) THEN
    RAISE EXCEPTION 'scheme %: % after %', OLD.id, NEW.status, OLD.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_scheme_course';
  END IF;
  IF OLD.status = 'submitted' AND NEW.status = 'approved' THEN
    free := free || ARRAY['approved_on', 'number'];
  END IF;
  IF OLD.status <> 'draft' AND to_jsonb(OLD) - free <> to_jsonb(NEW) - free THEN
    RAISE EXCEPTION 'scheme % is no draft', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_scheme_draft';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER supply_scheme_keep_course BEFORE UPDATE ON supply_scheme FOR EACH ROW
  EXECUTE FUNCTION supply_scheme_keep_course();

-- Its parcels, uses and evidence change in drafts only (`live` follows the status).
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
CREATE TRIGGER scheme_evidence_added AFTER INSERT ON scheme_evidence REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();
CREATE TRIGGER scheme_evidence_changed AFTER UPDATE ON scheme_evidence REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();
CREATE TRIGGER scheme_evidence_removed AFTER DELETE ON scheme_evidence REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION scheme_part_keep_drafts();

CREATE FUNCTION scheme_parcel_keep_facts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM supply_scheme WHERE id = OLD.scheme_id AND status = 'draft') THEN
    RAISE EXCEPTION 'scheme % is no draft', OLD.scheme_id USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_scheme_draft';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER scheme_parcel_keep_facts BEFORE UPDATE ON scheme_parcel FOR EACH ROW
  WHEN (to_jsonb(OLD) - 'live' <> to_jsonb(NEW) - 'live') EXECUTE FUNCTION scheme_parcel_keep_facts();

-- Land that went back into the reserve, or was taken back, is no scheme's any more: another supply needs another scheme.
CREATE FUNCTION parcel_leaves_scheme() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE scheme_parcel sp SET live = false FROM supply_scheme s
  WHERE sp.parcel_id = NEW.id AND sp.live AND s.id = sp.scheme_id AND s.status = 'approved';
  RETURN NULL;
END $$;
CREATE TRIGGER parcel_leaves_scheme AFTER UPDATE OF stage ON parcel FOR EACH ROW
  WHEN (OLD.stage NOT IN ('candidate', 'acquiring', 'reserved', 'cleared', 'reclaimed')
    AND NEW.stage IN ('candidate', 'acquiring', 'reserved', 'cleared', 'reclaimed'))
  EXECUTE FUNCTION parcel_leaves_scheme();

-- At commit, the land of a scheme in force stands where a scheme is approved, or further on.
CREATE FUNCTION scheme_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE wrong text;
BEGIN
  SELECT p.code INTO wrong FROM scheme_parcel sp JOIN parcel p ON p.id = sp.parcel_id
  JOIN supply_scheme s ON s.id = sp.scheme_id
  WHERE sp.scheme_id = NEW.id AND sp.live AND s.status = 'approved'
    AND p.stage IN ('candidate', 'acquiring', 'reserved', 'cleared', 'reclaimed');
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'scheme % and parcel % disagree', NEW.id, wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'scheme_agrees';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER scheme_agrees AFTER INSERT OR UPDATE OF status ON supply_scheme DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION scheme_agrees();

GRANT SELECT, INSERT, UPDATE ON supply_scheme TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheme_parcel, scheme_use, scheme_evidence TO gongdi_app;
GRANT SELECT, INSERT ON scheme_step TO gongdi_app;
GRANT USAGE ON SEQUENCE supply_scheme_id_seq, scheme_evidence_id_seq, scheme_step_id_seq TO gongdi_app;
