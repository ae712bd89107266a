"""Supply schemes (供地方案): conditions, price, way of supply."""
