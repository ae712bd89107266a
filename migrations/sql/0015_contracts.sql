-- What keeps contracts, their lots and parcels true behind the service's back, and what the serving role may do.

CREATE TRIGGER contract_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contract_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contract_extension_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contract_extension
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER works_report_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON works_report
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standard_land_indicator_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON standard_land_indicator
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standard_land_actual_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON standard_land_actual
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standard_land_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON standard_land_step
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A contract holds its parcels until it is rescinded or the land taken back.
CREATE FUNCTION contract_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE contract_parcel SET live = NEW.stage IN ('in_force', 'completed') WHERE contract_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER contract_hold AFTER UPDATE OF stage ON contract FOR EACH ROW
  WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION contract_hold();

-- At commit, a contract, its lot and its parcels say the same.
CREATE FUNCTION refuse_contract_disagreement(which int) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE wrong record;
BEGIN
  SELECT c.id, p.code INTO wrong
  FROM contract c JOIN lot l ON l.id = c.lot_id JOIN contract_parcel cp ON cp.contract_id = c.id JOIN parcel p ON p.id = cp.parcel_id
  WHERE c.id = which AND (l.stage <> 'concluded' OR cp.live AND (
    p.stage <> CASE
      WHEN c.completed_on IS NOT NULL THEN 'completed' WHEN c.started_on IS NOT NULL THEN 'started'
      WHEN c.delivered_on IS NOT NULL THEN 'delivered' WHEN c.paid_on IS NOT NULL THEN 'paid' ELSE 'contracted' END
    OR (c.stage = 'completed') <> (c.completed_on IS NOT NULL)
    OR (p.idle <> 'none') <> EXISTS (SELECT FROM idle_case i WHERE i.contract_id = c.id AND i.closed_on IS NULL)));
  IF FOUND THEN
    RAISE EXCEPTION 'contract % and parcel % disagree', wrong.id, wrong.code USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_agrees';
  END IF;
END $$;

CREATE FUNCTION contract_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_contract_disagreement(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contract_agrees AFTER INSERT OR UPDATE ON contract DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION contract_agrees();

CREATE FUNCTION contract_part_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_contract_disagreement(NEW.contract_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contract_parcel_agrees AFTER INSERT OR UPDATE ON contract_parcel DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION contract_part_agrees();
CREATE CONSTRAINT TRIGGER idle_case_agrees AFTER INSERT OR UPDATE OF closed_on ON idle_case DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION contract_part_agrees();

CREATE FUNCTION parcel_agrees_with_contract() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_contract_disagreement(cp.contract_id) FROM contract_parcel cp WHERE cp.parcel_id = NEW.id AND cp.live;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER parcel_agrees_with_contract AFTER UPDATE OF stage, idle ON parcel DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.stage <> NEW.stage OR OLD.idle <> NEW.idle) EXECUTE FUNCTION parcel_agrees_with_contract();

CREATE FUNCTION lot_agrees_with_contract() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  -- Read anew: what NEW says may have gone on since, in the same transaction.
  IF EXISTS (SELECT FROM lot l WHERE l.id = NEW.id
      AND (l.stage = 'concluded') <> EXISTS (SELECT FROM contract c WHERE c.lot_id = l.id)) THEN
    RAISE EXCEPTION 'lot % and its contract disagree', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_agrees';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_agrees_with_contract AFTER INSERT OR UPDATE OF stage ON lot DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION lot_agrees_with_contract();

GRANT SELECT, INSERT, UPDATE ON contract, contract_exclusion, permit, idle_case TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON contract_parcel, instalment TO gongdi_app;
GRANT SELECT, INSERT ON contract_event, payment, contract_extension, works_report, standard_land_indicator, standard_land_actual, standard_land_step TO gongdi_app;
GRANT USAGE ON SEQUENCE contract_id_seq, contract_event_id_seq, payment_id_seq, contract_exclusion_id_seq, contract_extension_id_seq, permit_id_seq,
  works_report_id_seq, standard_land_indicator_id_seq, standard_land_actual_id_seq, standard_land_step_id_seq, idle_case_id_seq TO gongdi_app;
