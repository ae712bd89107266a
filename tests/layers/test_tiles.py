"""The tile door on a real database."""


def test_smoke(as_role):
    c = as_role("viewer")
    r = c.get("/tiles/parcels/12/3340/1630")
    assert r.status_code == 204, r.text
    r2 = c.get("/tiles/parcels/12/3340/1630", headers={"if-none-match": r.headers["etag"]})
    assert r2.status_code == 304
    print(c.get("/api/v1/layers").json())
