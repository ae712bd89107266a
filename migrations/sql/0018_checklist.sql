-- What keeps checklists true behind the service's back, the gate before a sale, and what the serving role may do.

CREATE TRIGGER checklist_template_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checklist_template
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checklist_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checklist_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checklist_item_kept BEFORE DELETE OR TRUNCATE ON checklist_item
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checklist_kept BEFORE DELETE OR TRUNCATE ON checklist
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever changes items or proofs changes their checklist's row: the gate, which locks that row, then waits for them, or they
-- for the gate; and a sale with an older snapshot fails instead of seeing what was.
CREATE FUNCTION checklist_touch() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE checklist SET revision = revision + 1 WHERE id IN (SELECT checklist_id FROM touched);
  RETURN NULL;
END $$;
CREATE TRIGGER checklist_item_added AFTER INSERT ON checklist_item REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION checklist_touch();
CREATE TRIGGER checklist_item_changed AFTER UPDATE ON checklist_item REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION checklist_touch();
CREATE TRIGGER checklist_document_added AFTER INSERT ON checklist_document REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION checklist_touch();
CREATE TRIGGER checklist_document_changed AFTER UPDATE ON checklist_document REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION checklist_touch();

-- What the gate goes by changes only together with an event that says so, in the same transaction; a remark says nothing.
CREATE FUNCTION checklist_item_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checklist_event e WHERE e.checklist_id = NEW.checklist_id AND e.item_key = NEW.key
      AND e.kind NOT IN ('comment', 'planned', 'assigned', 'ask_waiver', 'document_added', 'document_withdrawn')
      AND e.transaction = pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'item % of checklist % changed without an event', NEW.key, NEW.checklist_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_item_told';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_item_told AFTER UPDATE ON checklist_item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.state, OLD.finished_on, OLD.required, OLD.hard, OLD.binding, OLD.dropped, OLD.lead, OLD.waived_by)
    IS DISTINCT FROM (NEW.state, NEW.finished_on, NEW.required, NEW.hard, NEW.binding, NEW.dropped, NEW.lead, NEW.waived_by))
  EXECUTE FUNCTION checklist_item_told();

-- A jurisdiction's rule changes only together with an entry in the audit log that says so.
CREATE FUNCTION checklist_policy_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM audit_entry a JOIN jurisdiction j ON j.code = a.subject_id
      WHERE j.id = NEW.jurisdiction_id AND a.subject_type = 'jurisdiction' AND a.action = 'checklist_policy:set'
        AND a.xmin = pg_current_xact_id()::xid) THEN
    RAISE EXCEPTION 'the rule of jurisdiction % changed without an entry', NEW.jurisdiction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_policy_told';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_policy_told AFTER UPDATE ON checklist_policy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.required_from IS DISTINCT FROM NEW.required_from)
  EXECUTE FUNCTION checklist_policy_told();

-- A checklist ends with an event, never begins again by itself, and stays while a lot holds its parcel.
CREATE FUNCTION checklist_ended() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checklist_event e WHERE e.checklist_id = NEW.id
      AND e.kind = CASE NEW.status WHEN 'running' THEN 'revived' ELSE NEW.status END
      AND e.transaction = pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'checklist % is % without an event', NEW.id, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_told';
  END IF;
  IF EXISTS (SELECT FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id
      WHERE lp.parcel_id = NEW.parcel_id AND lp.live AND l.stage <> 'draft') THEN
    RAISE EXCEPTION 'the parcel of checklist % is offered', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_offered';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_ended AFTER UPDATE OF status ON checklist DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION checklist_ended();

-- The items for which a sale on a day is refused: open, done or waived only later, or done on a proof that has run out.
CREATE FUNCTION checklist_open_keys(which int, day date) RETURNS TABLE (key text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT i.key FROM checklist_item i WHERE i.checklist_id = which AND i.binding AND (
    i.finished_on IS NULL OR i.finished_on > day
    OR i.state = 'done' AND EXISTS (
      SELECT FROM checklist_document d
      WHERE d.checklist_id = i.checklist_id AND d.item_key = i.key AND d.withdrawn_on IS NULL
      GROUP BY d.evidence_key HAVING bool_and(d.valid_until < day)))
$$;

-- The gate. The lock comes first: whoever changes an item meanwhile is waited for, and then seen. A checklist that ends in
-- the sale's own transaction still stands in its way.
CREATE FUNCTION refuse_open_checklist(which bigint, day date) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  listed int;
  open jsonb;
BEGIN
  FOR listed IN
    SELECT c.id FROM checklist c WHERE c.parcel_id = which AND (c.status = 'running' OR EXISTS (
      SELECT FROM checklist_event e WHERE e.checklist_id = c.id AND e.kind IN ('closed', 'superseded')
        AND e.transaction = pg_current_xact_id()::text::bigint))
    FOR NO KEY UPDATE
  LOOP
    SELECT jsonb_agg(jsonb_build_object('code', p.code, 'key', k.key) ORDER BY k.key) INTO open
    FROM checklist_open_keys(listed, day) k, parcel p WHERE p.id = which;
    IF open IS NOT NULL THEN
      RAISE EXCEPTION 'checklist % is open', listed
        USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate', DETAIL = open::text;
    END IF;
  END LOOP;
END $$;

-- Land whose checklist was closed was not to be sold, or was sold already: a sale from then on needs another one.
CREATE FUNCTION checklist_was_closed(which bigint, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM checklist c WHERE c.parcel_id = which AND c.status = 'closed' AND c.opened_on <= day)
$$;

CREATE FUNCTION lot_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  day date := coalesce(NEW.sold_on, NEW.ended_on, (now() AT TIME ZONE 'Asia/Shanghai')::date);
  missing jsonb;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.stage IN ('sold', 'awarded', 'concluded') THEN RETURN NULL; END IF;
  PERFORM refuse_open_checklist(lp.parcel_id, day) FROM lot_parcel lp WHERE lp.lot_id = NEW.id ORDER BY lp.parcel_id;
  SELECT jsonb_agg(jsonb_build_object('code', p.code, 'key', NULL) ORDER BY p.code) INTO missing
  FROM lot_parcel lp JOIN parcel p ON p.id = lp.parcel_id
  WHERE lp.lot_id = NEW.id AND NOT EXISTS (SELECT FROM checklist c WHERE c.parcel_id = p.id AND c.status = 'running')
    AND (checklist_was_closed(p.id, day) OR NEW.sold_on IS NOT NULL AND EXISTS (
      SELECT FROM notice n JOIN checklist_policy pol ON pol.jurisdiction_id = n.jurisdiction_id
      WHERE n.id = NEW.notice_id AND pol.required_from <= greatest(NEW.notice_on, (
        SELECT max(effective_on) FROM lot_event WHERE lot_id = NEW.id AND kind = 'announce'))));
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'lot % has parcels without a checklist', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate', DETAIL = missing::text;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_passes_gate AFTER INSERT OR UPDATE OF stage ON lot DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.stage IN ('sold', 'awarded', 'concluded')) EXECUTE FUNCTION lot_passes_gate();

-- A parcel can't be taken past the gate without a lot either.
CREATE FUNCTION parcel_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_open_checklist(NEW.id, NEW.stage_since);
  IF NOT EXISTS (SELECT FROM checklist WHERE parcel_id = NEW.id AND status = 'running')
    AND (checklist_was_closed(NEW.id, NEW.stage_since) OR OLD.stage <> 'publicised' AND EXISTS (
        SELECT FROM checklist_policy WHERE jurisdiction_id = NEW.jurisdiction_id AND required_from <= NEW.stage_since)
      AND NOT EXISTS (SELECT FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id
        WHERE lp.parcel_id = NEW.id AND l.sold_on IS NOT NULL AND (lp.live OR l.stage = 'concluded')))
  THEN
    RAISE EXCEPTION 'parcel % has no checklist', NEW.code USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate',
      DETAIL = jsonb_build_array(jsonb_build_object('code', NEW.code, 'key', NULL))::text;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER parcel_passes_gate AFTER UPDATE OF stage ON parcel DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.stage NOT IN ('sold', 'contracted', 'paid', 'delivered', 'started', 'completed')
    AND NEW.stage IN ('sold', 'contracted', 'paid', 'delivered', 'started', 'completed'))
  EXECUTE FUNCTION parcel_passes_gate();

GRANT SELECT, INSERT ON checklist_template, checklist_origin, checklist_event TO gongdi_app;
GRANT SELECT, INSERT, UPDATE ON checklist_run TO gongdi_app;
GRANT SELECT, INSERT, UPDATE (template_key, required_from, version) ON checklist_policy TO gongdi_app;
-- Whose checklist it is, and which item a row is, never changes.
GRANT SELECT, INSERT, UPDATE (lot_id, template_id, facts, derived, status, project_name, planned_listing_on, planned_sale_on,
  closed_on, operation_id, blocking, returned, ready_on, ends_on, saved_workdays, proof_until, provisional, forecast, tracks, forecast_on,
  revision, version) ON checklist TO gongdi_app;
GRANT SELECT, INSERT, UPDATE (track, lead, phase, required, hard, binding, dropped, state, days, planned_start, planned_finish,
  started_on, finished_on, submitted_by, owner_id, reason, asked_by, waived_by, document_id, version) ON checklist_item TO gongdi_app;
GRANT SELECT, INSERT, UPDATE (valid_from, valid_until, withdrawn_on) ON checklist_document TO gongdi_app;
GRANT SELECT, INSERT, UPDATE (read_at) ON notification TO gongdi_app;
GRANT USAGE ON SEQUENCE checklist_template_id_seq, checklist_id_seq, checklist_event_id_seq, checklist_document_id_seq,
  notification_id_seq, checklist_run_id_seq TO gongdi_app;
