-- What gets past the gate unseen: rows that nobody has told of, rows that say otherwise than their template, other days of a
-- sale, waivers without an entry, what is undone after the sale. And refusals name items as people know them.

-- As before; a hard item is refused by its name; a waiver stands in the audit log under the name of who granted it; and what a
-- sale rested on is not undone.
CREATE OR REPLACE FUNCTION checklist_item_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checklist_event e WHERE e.checklist_id = NEW.checklist_id AND e.item_key = NEW.key
      AND e.kind NOT IN ('comment', 'planned', 'assigned', 'ask_waiver', 'document_added', 'document_withdrawn')
      AND e.transaction = pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'item % of checklist % changed without an event', NEW.key, NEW.checklist_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_item_told';
  END IF;
  IF NEW.hard AND NEW.state = 'done' AND OLD.state <> 'done'
    AND NOT EXISTS (SELECT FROM checklist_event e WHERE e.checklist_id = NEW.checklist_id AND e.item_key = NEW.key
      AND e.kind = 'accept' AND e.actor <> NEW.submitted_by AND e.transaction = pg_current_xact_id()::text::bigint)
    AND NOT EXISTS (SELECT FROM checklist_origin o JOIN checklist_item i ON i.checklist_id = o.origin_id
      WHERE o.checklist_id = NEW.checklist_id AND i.key = NEW.key AND i.state = 'done') THEN
    RAISE EXCEPTION 'item % of checklist % was not handed in by one and accepted by another', NEW.key, NEW.checklist_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_four_eyes',
        DETAIL = checklist_item_named(NEW.checklist_id, NEW.key)::text;
  END IF;
  IF NEW.state = 'waived' AND OLD.state <> 'waived' AND NOT EXISTS (SELECT FROM audit_entry a
      WHERE a.action = 'checklist_item:waived' AND a.subject_type = 'checklist_item'
        AND a.subject_id = NEW.checklist_id || '/' || NEW.key AND a.actor = NEW.waived_by AND a.xmin = pg_current_xact_id()::xid
        AND a.after->>'document' = NEW.document_id::text) THEN
    RAISE EXCEPTION 'item % of checklist % was waived without an entry', NEW.key, NEW.checklist_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_waiver_told';
  END IF;
  IF OLD.binding AND OLD.finished_on IS NOT NULL
    AND (OLD.state, OLD.finished_on, OLD.binding) IS DISTINCT FROM (NEW.state, NEW.finished_on, NEW.binding)
    AND EXISTS (SELECT FROM checklist c JOIN parcel p ON p.id = c.parcel_id WHERE c.id = NEW.checklist_id AND c.status = 'running'
      AND p.stage IN ('sold', 'contracted', 'paid', 'delivered', 'started', 'completed')) THEN
    RAISE EXCEPTION 'the land was sold on item % of checklist %', NEW.key, NEW.checklist_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_passed',
        DETAIL = checklist_item_named(NEW.checklist_id, NEW.key)::text;
  END IF;
  RETURN NULL;
END $$;

-- An item as a refusal tells it: `days_left` are the days it takes, `ready_on` is the day it was forecast for. What was done or
-- waived and is refused all the same was not so on the day of the sale, or its proof has run out.
CREATE FUNCTION checklist_item_named(which int, named text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('code', p.code, 'key', i.key, 'title', coalesce(t.item->>'title', i.key),
    'title_en', coalesce(t.item->>'title_en', i.key), 'rule', t.item->>'rule', 'lead', i.lead,
    'state', CASE WHEN i.state IN ('done', 'waived') THEN 'expired' ELSE coalesce(c.forecast#>>ARRAY['states', i.key], i.state) END,
    'days_left', coalesce(i.days, (t.item->>'days')::int), 'ready_on', c.forecast#>>ARRAY['items', i.key, '1'],
    'waivable', NOT i.hard)
  FROM checklist c JOIN parcel p ON p.id = c.parcel_id JOIN checklist_item i ON i.checklist_id = c.id AND i.key = named
  JOIN checklist_template k ON k.id = c.template_id
  LEFT JOIN LATERAL jsonb_array_elements(k.content->'items') t(item) ON t.item->>'key' = named
  WHERE c.id = which
$$;

CREATE OR REPLACE FUNCTION refuse_open_checklist(which bigint, day date) RETURNS void
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
    SELECT jsonb_agg(checklist_item_named(listed, k.key) ORDER BY k.key) INTO open FROM checklist_open_keys(listed, day) k;
    IF open IS NOT NULL THEN
      RAISE EXCEPTION 'checklist % is open', listed
        USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate', DETAIL = open::text;
    END IF;
  END LOOP;
END $$;

-- As before; and a proof that was withdrawn once the item was done on it holds no more.
CREATE OR REPLACE FUNCTION checklist_open_keys(which int, day date) RETURNS TABLE (key text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT i.key FROM checklist_item i WHERE i.checklist_id = which AND i.binding AND (
    i.finished_on IS NULL OR i.finished_on > day
    OR i.state = 'done' AND EXISTS (
      SELECT FROM checklist_document d
      WHERE d.checklist_id = i.checklist_id AND d.item_key = i.key AND (d.withdrawn_on IS NULL OR d.withdrawn_on >= i.finished_on)
      GROUP BY d.evidence_key HAVING bool_and(d.withdrawn_on IS NOT NULL OR coalesce(d.valid_until < day, false))))
$$;

-- When an event was recorded, and by which transaction, is what the database says: none is written for a change to come.
CREATE FUNCTION checklist_event_recorded_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.recorded_at := now();
  NEW.transaction := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;
CREATE TRIGGER checklist_event_recorded_now BEFORE INSERT ON checklist_event FOR EACH ROW
  EXECUTE FUNCTION checklist_event_recorded_now();

-- What is said of the land, and the template, change only with an event; so do proofs.
CREATE FUNCTION checklist_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checklist_event e WHERE e.checklist_id = NEW.id AND e.kind IN ('opened', 'changed', 'moved', 'revived')
      AND e.transaction = pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'checklist % changed without an event', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_told';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_begun AFTER INSERT ON checklist DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION checklist_told();
CREATE CONSTRAINT TRIGGER checklist_changed AFTER UPDATE OF facts, template_id, lot_id ON checklist
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.facts, OLD.template_id, OLD.lot_id) IS DISTINCT FROM (NEW.facts, NEW.template_id, NEW.lot_id))
  EXECUTE FUNCTION checklist_told();

CREATE FUNCTION checklist_document_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checklist_event e WHERE e.checklist_id = NEW.checklist_id AND e.item_key = NEW.item_key
      AND e.kind IN ('document_added', 'document_withdrawn', 'inherited') AND e.transaction = pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'a proof of item % of checklist % changed without an event', NEW.item_key, NEW.checklist_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_document_told';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_document_told AFTER INSERT OR UPDATE ON checklist_document DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION checklist_document_told();

-- A running checklist has the items of its template, no fewer, and they bind as the template says: what the law asks for, and
-- what is asked for of all land. What a condition asks for binds, or does not apply, or was done. Looked at once, at the end.
CREATE FUNCTION checklist_as_template() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE wrong text;
BEGIN
  PERFORM FROM checklist WHERE id = NEW.id AND revision = NEW.revision AND template_id = NEW.template_id AND status = 'running';
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(i.key, t.item->>'key') INTO wrong
  FROM checklist_template k CROSS JOIN LATERAL jsonb_array_elements(k.content->'items') t(item)
  LEFT JOIN checklist_item i ON i.checklist_id = NEW.id AND i.key = t.item->>'key'
  WHERE k.id = NEW.template_id AND (i.key IS NULL OR i.dropped OR i.phase <> t.item->>'phase' OR i.hard <> (t.item->>'rule' IS NOT NULL)
    OR NOT i.binding AND t.item->>'requirement' <> 'optional' AND t.item->>'phase' = 'pre' AND t.item->>'follows' IS NULL
      AND (t.item->>'requirement' = 'required' OR i.state NOT IN ('not_applicable', 'done')))
  LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'item % of checklist % is not as its template has it', wrong, NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_as_template';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_as_template AFTER INSERT OR UPDATE OF revision, template_id, status ON checklist
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION checklist_as_template();

-- Land that stands and whose checklist ended, however that was, needs another one to be sold.
CREATE OR REPLACE FUNCTION checklist_was_closed(which bigint, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM checklist c WHERE c.parcel_id = which AND c.status <> 'running' AND c.opened_on <= day)
$$;

-- The rule is that of the notice's jurisdiction and of the land's own: a notice of another district is no way past it.
CREATE OR REPLACE FUNCTION lot_under_rule(which bigint, notice_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM lot l JOIN notice n ON n.id = l.notice_id
    JOIN checklist_policy pol ON pol.jurisdiction_id = n.jurisdiction_id OR pol.jurisdiction_id IN (
      SELECT p.jurisdiction_id FROM lot_parcel lp JOIN parcel p ON p.id = lp.parcel_id WHERE lp.lot_id = l.id)
    WHERE l.id = which AND (pol.required_from <= notice_day OR pol.recorded_from < coalesce((
      SELECT max(recorded_at) FROM lot_event WHERE lot_id = which AND kind = 'announce'), now())))
$$;

-- A sale counts for the day it is on: a sold lot that is given another day passes the gate anew.
CREATE OR REPLACE FUNCTION lot_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  day date := coalesce(NEW.sold_on, NEW.ended_on, (now() AT TIME ZONE 'Asia/Shanghai')::date);
  missing jsonb;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.stage IN ('sold', 'awarded', 'concluded')
    AND (OLD.sold_on IS NULL OR OLD.sold_on IS NOT DISTINCT FROM NEW.sold_on) THEN RETURN NULL; END IF;
  PERFORM refuse_open_checklist(lp.parcel_id, day) FROM lot_parcel lp WHERE lp.lot_id = NEW.id ORDER BY lp.parcel_id;
  SELECT jsonb_agg(jsonb_build_object('code', p.code, 'key', NULL) ORDER BY p.code) INTO missing
  FROM lot_parcel lp JOIN parcel p ON p.id = lp.parcel_id
  WHERE lp.lot_id = NEW.id AND parcel_lacks_checklist(p.id, NEW.id, day);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'lot % has parcels without a checklist', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate', DETAIL = missing::text;
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER lot_passes_gate ON lot;
CREATE CONSTRAINT TRIGGER lot_passes_gate AFTER INSERT OR UPDATE OF stage, sold_on ON lot DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.stage IN ('sold', 'awarded', 'concluded')) EXECUTE FUNCTION lot_passes_gate();

-- Land that enters the register sold, while the rule is in force, is a sale that is recorded late; parts of land are none. At
-- the end of the statement, not of the transaction: a first load builds its indexes anew in between.
CREATE FUNCTION parcel_enters_sold() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE missing jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('code', code, 'key', NULL)) INTO missing FROM (
    SELECT a.code FROM checklist_policy pol JOIN added a ON a.jurisdiction_id = pol.jurisdiction_id
    WHERE a.made_by IS NULL AND a.stage IN ('sold', 'contracted', 'paid', 'delivered', 'started', 'completed')
      AND (pol.required_from <= a.stage_since OR pol.recorded_from < now()) ORDER BY a.code LIMIT 20) AS late;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'parcel % has no checklist', missing->0->>'code'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate', DETAIL = missing::text;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER parcel_enters_sold AFTER INSERT ON parcel REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION parcel_enters_sold();
