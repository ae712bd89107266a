"""Control layers (管控图层) and what they mean for a parcel: allowed, needs a procedure, forbidden."""
