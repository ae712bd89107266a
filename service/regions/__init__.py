"""Jurisdictions (管辖区), counties and townships (办事处) with their areas."""
