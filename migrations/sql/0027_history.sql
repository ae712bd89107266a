-- A rule that asks for checklists is not got round by an early day: what is recorded once it is in force is no history.

-- When something was recorded is what the database says, whoever writes it.
CREATE FUNCTION lot_event_recorded_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.recorded_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER lot_event_recorded_now BEFORE INSERT ON lot_event FOR EACH ROW EXECUTE FUNCTION lot_event_recorded_now();

-- Whether a lot whose notice is from a day falls under its jurisdiction's rule: by that day, or by when it was announced in
-- our records (not announced in them: now).
CREATE FUNCTION lot_under_rule(which bigint, notice_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM lot l JOIN notice n ON n.id = l.notice_id
    JOIN checklist_policy pol ON pol.jurisdiction_id = n.jurisdiction_id
    WHERE l.id = which AND (pol.required_from <= notice_day OR pol.recorded_from < coalesce((
      SELECT max(recorded_at) FROM lot_event WHERE lot_id = which AND kind = 'announce'), now())))
$$;

CREATE OR REPLACE FUNCTION parcel_lacks_checklist(which bigint, sold_with bigint, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM checklist c WHERE c.parcel_id = which AND c.status = 'running')
    AND (checklist_was_closed(which, day) OR EXISTS (
      SELECT FROM lot l WHERE l.id = sold_with AND l.sold_on IS NOT NULL AND lot_under_rule(l.id, greatest(l.notice_on, (
        SELECT max(effective_on) FROM lot_event WHERE lot_id = l.id AND kind = 'announce')))))
$$;

-- As before; and a sale without a lot that is recorded while the rule is in force needs a checklist, whatever its day.
CREATE OR REPLACE FUNCTION parcel_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  sale date := parcel_sold_on(NEW.id, NEW.stage, NEW.stage_since);
  day date := coalesce(sale, NEW.stage_since);
BEGIN
  PERFORM refuse_open_checklist(NEW.id, day);
  IF NOT EXISTS (SELECT FROM checklist WHERE parcel_id = NEW.id AND status = 'running')
    AND (checklist_was_closed(NEW.id, day) OR OLD.stage <> 'publicised' AND EXISTS (
        SELECT FROM checklist_policy WHERE jurisdiction_id = NEW.jurisdiction_id
          AND (required_from <= day OR recorded_from < now()))
      AND NOT EXISTS (SELECT FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id
        WHERE lp.parcel_id = NEW.id AND l.sold_on = sale AND (lp.live OR l.stage = 'concluded')))
  THEN
    RAISE EXCEPTION 'parcel % has no checklist', NEW.code USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate',
      DETAIL = jsonb_build_array(jsonb_build_object('code', NEW.code, 'key', NULL))::text;
  END IF;
  RETURN NULL;
END $$;

-- Rules that were set before are in force from their day on, or from now; in the demo, whose day stands still, by their day.
UPDATE checklist_policy SET recorded_from = greatest(now(), required_from::timestamp AT TIME ZONE 'Asia/Shanghai')
WHERE required_from IS NOT NULL AND NOT EXISTS (SELECT FROM audit_entry WHERE action = 'demo:loaded');

-- A rule is neither dated otherwise nor taken out of force in silence.
DROP TRIGGER checklist_policy_told ON checklist_policy;
CREATE CONSTRAINT TRIGGER checklist_policy_told AFTER UPDATE ON checklist_policy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.required_from, OLD.recorded_from) IS DISTINCT FROM (NEW.required_from, NEW.recorded_from))
  EXECUTE FUNCTION checklist_policy_told();
GRANT UPDATE (recorded_from) ON checklist_policy TO gongdi_app;
