-- What keeps lots and their parcels true behind the service's back, and what the serving role may do with their tables.

CREATE TRIGGER lot_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_bid_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_bid
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A lot holds its parcels from the notice until the round ends or a contract takes them over; a draft holds none.
CREATE FUNCTION lot_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE lot_parcel SET live = NEW.stage IN ('announced', 'open', 'sold', 'publicised', 'awarded') WHERE lot_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER lot_hold AFTER UPDATE OF stage ON lot FOR EACH ROW
  WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION lot_hold();

-- At commit, a lot and its parcels say the same: stage, and whether the course is suspended.
CREATE FUNCTION refuse_disagreement(which bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE wrong record;
BEGIN
  SELECT l.id AS lot, p.code INTO wrong
  FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id JOIN parcel p ON p.id = lp.parcel_id
  WHERE lp.live AND lp.parcel_id = which
    AND (p.stage <> CASE l.stage WHEN 'announced' THEN 'announced' WHEN 'open' THEN 'listed' WHEN 'sold' THEN 'sold' ELSE 'publicised' END
      OR (l.stage IN ('announced', 'open', 'publicised') AND p.hold <> l.hold));
  IF FOUND THEN
    RAISE EXCEPTION 'lot % and parcel % disagree', wrong.lot, wrong.code USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_agrees';
  END IF;
END $$;

CREATE FUNCTION lot_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_disagreement(lp.parcel_id) FROM lot_parcel lp WHERE lp.lot_id = NEW.id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_agrees AFTER INSERT OR UPDATE OF stage, hold ON lot DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION lot_agrees();

CREATE FUNCTION parcel_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_disagreement(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER parcel_agrees_with_lot AFTER UPDATE OF stage, hold ON parcel DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.stage <> NEW.stage OR OLD.hold <> NEW.hold) EXECUTE FUNCTION parcel_agrees();

CREATE FUNCTION lot_parcel_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_disagreement(NEW.parcel_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_parcel_agrees AFTER INSERT OR UPDATE ON lot_parcel DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION lot_parcel_agrees();

-- A draft can be dropped, and only a draft: it has no events.
CREATE FUNCTION lot_keep_announced() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'lot % was announced', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_announced';
END $$;
CREATE TRIGGER lot_keep_announced BEFORE DELETE ON lot FOR EACH ROW
  WHEN (OLD.stage <> 'draft') EXECUTE FUNCTION lot_keep_announced();

GRANT SELECT, INSERT, UPDATE ON notice, lot_bidder TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON lot TO gongdi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON lot_parcel TO gongdi_app;
GRANT SELECT, INSERT ON lot_event, lot_bid TO gongdi_app;
GRANT USAGE ON SEQUENCE notice_id_seq, lot_id_seq, lot_event_id_seq, lot_bidder_id_seq, lot_bid_id_seq TO gongdi_app;
