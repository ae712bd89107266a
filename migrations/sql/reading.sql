-- ST_Intersects at the price of a comparison: asked only of the few shapes on the edge of a box, after the index and the box
-- test; at its true price the planner would rather read an attribute's whole index than ask it of the shapes in the box.
CREATE FUNCTION shape_meets(shape geometry, box geometry) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1 SET search_path = public, pg_temp AS $$
BEGIN RETURN ST_Intersects(shape, box); END $$;
