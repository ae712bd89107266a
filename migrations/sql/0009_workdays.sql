-- Working days: one revision for days, years and orders, and what the serving role may do with their tables.

CREATE TRIGGER touch_workday_calendar AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON workday_calendar
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('workdays');
CREATE TRIGGER touch_workday_year AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON workday_year
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('workdays');
CREATE TRIGGER touch_blocked_period AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON blocked_period
  FOR EACH STATEMENT EXECUTE FUNCTION revision_touch('workdays');

GRANT SELECT, INSERT, UPDATE, DELETE ON workday_calendar, workday_year, blocked_period TO gongdi_app;
GRANT USAGE ON SEQUENCE blocked_period_id_seq TO gongdi_app;
