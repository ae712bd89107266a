-- The audit chain: entry n carries sha256(hash of entry n-1 || canonical bytes of entry n); one head row remembers the last.
-- Canonical bytes depend on no session setting: whole numbers, jsonb's own text, instants as microseconds since 1970.
-- `previous` null is the chain's beginning. STABLE, as the functions in it are, so that verification can inline it; trunc()
-- and not a cast, so that an instant altered to infinity is found altered and does not stop the verification.

INSERT INTO audit_head (id, seq, hash) VALUES (true, 0, sha256('gongdi audit'));

CREATE FUNCTION audit_hash(previous bytea, entry audit_entry) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(coalesce(previous, sha256('gongdi audit')) || convert_to(jsonb_build_array(
    (entry).seq, trunc(extract(epoch FROM (entry).recorded_at) * 1000000), (entry).actor, (entry).actor_kind, (entry).action,
    (entry).subject_type, (entry).subject_id, (entry).before, (entry).after, (entry).request_id)::text, 'UTF8'))
$$;

-- Locks the head row until the transaction ends: entries are numbered in the order of commit, without gaps. The head moves
-- once a statement (below), so an entry follows from the one before it in the statement, the first from the head. An update
-- of the head for each entry would make a statement of n entries cost n²: each look would pass all its dead versions.
CREATE FUNCTION audit_append() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_head;
  last audit_entry;
BEGIN
  SELECT * INTO STRICT head FROM audit_head WHERE id FOR UPDATE;
  SELECT * INTO last FROM audit_entry WHERE seq > head.seq ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(last.seq, head.seq) + 1;
  NEW.recorded_at := clock_timestamp();
  NEW.hash := audit_hash(coalesce(last.hash, head.hash), NEW);
  RETURN NEW;
END $$;

CREATE FUNCTION audit_advance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE audit_head h SET seq = e.seq, hash = e.hash
  FROM (SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1) AS e WHERE h.id AND e.seq > h.seq;
  RETURN NULL;
END $$;

CREATE TRIGGER audit_append BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_append();
CREATE TRIGGER audit_advance AFTER INSERT ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_advance();

-- Belt and braces: not even the owner changes an entry without first removing this trigger.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER parcel_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON parcel_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
