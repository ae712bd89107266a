-- What ended a parcel is unwritten by an undoing of that very operation, and by nothing else; what made it never is.
-- Whole new text of a function of `0005_lineage`; its trigger stays.

CREATE OR REPLACE FUNCTION refuse_new_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.made_by IS NOT DISTINCT FROM OLD.made_by AND NEW.retired_by IS NULL AND EXISTS (
    SELECT FROM lineage_revival v JOIN lineage_operation u ON u.id = v.operation_id
    WHERE v.parcel_id = OLD.id AND u.undoes = OLD.retired_by)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the lineage of parcel % is written once', OLD.code USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER lineage_revival_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_revival
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON lineage_revival TO gongdi_app;
