-- What keeps annual plans true behind the service's back, and what the serving role may do with their tables.

CREATE TRIGGER plan_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_target_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_target_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_target_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_target_decision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A baseline that was published stays.
CREATE FUNCTION plan_target_keep_baseline() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the baseline of target % is published', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_target_baseline';
END $$;
CREATE TRIGGER plan_target_keep_baseline BEFORE UPDATE ON plan_target FOR EACH ROW
  WHEN (OLD.fixed_at IS NOT NULL AND (OLD.baseline_month, OLD.fixed_at, OLD.key, OLD.kind) IS DISTINCT FROM (NEW.baseline_month, NEW.fixed_at, NEW.key, NEW.kind))
  EXECUTE FUNCTION plan_target_keep_baseline();
CREATE TRIGGER plan_target_keep_published BEFORE DELETE ON plan_target FOR EACH ROW
  WHEN (OLD.fixed_at IS NOT NULL) EXECUTE FUNCTION plan_target_keep_baseline();

-- Items change in drafts only: what was submitted, approved or published stays as it was.
CREATE FUNCTION plan_item_keep_drafts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE kept int;
BEGIN
  SELECT p.id INTO kept FROM supply_plan p WHERE p.status <> 'draft' AND p.id IN (SELECT plan_id FROM touched) LIMIT 1;
  IF kept IS NOT NULL THEN
    RAISE EXCEPTION 'plan % is no draft', kept USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_item_draft';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER plan_item_added AFTER INSERT ON plan_item REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION plan_item_keep_drafts();
CREATE TRIGGER plan_item_changed AFTER UPDATE ON plan_item REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION plan_item_keep_drafts();
CREATE TRIGGER plan_item_removed AFTER DELETE ON plan_item REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION plan_item_keep_drafts();

GRANT SELECT, INSERT, UPDATE ON supply_plan TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON plan_plot, plan_item, plan_declared_total, plan_target TO gongdi_app;
GRANT SELECT, INSERT ON plan_event, plan_target_change, plan_target_decision TO gongdi_app;
GRANT USAGE ON SEQUENCE supply_plan_id_seq, plan_event_id_seq, plan_item_id_seq, plan_target_id_seq, plan_target_change_id_seq TO gongdi_app;
