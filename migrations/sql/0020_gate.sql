-- Four eyes on what the law asks for; a lot's land is fixed once it is announced, and a sale counts for the day it was on.

-- As before; and a hard item is done only once somebody handed it in and another accepts it, or is taken over from land for
-- which it was done.
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
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_four_eyes';
  END IF;
  RETURN NULL;
END $$;

-- Whether a parcel may not be sold with a lot on a day for want of a checklist: its own was closed, or the rule asks for one.
CREATE FUNCTION parcel_lacks_checklist(which bigint, sold_with bigint, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM checklist c WHERE c.parcel_id = which AND c.status = 'running')
    AND (checklist_was_closed(which, day) OR EXISTS (
      SELECT FROM lot l JOIN notice n ON n.id = l.notice_id JOIN checklist_policy pol ON pol.jurisdiction_id = n.jurisdiction_id
      WHERE l.id = sold_with AND l.sold_on IS NOT NULL AND pol.required_from <= greatest(l.notice_on, (
        SELECT max(effective_on) FROM lot_event WHERE lot_id = l.id AND kind = 'announce'))))
$$;

CREATE OR REPLACE FUNCTION lot_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  day date := coalesce(NEW.sold_on, NEW.ended_on, (now() AT TIME ZONE 'Asia/Shanghai')::date);
  missing jsonb;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.stage IN ('sold', 'awarded', 'concluded') THEN RETURN NULL; END IF;
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

-- A lot's land is fixed once it is announced: from then on it has events.
CREATE FUNCTION lot_parcel_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM lot_event WHERE lot_id = NEW.lot_id) THEN
    RAISE EXCEPTION 'lot % was announced: its land is fixed', NEW.lot_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_parcel_fixed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lot_parcel_fixed BEFORE INSERT OR UPDATE OF lot_id, parcel_id ON lot_parcel
  FOR EACH ROW EXECUTE FUNCTION lot_parcel_fixed();

-- Land that joins a lot without events that says it was sold passes the gate as of that sale.
CREATE FUNCTION lot_parcel_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE day date;
BEGIN
  SELECT coalesce(sold_on, ended_on, (now() AT TIME ZONE 'Asia/Shanghai')::date) INTO day
  FROM lot WHERE id = NEW.lot_id AND stage IN ('sold', 'awarded', 'concluded');
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM refuse_open_checklist(NEW.parcel_id, day);
  IF parcel_lacks_checklist(NEW.parcel_id, NEW.lot_id, day) THEN
    RAISE EXCEPTION 'parcel % of lot % has no checklist', NEW.parcel_id, NEW.lot_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate', DETAIL = (
        SELECT jsonb_build_array(jsonb_build_object('code', code, 'key', NULL)) FROM parcel WHERE id = NEW.parcel_id)::text;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_parcel_passes_gate AFTER INSERT OR UPDATE OF lot_id, parcel_id ON lot_parcel
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lot_parcel_passes_gate();

-- The day of the sale that a parcel rests on: of its present stage if that is the sale, else of the newest sale that nothing
-- has undone since. Null: it rests on none.
CREATE FUNCTION parcel_sold_on(which bigint, now_at text, since date) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN now_at = 'sold' THEN since ELSE (
    SELECT max(s.effective_on) FROM parcel_event s WHERE s.parcel_id = which AND s.kind = 'sell' AND NOT EXISTS (
      SELECT FROM parcel_event e WHERE e.parcel_id = which AND (e.effective_on, e.id) > (s.effective_on, s.id)
        AND e.stage NOT IN ('sold', 'contracted', 'paid', 'delivered', 'started', 'completed'))) END
$$;

-- A parcel can't be taken past the gate without a lot either; the lot has to be the one of this very sale.
CREATE OR REPLACE FUNCTION parcel_passes_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  sale date := parcel_sold_on(NEW.id, NEW.stage, NEW.stage_since);
  day date := coalesce(sale, NEW.stage_since);
BEGIN
  PERFORM refuse_open_checklist(NEW.id, day);
  IF NOT EXISTS (SELECT FROM checklist WHERE parcel_id = NEW.id AND status = 'running')
    AND (checklist_was_closed(NEW.id, day) OR OLD.stage <> 'publicised' AND EXISTS (
        SELECT FROM checklist_policy WHERE jurisdiction_id = NEW.jurisdiction_id AND required_from <= day)
      AND NOT EXISTS (SELECT FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id
        WHERE lp.parcel_id = NEW.id AND l.sold_on = sale AND (lp.live OR l.stage = 'concluded')))
  THEN
    RAISE EXCEPTION 'parcel % has no checklist', NEW.code USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_gate',
      DETAIL = jsonb_build_array(jsonb_build_object('code', NEW.code, 'key', NULL))::text;
  END IF;
  RETURN NULL;
END $$;
